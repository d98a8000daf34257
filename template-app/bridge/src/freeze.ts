/**
 * Makes the API object unchangeable: no script of the page can put its own function in front of another script's call.
 */

/** Freezes an object and everything that it owns, functions included. */
export function deepFreeze<Value extends object>(value: Value): Value {
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const property of Object.values(value)) {
    if (typeof property === "function") Object.freeze(property);
    else if (typeof property === "object" && property !== null) deepFreeze(property);
  }
  return value;
}
