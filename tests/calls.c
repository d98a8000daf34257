/*
 * Writes down which commands of the bridge an app calls. It is preloaded into the apps of a run of the window tests, so that no
 * runtime has anything of it: it stands before the two functions by which WebKit tells of a call, the request of a custom scheme
 * and the message of a script.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Longer than the name of any command (bytes). */
enum { MAX_NAME = 128 };

/* Adds the command that stands behind the mark to the file that the environment names. */
static void note(const char *text, const char *mark)
{
    const char *path = getenv("DESKWRIGHT_CALLS");
    const char *found = text ? strstr(text, mark) : NULL;
    if (!path || !found) return;
    char line[MAX_NAME];
    size_t length = 0;
    for (found += strlen(mark); length < MAX_NAME - 1 && (isalnum((unsigned char)*found) || *found == '_'); found++)
        line[length++] = *found;
    line[length++] = '\n';
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    /* One write, so that lines of several threads do not mix. */
    ssize_t written = write(file, line, length);
    (void)written;
    close(file);
}

const char *webkit_uri_scheme_request_get_uri(void *request)
{
    static const char *(*real)(void *);
    if (!real) real = (const char *(*)(void *))dlsym(RTLD_NEXT, "webkit_uri_scheme_request_get_uri");
    const char *uri = real(request);
    note(uri, "plugin%3Abridge%7C");
    return uri;
}

char *jsc_value_to_string(void *value)
{
    static char *(*real)(void *);
    if (!real) real = (char *(*)(void *))dlsym(RTLD_NEXT, "jsc_value_to_string");
    char *text = real(value);
    /* A message is one object, and the command stands in its first field. */
    if (text && strncmp(text, "{\"cmd\":\"plugin:bridge|", 22) == 0) note(text, "plugin:bridge|");
    return text;
}
