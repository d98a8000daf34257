// What makes a program a plugin: one JSON object comes in on stdin, one line with one JSON object goes out on stdout. AssemblyScript
// has no exceptions to catch: a `throw` ends the module, but is answered before, by `failed`.
import { fd_write } from "@assemblyscript/wasi-shim/assembly/bindings/wasi_snapshot_preview1";
import { Value, parse, quote } from "./json";

/** Largest request, in bytes: 1 MiB and a line break. Apps send no more, unless their config raises `stdinKb`. */
const MAX_REQUEST: i32 = 1024 * 1024 + 1;

let answered = false;

export function request(): Value {
  const buffer = new ArrayBuffer(MAX_REQUEST + 1);
  let length = 0;
  while (length <= MAX_REQUEST) {
    const read = process.stdin.read(buffer, length);
    if (read == 0) break;
    length += read;
  }
  if (length > MAX_REQUEST) throw new Error("the request is larger than 1 MiB");
  return parse(String.UTF8.decode(buffer.slice(0, length)));
}

/** Prints the one line; `value` is JSON already. */
export function answer(value: string): void {
  print(1, '{"ok":true,"value":' + value + "}\n");
  answered = true;
}

/** Called by the runtime for every `throw` and every failed check. */
export function failed(message: string | null, file: string | null, line: u32, column: u32): void {
  const text = message === null ? "failed" : message;
  const place = (file === null ? "?" : file) + ":" + line.toString() + ":" + column.toString();
  print(2, text + " in " + place + "\n");
  if (!answered) {
    answered = true;
    print(1, '{"ok":false,"error":' + quote(text) + "}\n");
  }
  process.exit(0);
}

function print(descriptor: u32, text: string): void {
  const bytes = String.UTF8.encode(text);
  // The address and length that are to be written, and where the number of written bytes goes.
  const vector = new StaticArray<usize>(2);
  const written = new StaticArray<usize>(1);
  let at: usize = 0;
  while (at < <usize>bytes.byteLength) {
    vector[0] = changetype<usize>(bytes) + at;
    vector[1] = <usize>bytes.byteLength - at;
    if (fd_write(descriptor, changetype<usize>(vector), 1, changetype<usize>(written)) != 0) process.exit(1);
    at += written[0];
  }
}
