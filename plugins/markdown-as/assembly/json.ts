// JSON (RFC 8259) as a plugin needs it: reads a whole request strictly, writes texts. The libraries for AssemblyScript take
// JSON that is none, or write control characters as they are.

/** Deepest nesting of a request: deeper ones are no calls, and recursion needs stack. */
const MAX_DEPTH: i32 = 64;

/** A value of JSON. */
export class Value {
  isText: boolean = false;
  isNumber: boolean = false;
  isList: boolean = false;
  text: string = "";
  number: f64 = 0;
  /** What is in a list or an object. */
  items: Array<Value> = [];
  /** The names of an object's items. */
  names: Array<string> = [];

  static list(): Value {
    const value = new Value();
    value.isList = true;
    return value;
  }

  /** The item of this name, the last one where there are several. */
  field(name: string): Value | null {
    const place = this.names.lastIndexOf(name);
    return place < 0 ? null : this.items[place];
  }

  /** An argument: by its place in a list, by its name in an object. */
  argument(place: i32, name: string): Value | null {
    if (this.isList) return place < this.items.length ? this.items[place] : null;
    return this.field(name);
  }
}

export function parse(text: string): Value {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  if (reader.at < text.length) reader.refuse();
  return value;
}

/** A text as JSON. */
export function quote(text: string): string {
  const parts: Array<string> = ['"'];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x20 && code != 0x22 && code != 0x5c) continue;
    parts.push(text.slice(from, at));
    parts.push(code < 0x20 ? "\\u" + code.toString(16).padStart(4, "0") : "\\" + text.charAt(at));
    from = at + 1;
  }
  parts.push(text.slice(from));
  parts.push('"');
  return parts.join("");
}

class Reader {
  at: i32 = 0;

  constructor(private input: string) {}

  refuse(): void {
    throw new Error("the request is not JSON, at character " + this.at.toString());
  }

  /** The next character, -1 at the end. */
  private get next(): i32 {
    return this.at < this.input.length ? this.input.charCodeAt(this.at) : -1;
  }

  space(): void {
    while (this.next == 0x20 || this.next == 0x0a || this.next == 0x0d || this.next == 0x09) this.at++;
  }

  private take(character: string): boolean {
    this.space();
    if (this.next != character.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  private expect(character: string): void {
    if (!this.take(character)) this.refuse();
  }

  value(depth: i32): Value {
    if (depth > MAX_DEPTH) throw new Error("the request is nested too deeply");
    const value = new Value();
    if (this.take("[")) {
      value.isList = true;
      if (this.take("]")) return value;
      do value.items.push(this.value(depth + 1));
      while (this.take(","));
      this.expect("]");
    } else if (this.take("{")) {
      if (this.take("}")) return value;
      do {
        this.expect('"');
        value.names.push(this.text());
        this.expect(":");
        value.items.push(this.value(depth + 1));
      } while (this.take(","));
      this.expect("}");
    } else if (this.take('"')) {
      value.isText = true;
      value.text = this.text();
    } else if (!this.word("true") && !this.word("false") && !this.word("null")) {
      value.isNumber = true;
      value.number = this.number();
    }
    return value;
  }

  private word(word: string): boolean {
    if (!this.input.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private digits(): void {
    if (this.next < 0x30 || this.next > 0x39) this.refuse();
    while (this.next >= 0x30 && this.next <= 0x39) this.at++;
  }

  private number(): f64 {
    const from = this.at;
    if (this.next == 0x2d) this.at++;
    // A zero in front is the only digit.
    if (this.next == 0x30) this.at++;
    else this.digits();
    if (this.next == 0x2e) {
      this.at++;
      this.digits();
    }
    if (this.next == 0x65 || this.next == 0x45) {
      this.at++;
      if (this.next == 0x2b || this.next == 0x2d) this.at++;
      this.digits();
    }
    return parseFloat(this.input.slice(from, this.at));
  }

  /** What follows a quotation mark, to the next one. */
  private text(): string {
    const parts: Array<string> = [];
    let from = this.at;
    for (;;) {
      const code = this.next;
      if (code < 0x20) this.refuse();
      this.at++;
      if (code == 0x22) break;
      if (code != 0x5c) continue;
      parts.push(this.input.slice(from, this.at - 1));
      parts.push(this.escaped());
      from = this.at;
    }
    parts.push(this.input.slice(from, this.at - 1));
    return parts.join("");
  }

  private escaped(): string {
    const code = this.next;
    this.at++;
    if (code == 0x75) {
      // Half of a pair is one character here too: texts are in UTF-16.
      let unit = 0;
      for (let digit = 0; digit < 4; digit++) {
        const value = "0123456789abcdef".indexOf(this.input.charAt(this.at).toLowerCase());
        if (value < 0 || this.next < 0) this.refuse();
        unit = (unit << 4) | value;
        this.at++;
      }
      return String.fromCharCode(unit);
    }
    const meaning = '""\\\\//b\bf\fn\nr\rt\t';
    for (let place = 0; place < meaning.length; place += 2) {
      if (code == meaning.charCodeAt(place)) return meaning.charAt(place + 1);
    }
    this.refuse();
    return "";
  }
}
