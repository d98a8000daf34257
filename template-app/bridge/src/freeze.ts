/**
 * Makes the API object unchangeable: no script of the page can put its own function in front of another script's call.
 */

/** Freezes an object and everything that it owns, functions and their properties included. */
export function deepFreeze<Value extends object>(value: Value): Value {
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) {
    const property: unknown = Reflect.get(value, key);
    if ((typeof property === "object" && property !== null) || typeof property === "function") deepFreeze(property);
  }
  return value;
}
