/**
 * Checks of what a page passes in, the same in the app and in a browser. The native side checks again: these only make
 * the message name the argument.
 */
import { DesktoprError } from "./error.js";

function refuse(module: string, name: string, expected: string, value: unknown): never {
  const found = value === null ? "null" : typeof value;
  const message = `argument \`${name}\` must be ${expected}, found: ${found}`;
  throw new DesktoprError({ code: "bridge/invalid-argument", module, message });
}

/** Throws unless `value` is a string. */
export function requireString(module: string, name: string, value: unknown): asserts value is string {
  if (typeof value !== "string") refuse(module, name, "a string", value);
}

/** Throws unless `value` is a string or left out. */
export function requireLabel(module: string, value: unknown): asserts value is string | undefined {
  if (value !== undefined) requireString(module, "label", value);
}

/** Throws unless `value` is a boolean. */
export function requireBoolean(module: string, name: string, value: unknown): asserts value is boolean {
  if (typeof value !== "boolean") refuse(module, name, "a boolean", value);
}

/** Throws unless `value` can be called. */
export function requireFunction(module: string, name: string, value: unknown): void {
  if (typeof value !== "function") refuse(module, name, "a function", value);
}

/** Throws unless `value` is an array. */
export function requireArray(module: string, name: string, value: unknown): void {
  if (!Array.isArray(value)) refuse(module, name, "an array", value);
}

/** Throws unless `value` is a process exit code (a signed 32-bit integer, as the native side has it) or left out. */
export function requireExitCode(module: string, value: unknown): asserts value is number | undefined {
  if (value !== undefined && value !== (Number(value) | 0)) refuse(module, "code", "a 32-bit integer", value);
}
