/**
 * Bytes as text.
 */
import { fail } from "./error.js";
import type { ErrorCode } from "./generated.js";

/** The text that the bytes of a file are; refused with this code when they are none. */
export function decodeText(code: ErrorCode, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    // A text that is longer than the engine's texts can be is an error of another kind.
    return (error as Error).name === "TypeError" ? fail(code, "the file is no text in UTF-8") : tooLarge();
  }
}

/** Refuses a file that memory does not hold. */
export function tooLarge(): never {
  return fail("fs/too-large", "the file is larger than can be read or written as a whole");
}
