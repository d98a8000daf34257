/**
 * Turns what a call was refused with into a {@link DesktoprError}.
 */
import { DesktoprError, type DesktoprErrorFields } from "../error.js";

<<<<<<< HEAD
/** The error for whatever `invoke` rejected with, in a call of `module`; fields of a refusal may name another module. */
export function toDesktoprError(refusal: unknown, module: string): DesktoprError {
  const { code, message, name } = (refusal ?? {}) as Partial<DesktoprErrorFields> & { name?: unknown };
  if (typeof code === "string" && typeof message === "string") {
    return new DesktoprError({ module, ...(refusal as Omit<DesktoprErrorFields, "module">) });
  }
  // Our commands refuse with fields, so a text comes from Tauri itself: from its argument parser or from its authority. And an
  // exception was thrown on this side: a value that JSON or the isolation frame cannot hold.
  const isText = typeof refusal === "string";
  const isInvalid = isText ? refusal.startsWith("invalid args ") : name === "TypeError" || name === "DataCloneError";
  return new DesktoprError({
    module,
    code: isInvalid ? "bridge/invalid-argument" : isText ? "bridge/not-allowed" : "bridge/internal",
    message: isText ? refusal : (message ?? "the call failed without a reason"),
  });
=======
/** What a refusal says; the module is the called one unless it names another. */
type Fields = Omit<DesktoprErrorFields, "module"> & { module?: string };

/** The error for whatever `invoke` rejected with, in a call of `module`. */
export function toDesktoprError(refusal: unknown, module: string): DesktoprError {
  return new DesktoprError({ module, ...fieldsOf(refusal) });
}

function fieldsOf(refusal: unknown): Fields {
  if (isFields(refusal)) return refusal;
  if (typeof refusal === "string") return { code: codeOfText(refusal), message: refusal };
  if (refusal instanceof Error) return { code: codeOfError(refusal), message: refusal.message };
  return { code: "bridge/internal", message: "the call failed without a reason" };
}

function isFields(refusal: unknown): refusal is Fields {
  if (typeof refusal !== "object" || refusal === null) return false;
  const { code, message } = refusal as Partial<DesktoprErrorFields>;
  return typeof code === "string" && typeof message === "string";
}

// Our commands refuse with fields, so a text comes from Tauri itself: from its authority, or from who reads the arguments.
function codeOfText(refusal: string): ErrorCode {
  return /not (allowed|found)/.test(refusal) ? "bridge/not-allowed" : "bridge/invalid-argument";
}

// An exception was thrown on this side, before anything was sent: a value that JSON or the isolation frame cannot hold.
function codeOfError(error: Error): ErrorCode {
  return error instanceof TypeError || error.name === "DataCloneError" ? "bridge/invalid-argument" : "bridge/internal";
>>>>>>> proof
}
