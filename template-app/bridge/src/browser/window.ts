/**
 * The module `window` in a plain browser: what a tab can do to itself.
 */
import type { WindowModule } from "../api/window.js";
import { requireBoolean, requireString } from "../arguments.js";
import { orRefused } from "./refused.js";
import { unavailable, unavailableModule } from "./unavailable.js";

/** Functions that this tab has an equivalent for. */
export function browserWindowFunctions(): string[] {
  if (typeof document === "undefined") return [];
  const names = ["window.close", "window.print", "window.setTitle"];
  return document.fullscreenEnabled ? [...names, "window.fullscreen"] : names;
}

/** `Desktopr.window`: a label means another window, and there is none. */
export function createBrowserWindow(): WindowModule {
  const module = createUnavailableWindow();
  return {
    ...module,
    async close(label) {
      if (label !== undefined) return module.close(label);
      // A tab that no script opened stays, as the web has it.
      window.close();
    },
    async fullscreen(on, label) {
      requireBoolean("window", "on", on);
      if (label !== undefined) return module.fullscreen(on, label);
      if (!document.fullscreenEnabled) return unavailable("window", "window.fullscreen");
      await orRefused("window", "bridge/not-allowed", async () => {
        if (on) await document.documentElement.requestFullscreen();
        else if (document.fullscreenElement) await document.exitFullscreen();
      });
    },
    async print(label) {
      if (label !== undefined) return module.print(label);
      window.print();
    },
    async setTitle(title, label) {
      requireString("window", "title", title);
      if (label !== undefined) return module.setTitle(title, label);
      document.title = title;
    },
  };
}

/** The same where there is no page, such as on a server: every function rejects. */
export function createUnavailableWindow(): WindowModule {
  return unavailableModule("window", [
    "new",
    "close",
    "minimize",
    "maximizeToggle",
    "fullscreen",
    "focus",
    "show",
    "hide",
    "center",
    "setTitle",
    "setSize",
    "setPosition",
    "setAlwaysOnTop",
    "setZoom",
    "setTheme",
    "print",
    "getInfo",
    "list",
    "onCloseRequested",
  ]);
}
