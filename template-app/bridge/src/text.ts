/**
 * Bytes as text.
 */
import { fail } from "./error.js";

/** The text that the bytes of a file are; `fs/not-utf8` when they are none. */
export function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    // A text that is longer than the engine's texts can be is an error of another kind.
    if ((error as Error).name !== "TypeError") tooLarge(path);
    fail("fs/not-utf8", `no text in UTF-8: \`${path}\``);
  }
}

/** Refuses a file that memory does not hold. */
export function tooLarge(path: string): never {
  fail("fs/too-large", `larger than can be read or written as a whole: \`${path}\``);
}
