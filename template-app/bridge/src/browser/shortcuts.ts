/**
 * The module `shortcuts` in a plain browser: keys of the page.
 */
import type { GlobalShortcutModule, ShortcutsModule } from "../api/shortcuts.js";
import { requireFunction, requireString } from "../arguments.js";
import { type AddKeys, createKeys } from "../keys.js";
import { parseSequence } from "./accelerator.js";
import { unavailable, unavailableModule } from "./unavailable.js";

/** `Desktopr.globalShortcut` in a browser: no page has keys of the whole desktop. */
export function createBrowserGlobalShortcut(): GlobalShortcutModule {
  return unavailableModule("shortcuts", ["register", "unregister", "unregisterAll", "isRegistered"], "globalShortcut");
}

/** `Desktopr.shortcuts` in a browser. */
export function createBrowserShortcuts(): ShortcutsModule {
  let addKeys: AddKeys | undefined;
  return {
    async register(sequence, listener, options) {
      if (typeof document === "undefined") return unavailable("shortcuts", "shortcuts.register");
      requireString("shortcuts", "sequence", sequence);
      requireFunction("shortcuts", "listener", listener);
      const strokes = parseSequence(sequence, /^Mac/.test(navigator.platform));
      return (addKeys ??= createKeys())(strokes, listener, options);
    },
  };
}
