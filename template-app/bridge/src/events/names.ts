/**
 * Which event names there can be, and which of them only the native side may emit.
 */
import { DesktoprError } from "../error.js";
import { RESERVED_EVENTS } from "../generated.js";

/** The contract's form of an event name: 1 to 128 characters of this set. */
const EVENT_NAME = /^[A-Za-z0-9_:./-]{1,128}$/;

/** Is this a name that an event can have? */
export function isEventName(name: unknown): name is string {
  return typeof name === "string" && EVENT_NAME.test(name);
}

/** May only the native side emit this event? */
export function isReserved(name: string): boolean {
  const { prefixes, names } = RESERVED_EVENTS;
  return prefixes.some((prefix) => name.startsWith(prefix)) || (names as readonly string[]).includes(name);
}

/** Throws `events/invalid-name` unless `name` can name an event. */
export function requireEventName(name: unknown): asserts name is string {
  if (isEventName(name)) return;
  const message = `event name must be 1 to 128 of \`A-Z a-z 0-9 _ : . / -\`, found: ${JSON.stringify(name)}`;
  throw new DesktoprError({ code: "events/invalid-name", module: "events", message });
}
