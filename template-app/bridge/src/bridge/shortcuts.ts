/**
 * The module `shortcuts`: what listens. The runtime knows what an accelerator is.
 */
import { Channel } from "@tauri-apps/api/core";
import type { GlobalShortcutModule, ShortcutsModule } from "../api/shortcuts.js";
import { requireFunction } from "../arguments.js";
import { callSafely } from "../events/listeners.js";
import type { ShortcutEvent } from "../generated.js";
import type { AddKeys, Stroke } from "../keys.js";
import type { Call } from "./call.js";

/** The functions that are here, by the parts of the API object that they are in. */
export function createShortcuts(
  call: Call,
  addKeys: AddKeys,
): { globalShortcut: Pick<GlobalShortcutModule, "register">; shortcuts: ShortcutsModule } {
  return {
    globalShortcut: {
      async register(accelerator, listener, options) {
        requireFunction("shortcuts", "listener", listener);
        // A listener that throws would stop the channel.
        const channel = new Channel<ShortcutEvent>((event) => callSafely(listener as (event: unknown) => void, event));
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
