/*
 * A plugin in C: counts words, of a text or of a file in the plugin's storage.
 *
 *     {"fn": "count", "args": {"text": "one two"}}        or  "args": ["one two"]
 *     {"fn": "countFile", "args": {"path": "book.txt"}}   or  "args": ["book.txt"]
 *       ->  {"ok":true,"value":{"lines":1,"words":2,"characters":7,"bytes":7,"longest":3}}
 *
 * What makes it a plugin: one JSON object comes in on stdin, one line with one JSON object goes out on stdout, and what is for
 * developers goes to stderr. Of JSON it reads what it needs, the one text argument, and refuses what is not JSON at all.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Largest request, in bytes: 1 MiB and a line break. Apps send no more, unless their config raises `stdinKb`. */
#define MAX_REQUEST (1024 * 1024 + 1)
/* Deepest nesting of a request: deeper ones are no calls, and recursion needs stack. */
#define MAX_DEPTH 32
/* What is read of a file at once, in bytes. */
#define PART (64 * 1024)

/* ---- Answers ---- */

/* Writes a text as it stands between the quotes of JSON. */
static void print_escaped(const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\') {
            printf("\\%c", *at);
        } else if (*at < 0x20) {
            printf("\\u%04x", *at);
        } else {
            putchar(*at);
        }
    }
}

/* Answers with an error, and with what it is about where there is something. The plugin has then done its work: it ends with 0. */
static _Noreturn void fail(const char *error, const char *what) {
    fputs("{\"ok\":false,\"error\":\"", stdout);
    print_escaped(error);
    if (what) {
        fputs(": ", stdout);
        print_escaped(what);
    }
    fputs("\"}\n", stdout);
    exit(fflush(stdout) == 0 ? 0 : 1);
}

/* ---- Reading JSON (RFC 8259) ---- */

/* Where the reader is. The request ends with a zero byte, so that looking at the next byte is always allowed. */
typedef struct {
    const char *at;
    const char *end;
} Reader;

static void skip_space(Reader *reader) {
    while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r') {
        reader->at++;
    }
}

static bool take(Reader *reader, char wanted) {
    skip_space(reader);
    if (*reader->at != wanted) return false;
    reader->at++;
    return true;
}

static void expect(Reader *reader, char wanted) {
    if (!take(reader, wanted)) fail("the request is not JSON", NULL);
}

static uint32_t read_hex(Reader *reader) {
    uint32_t code = 0;
    for (int digit = 0; digit < 4; digit++) {
        char c = *reader->at++;
        code <<= 4;
        if (c >= '0' && c <= '9') code |= (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') code |= (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F') code |= (uint32_t)(c - 'A' + 10);
        else fail("the request has a \\u without four digits", NULL);
    }
    return code;
}

/* Reads what follows `\u`, where a character beyond the first 65,536 is two of them. */
static uint32_t read_escaped_character(Reader *reader) {
    uint32_t code = read_hex(reader);
    if (code >= 0xd800 && code < 0xdc00 && reader->at[0] == '\\' && reader->at[1] == 'u') {
        Reader ahead = {reader->at + 2, reader->end};
        uint32_t low = read_hex(&ahead);
        if (low >= 0xdc00 && low < 0xe000) {
            *reader = ahead;
            return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return code >= 0xd800 && code < 0xe000 ? 0xfffd : code;
}

static char *put_utf8(char *to, uint32_t code) {
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

/* A text with its length: it may have zero bytes inside. */
typedef struct {
    char *bytes;
    size_t length;
} Text;

static Text read_text(Reader *reader) {
    expect(reader, '"');
    /* An escaped character is never shorter than what it stands for. */
    char *bytes = malloc((size_t)(reader->end - reader->at) + 1);
    if (!bytes) fail("out of memory", NULL);
    char *to = bytes;
    for (;;) {
        char c = *reader->at;
        if ((unsigned char)c < 0x20) fail("the request is not JSON: a text does not end", NULL);
        reader->at++;
        if (c == '"') break;
        if (c != '\\') {
            *to++ = c;
            continue;
        }
        static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
        char escape = *reader->at++;
        const char *known = escape ? strchr(escapes, escape) : NULL;
        if (known) *to++ = meanings[known - escapes];
        else if (escape == 'u') to = put_utf8(to, read_escaped_character(reader));
        else fail("the request has an unknown escape", NULL);
    }
    *to = 0;
    return (Text){bytes, (size_t)(to - bytes)};
}

/* Goes past digits, of which there must be one at least. */
static void skip_digits(Reader *reader) {
    if (*reader->at < '0' || *reader->at > '9') fail("the request is not JSON", NULL);
    while (*reader->at >= '0' && *reader->at <= '9') reader->at++;
}

/* Goes past a number, `true`, `false` or `null`. */
static void skip_word(Reader *reader) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t word = 0; word < sizeof words / sizeof *words; word++) {
        size_t length = strlen(words[word]);
        if (strncmp(reader->at, words[word], length) == 0) {
            reader->at += length;
            return;
        }
    }
    if (*reader->at == '-') reader->at++;
    /* A zero in front is the only digit. */
    if (*reader->at == '0') reader->at++;
    else skip_digits(reader);
    if (*reader->at == '.') {
        reader->at++;
        skip_digits(reader);
    }
    if (*reader->at == 'e' || *reader->at == 'E') {
        reader->at++;
        if (*reader->at == '+' || *reader->at == '-') reader->at++;
        skip_digits(reader);
    }
}

/* Goes past a value of any kind. */
static void skip_value(Reader *reader, int depth) {
    skip_space(reader);
    if (depth > MAX_DEPTH) fail("the request is nested too deeply", NULL);
    if (*reader->at == '"') {
        free(read_text(reader).bytes);
        return;
    }
    bool is_object = *reader->at == '{';
    if (!is_object && *reader->at != '[') {
        skip_word(reader);
        return;
    }
    char close = is_object ? '}' : ']';
    reader->at++;
    if (take(reader, close)) return;
    do {
        if (is_object) {
            free(read_text(reader).bytes);
            expect(reader, ':');
        }
        skip_value(reader, depth + 1);
    } while (take(reader, ','));
    expect(reader, close);
}

/* Moves to the field of an object, or to the first element of a list, and tells whether there is one. */
static bool find(Reader *reader, const char *name) {
    if (take(reader, '[')) return !take(reader, ']');
    if (!take(reader, '{') || take(reader, '}')) return false;
    do {
        skip_space(reader);
        Text field = read_text(reader);
        bool is_it = strcmp(field.bytes, name) == 0;
        free(field.bytes);
        expect(reader, ':');
        if (is_it) return true;
        skip_value(reader, 0);
    } while (take(reader, ','));
    return false;
}

/* The text that an object has in a field, or a list as its first element. */
static Text text_of(Reader value, const char *name) {
    if (!find(&value, name)) fail("missing", name);
    skip_space(&value);
    if (*value.at != '"') fail("not a text", name);
    return read_text(&value);
}

/* ---- Counting ---- */

typedef struct {
    uint64_t lines, words, characters, bytes, longest;
    uint64_t word; /* characters of the word that is being read */
    char last;
} Counts;

static void count(Counts *counts, const char *bytes, size_t length) {
    for (size_t place = 0; place < length; place++) {
        char c = bytes[place];
        /* All bytes of a character in UTF-8 but the first look like 10xxxxxx. */
        bool begins = (c & 0xc0) != 0x80;
        counts->characters += begins;
        counts->lines += c == '\n';
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            counts->word = 0;
        } else if (begins && counts->word++ == 0) {
            counts->words++;
        }
        if (counts->word > counts->longest) counts->longest = counts->word;
        counts->last = c;
    }
    counts->bytes += length;
}

static void print_counts(const Counts *counts) {
    /* A last line without a line break is one too. */
    uint64_t lines = counts->lines + (counts->bytes > 0 && counts->last != '\n');
    printf("{\"ok\":true,\"value\":{\"lines\":%llu,\"words\":%llu,\"characters\":%llu,\"bytes\":%llu,\"longest\":%llu}}\n",
           lines, counts->words, counts->characters, counts->bytes, counts->longest);
}

static void count_text(Reader args) {
    Counts counts = {0};
    Text text = text_of(args, "text");
    count(&counts, text.bytes, text.length);
    print_counts(&counts);
}

/* A relative path is in the plugin's storage. */
static void count_file(Reader args) {
    Text path = text_of(args, "path");
    if (strlen(path.bytes) != path.length) fail("no path", path.bytes);
    FILE *file = fopen(path.bytes, "rb");
    if (!file) {
        fprintf(stderr, "cannot open %s: %s\n", path.bytes, strerror(errno));
        fail("cannot open", path.bytes);
    }
    static char part[PART];
    Counts counts = {0};
    size_t length;
    while ((length = fread(part, 1, sizeof part, file)) > 0) count(&counts, part, length);
    if (ferror(file)) fail("cannot read", path.bytes);
    fclose(file);
    print_counts(&counts);
}

int main(void) {
    static char request[MAX_REQUEST + 1];
    size_t length = fread(request, 1, sizeof request, stdin);
    if (length > MAX_REQUEST) fail("the request is larger than 1 MiB", NULL);
    request[length] = 0;

    Reader whole = {request, request + length};
    Reader check = whole;
    skip_value(&check, 0);
    skip_space(&check);
    if (check.at != check.end) fail("the request is not JSON", NULL);

    Reader object = whole;
    skip_space(&object);
    if (*object.at != '{') fail("the request is not an object", NULL);
    Text name = text_of(whole, "fn");
    Reader args = whole;
    if (!find(&args, "args")) args = (Reader){"[]", NULL};
    skip_space(&args);

    if (strcmp(name.bytes, "count") == 0) count_text(args);
    else if (strcmp(name.bytes, "countFile") == 0) count_file(args);
    else fail("unknown function", name.bytes);
    return fflush(stdout) == 0 ? 0 : 1;
}
