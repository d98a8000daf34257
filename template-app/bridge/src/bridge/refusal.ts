/**
 * Turns what a call was refused with into a {@link DesktoprError}.
 */
import { DesktoprError, type DesktoprErrorFields } from "../error.js";

/** The error for whatever `invoke` rejected with, in a call of `module`; fields of a refusal may name another module. */
export function toDesktoprError(refusal: unknown, module: string): DesktoprError {
  const { code, message, name } = (refusal ?? {}) as Partial<DesktoprErrorFields> & { name?: unknown };
  if (typeof code === "string" && typeof message === "string") {
    return new DesktoprError({ module, ...(refusal as Omit<DesktoprErrorFields, "module">) });
  }
  // Our commands refuse with fields, so a text comes from Tauri itself: from its authority, or from who reads the arguments. And an
  // exception was thrown on this side: a value that JSON or the isolation frame cannot hold.
  const isText = typeof refusal === "string";
  const isInvalid = isText ? !/not (allowed|found)/.test(refusal) : name === "TypeError" || name === "DataCloneError";
  return new DesktoprError({
    module,
    code: isInvalid ? "bridge/invalid-argument" : isText ? "bridge/not-allowed" : "bridge/internal",
    message: isText ? refusal : (message ?? "no reason given"),
  });
}
