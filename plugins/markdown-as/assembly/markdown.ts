// The plugin's functions: headings of Markdown, and the names by which pages link to them.
import { Value, quote } from "./json";

/**
 * `{"text": "Héllo, World!"}` → `"héllo-world"`: small letters, digits, hyphens and underscores, as GitHub names headings.
 */
export function slugify(args: Value): string {
  return quote(slug(text(args, "text")));
}

/**
 * `{"markdown": "# A\n## B", "depth": 2}` → each heading with level, text, slug and line, and `toc`: a list with links, in
 * Markdown. What stands in fenced blocks of code is no heading.
 */
export function toc(args: Value): string {
  const wanted = args.argument(1, "depth");
  if (wanted !== null && !wanted.isNumber) throw new Error("`depth` is not a number");
  const depth = wanted === null ? 6 : <i32>wanted.number;
  const headings = find(text(args, "markdown"));
  const used = new Map<string, i32>();
  const objects: Array<string> = [];
  const lines: Array<string> = [];
  for (let at = 0; at < headings.length; at++) {
    const heading = headings[at];
    // A second heading of the same text gets a number, deeper ones count too.
    let name = slug(heading.text);
    const times = used.has(name) ? used.get(name) : 0;
    used.set(name, times + 1);
    if (times > 0) name += "-" + times.toString();
    if (heading.level > depth) continue;
    objects.push(
      '{"level":' + heading.level.toString() + ',"text":' + quote(heading.text) +
        ',"slug":' + quote(name) + ',"line":' + heading.line.toString() + "}",
    );
    lines.push("  ".repeat(heading.level - 1) + "- [" + heading.text + "](#" + name + ")");
  }
  return '{"headings":[' + objects.join(",") + '],"toc":' + quote(lines.join("\n")) + "}";
}

function text(args: Value, name: string): string {
  const value = args.argument(0, name);
  if (value === null) throw new Error("missing argument: `" + name + "`");
  if (!value.isText) throw new Error("`" + name + "` is not a text");
  return value.text;
}

function slug(heading: string): string {
  let name = "";
  const lower = heading.trim().toLowerCase();
  for (let at = 0; at < lower.length; at++) {
    const code = lower.charCodeAt(at);
    if (isKept(code)) name += lower.charAt(at);
    else if (code == 0x20) name += "-";
  }
  return name;
}

/** Small letters, digits, `_` and `-`; of what is not ASCII everything but signs, punctuation and pictures. */
function isKept(code: i32): boolean {
  if (code < 0x80) {
    return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code == 0x5f || code == 0x2d;
  }
  const isSign = code < 0xc0 || code == 0xd7 || code == 0xf7 || (code >= 0x2000 && code < 0x2c00);
  const isHalfOfPair = code >= 0xd800 && code < 0xe000;
  return !isSign && !isHalfOfPair && !(code >= 0x3000 && code < 0x3005);
}

class Heading {
  constructor(public level: i32, public text: string, public line: i32) {}
}

function find(markdown: string): Array<Heading> {
  const lines = markdown.split("\n");
  const headings: Array<Heading> = [];
  let fence = "";
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at].trimEnd();
    const content = line.trimStart();
    // What is further in is code, unless it goes on with what is above.
    if (line.length - content.length > 3 || line.startsWith("\t")) continue;
    const isFence = content.startsWith("```") || content.startsWith("~~~");
    if (fence.length > 0) {
      // A fence is closed by one of its kind that is at least as long, with nothing after it.
      if (content.startsWith(fence) && isOnly(content, content.charAt(0))) fence = "";
    } else if (isFence) {
      fence = content.slice(0, run(content, content.charAt(0)));
    } else if (isMarked(content)) {
      const level = run(content, "#");
      headings.push(new Heading(level, closed(content.slice(level).trim()), at + 1));
    } else if ((isOnly(content, "=") || isOnly(content, "-")) && at > 0 && isText(lines[at - 1])) {
      // A line of === or --- makes a heading of the line of text above it.
      headings.push(new Heading(content.charAt(0) == "=" ? 1 : 2, lines[at - 1].trim(), at));
    }
  }
  return headings;
}

/** Is it a heading by its one to six signs in front? */
function isMarked(line: string): boolean {
  const level = run(line, "#");
  const after = line.charAt(level);
  return level > 0 && level < 7 && (after == "" || after == " " || after == "\t");
}

/** Is there something, and nothing but this character? */
function isOnly(text: string, character: string): boolean {
  return text.length > 0 && run(text, character) == text.length;
}

/** How often a text begins with a character. */
function run(text: string, character: string): i32 {
  let length = 0;
  while (length < text.length && text.charAt(length) == character) length++;
  return length;
}

/** A heading without the signs that may close it. */
function closed(heading: string): string {
  let end = heading.length;
  while (end > 0 && heading.charAt(end - 1) == "#") end--;
  const isClosing = end < heading.length && (end == 0 || heading.charAt(end - 1) == " ");
  return isClosing ? heading.slice(0, end).trimEnd() : heading;
}

/** Can the line be the text of an underlined heading? Lists, quotes, tables and other headings cannot. */
function isText(line: string): boolean {
  const content = line.trim();
  return content.length > 0 && !["-", "*", "+", ">", "#", "|", "=", "`", "~"].includes(content.charAt(0)) && !line.startsWith("    ");
}
