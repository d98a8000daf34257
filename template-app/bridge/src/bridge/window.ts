/**
 * The module `window`, function by function over its commands.
 */
import type { WindowModule } from "../api/window.js";
import { requireBoolean, requireLabel } from "../arguments.js";
import type { Call } from "./call.js";

/** `Desktopr.window` in the app. */
export function createWindow(call: Call): WindowModule {
  return {
    async close(label) {
      requireLabel("window", label);
      await call("window_close", { label });
    },
    async minimize(label) {
      requireLabel("window", label);
      await call("window_minimize", { label });
    },
    async maximizeToggle(label) {
      requireLabel("window", label);
      await call("window_maximize_toggle", { label });
    },
    async fullscreen(on, label) {
      requireBoolean("window", "on", on);
      requireLabel("window", label);
      await call("window_fullscreen", { on, label });
    },
    async getInfo(label) {
      requireLabel("window", label);
      return call("window_get_info", { label });
    },
  };
}
