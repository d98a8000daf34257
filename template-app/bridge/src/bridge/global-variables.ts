/**
 * The module `globalVariables`: its event.
 */
import type { EventsModule } from "../api/events.js";
import type { GlobalVariablesModule } from "../api/global-variables.js";
import { requireFunction, requireString } from "../arguments.js";
import type { VariableChange } from "../generated.js";

/** `Desktopr.globalVariables.onChange` in the app. */
export function createOnChange(on: EventsModule["on"]): GlobalVariablesModule["onChange"] {
  return async (key, listener) => {
    if (key !== null) requireString("globalVariables", "key", key);
    requireFunction("globalVariables", "listener", listener);
    return on<VariableChange>("app:variable-changed", (change) => {
      if (key === null || key === change.key) listener(change);
    });
  };
}
