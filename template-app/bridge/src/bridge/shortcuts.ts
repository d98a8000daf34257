/**
 * The module `shortcuts`: what listens. The runtime knows what an accelerator is.
 */
import type { GlobalShortcutModule, ShortcutsModule } from "../api/shortcuts.js";
import { requireFunction } from "../arguments.js";
import type { ShortcutEvent } from "../generated.js";
import type { AddKeys, Stroke } from "../keys.js";
import type { Call } from "./call.js";
import { createChannel } from "./ipc.js";

/** The functions that are here, by the parts of the API object that they are in. */
export function createShortcuts(
  call: Call,
  addKeys: AddKeys,
): { globalShortcut: Pick<GlobalShortcutModule, "register">; shortcuts: ShortcutsModule } {
  return {
    globalShortcut: {
      async register(accelerator, listener, options) {
        requireFunction("shortcuts", "listener", listener);
        const channel = createChannel<ShortcutEvent>(listener);
        await call("global_shortcut_register", { accelerator, channel, options });
      },
    },
    shortcuts: {
      async register(sequence, listener, options) {
        requireFunction("shortcuts", "listener", listener);
        return addKeys(await call<Stroke[]>("shortcuts_register", { sequence }), listener, options);
      },
    },
  };
}
