/**
 * The module `window`: what is more than one call of a command.
 */
import type { WindowModule } from "../api/window.js";
import { requireOptions } from "../arguments.js";
import { fail } from "../error.js";
import type { Call } from "./call.js";
import { createCloseRequests } from "./close.js";

/** The functions that are here; `opensNone`: the module is on, and the config lets this window open no others. */
export function createWindow(call: Call, opensNone: boolean): Pick<WindowModule, "new" | "onCloseRequested"> {
  return {
    async new(options = {}) {
      requireOptions("window", options);
      if (opensNone) return refuseToOpen();
      return call("window_new", { options });
    },
    onCloseRequested: createCloseRequests(call),
  };
}

function refuseToOpen(): never {
  fail("window/open-forbidden", 'opens none without `{ "window": { "open": true } }` in `bridge.modules`');
}
