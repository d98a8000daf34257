/**
 * The one error type of the bridge and of the SDK. What the native side refuses is translated in `bridge/refusal.ts`.
 */
import type { ErrorCode } from "./generated.js";

/** The parts of a {@link DesktoprError}. */
export interface DesktoprErrorFields {
  code: ErrorCode;
  message: string;
  /** Module whose function was called: `core`, `app`, `events`, `window`, `plugins`, `fs`. */
  module: string;
  /** More about the cause, as JSON; what it holds depends on the code. */
  details?: unknown;
}

/**
 * What every rejected call rejects with. `code` is stable; `message` is for people and may change.
 *
 * @example
 * ```ts
 * try {
 *   await Desktopr.window.close("settings");
 * } catch (error) {
 *   if (error instanceof DesktoprError && error.code === "window/unknown-label") return;
 *   throw error;
 * }
 * ```
 */
export class DesktoprError extends Error {
  declare readonly code: ErrorCode;
  declare readonly module: string;
  declare readonly details?: unknown;

  constructor(fields: DesktoprErrorFields) {
    super(fields.message);
    const { code, module, details } = fields;
    Object.assign(this, { name: "DesktoprError", code, module }, details === undefined ? {} : { details });
  }

  /**
   * The fields as a plain object: for `JSON.stringify`, logs and `postMessage`, which drop an error's own fields.
   *
   * @example
   * ```ts
   * worker.postMessage(error.toJSON());
   * ```
   */
  toJSON(): DesktoprErrorFields & { name: string } {
    const { name, code, message, module, details } = this;
    return { name, code, message, module, ...(details === undefined ? {} : { details }) };
  }

  // The injected script and the SDK each carry this class: an error of one must be an instance of the other's.
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== DesktoprError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === "DesktoprError" && "code" in value && "module" in value;
  }
}

/** Throws a {@link DesktoprError}; its module is the part of the code before the slash unless it is named. */
export function fail(code: ErrorCode, message: string, module = code.split("/")[0] ?? ""): never {
  throw new DesktoprError({ code, message, module });
}

/** What is said of functions that `supports` denies. */
export const UNSUPPORTED = "not on this system";
