/**
 * Bytes as text.
 */
import { DesktoprError } from "./error.js";

/** The text that the bytes of a file are; `fs/not-utf8` when they are none. */
export function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    // A text that is longer than the engine's texts can be is an error of another kind.
    if ((error as Error).name !== "TypeError") throw tooLarge(path);
    throw new DesktoprError({ code: "fs/not-utf8", module: "fs", message: `no text in UTF-8: \`${path}\`` });
  }
}

/** The refusal of a file that memory does not hold. */
export function tooLarge(path: string): DesktoprError {
  const message = `larger than can be read or written as a whole: \`${path}\``;
  return new DesktoprError({ code: "fs/too-large", module: "fs", message });
}
