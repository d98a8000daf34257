/**
 * Checks of what a page passes in, the same in the app and in a browser. The native side checks again: these only make
 * the message name the argument.
 */
import { fail } from "./error.js";

/** By its mark: what a value must be, and whether it is. */
const KINDS: Readonly<Record<string, [string, (value: unknown) => boolean]>> = {
  "": ["a string", (value) => typeof value === "string"],
  "#": ["a finite number", Number.isFinite],
  "!": ["a boolean", (value) => typeof value === "boolean"],
  "{": ["an object", (value) => typeof value === "object" && value !== null && !Array.isArray(value)],
  "[": ["an array", Array.isArray],
  "(": ["a function", (value) => typeof value === "function"],
};

function refuse(module: string, name: string, expected: string, value: unknown): never {
  const found = value === null ? "null" : typeof value;
  return fail("bridge/invalid-argument", `argument \`${name}\` must be ${expected}, found: ${found}`, module);
}

/** Throws unless `value` is of the kind of this mark, or left out where `optional` says so. */
export function requireKind(module: string, name: string, mark: string, value: unknown, optional?: unknown): void {
  const [expected, fits] = KINDS[mark] ?? [];
  if (fits && !fits(value) && !(optional && value === undefined)) refuse(module, name, expected ?? "", value);
}

/** Throws unless `value` is a string. */
export function requireString(module: string, name: string, value: unknown): asserts value is string {
  requireKind(module, name, "", value);
}

/** Throws unless `value` is a boolean. */
export function requireBoolean(module: string, name: string, value: unknown): asserts value is boolean {
  requireKind(module, name, "!", value);
}

/** Throws when there are arguments beyond those of the function, such as options that it does not have. */
export function requireNoMore(module: string, more: readonly unknown[]): void {
  if (more.length > 0) refuse(module, "options", "left out", more[0]);
}

/** Throws unless `value` can be called. */
export function requireFunction(module: string, name: string, value: unknown): void {
  requireKind(module, name, "(", value);
}

/** Throws unless `value` is an array. */
export function requireArray(module: string, name: string, value: unknown): void {
  requireKind(module, name, "[", value);
}

/** Throws unless `value` is a string or left out. */
export function requireText(module: string, name: string, value: unknown): asserts value is string | undefined {
  requireKind(module, name, "", value, true);
}

/** Throws unless `value` is an object that is no array. */
export function requireObject(module: string, name: string, value: unknown): asserts value is object {
  requireKind(module, name, "{", value);
}

/** The options as they are; throws unless they are an object. */
export function requireOptions(module: string, value: unknown): object {
  requireObject(module, "options", value);
  return value;
}

/** Throws unless `value` is a number of bytes or left out. */
export function requireSize(module: string, name: string, value: unknown): asserts value is number | undefined {
  if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= 0)) {
    refuse(module, name, "a number of bytes", value);
  }
}

/** Throws unless `value` is a time that a timer could have, or left out. */
export function requireMilliseconds(module: string, name: string, value: unknown): asserts value is number | undefined {
  const isTime = typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
  if (value !== undefined && !isTime) refuse(module, name, "a number of milliseconds", value);
}

/** Throws unless `value` is an `AbortSignal` or left out. */
export function requireSignal(module: string, name: string, value: unknown): asserts value is AbortSignal | undefined {
  // By what it can do: a signal of another frame is of another class.
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  const isSignal = typeof aborted === "boolean" && typeof addEventListener === "function";
  if (value !== undefined && !isSignal) refuse(module, name, "an AbortSignal", value);
}

/** The bytes where they are; throws unless they are bytes. */
export function viewBytes(module: string, name: string, value: unknown): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  // By its name: a buffer of another frame is of another class.
  if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") return new Uint8Array(value as ArrayBuffer);
  return refuse(module, name, "bytes", value);
}

/** A copy of the bytes, so that what the page changes afterwards changes nothing; throws unless they are bytes. */
export function copyBytes(module: string, name: string, value: unknown): Uint8Array {
  return viewBytes(module, name, value).slice();
}

/** The object as JSON; throws unless it is one that JSON can hold. */
export function toJsonObject(module: string, name: string, value: unknown): string {
  requireObject(module, name, value);
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    // The same answer as for what JSON turns into something else.
  }
  return json?.startsWith("{") ? json : refuse(module, name, "an object that JSON can hold", value);
}
