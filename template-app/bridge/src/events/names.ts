/**
 * Which event names there can be, and which of them only the native side may emit.
 */
import { fail } from "../error.js";
import { MAX_EVENT_NAME_LENGTH, RESERVED_EVENTS } from "../generated.js";

/** The characters that an event name can have. */
const EVENT_NAME = /^[A-Za-z0-9_:./-]+$/;

/** Is this a name that an event can have? */
export function isEventName(name: unknown): name is string {
  return typeof name === "string" && name.length <= MAX_EVENT_NAME_LENGTH && EVENT_NAME.test(name);
}

/** May only the native side emit this event? */
export function isReserved(name: string): boolean {
  const { prefixes, names } = RESERVED_EVENTS;
  return prefixes.some((prefix) => name.startsWith(prefix)) || (names as readonly string[]).includes(name);
}

/** Throws `events/invalid-name` unless `name` can name an event. */
export function requireEventName(name: unknown): asserts name is string {
  if (isEventName(name)) return;
  const found = JSON.stringify(name);
  const message = `event name must be 1 to ${MAX_EVENT_NAME_LENGTH} of \`A-Z a-z 0-9 _ : . / -\`, found: ${found}`;
  fail("events/invalid-name", message);
}
