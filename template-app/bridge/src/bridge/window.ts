/**
 * The module `window`, function by function over its commands.
 */
import type { WindowModule } from "../api/window.js";
import { requireBoolean, requireLabel, requireNumber, requireOptions, requireString } from "../arguments.js";
import { DesktoprError } from "../error.js";
import type { Command } from "../functions.js";
import type { Call } from "./call.js";
import { createCloseRequests } from "./close.js";

/** `Desktopr.window` in the app; `opensNone`: the module is on, and the config lets this window open no others. */
export function createWindow(call: Call, opensNone: boolean): WindowModule {
  // The functions that need a label at most.
  const plain = (command: Command) => async (label?: string) => {
    requireLabel("window", label);
    await call(command, { label });
  };
  return {
    async new(options = {}) {
      requireOptions("window", options);
      if (opensNone) return refuseToOpen();
      return call("window_new", { options });
    },
    close: plain("window_close"),
    minimize: plain("window_minimize"),
    maximizeToggle: plain("window_maximize_toggle"),
    focus: plain("window_focus"),
    show: plain("window_show"),
    hide: plain("window_hide"),
    center: plain("window_center"),
    print: plain("window_print"),
    ...createSetters(call),
    async getInfo(label) {
      requireLabel("window", label);
      return call("window_get_info", { label });
    },
    list: () => call("window_list"),
    onCloseRequested: createCloseRequests(call),
  };
}

type Setters = "fullscreen" | "setTitle" | "setSize" | "setPosition" | "setAlwaysOnTop" | "setZoom" | "setTheme";

function createSetters(call: Call): Pick<WindowModule, Setters> {
  return {
    async fullscreen(on, label) {
      requireBoolean("window", "on", on);
      requireLabel("window", label);
      await call("window_fullscreen", { on, label });
    },
    async setTitle(title, label) {
      requireString("window", "title", title);
      requireLabel("window", label);
      await call("window_set_title", { title, label });
    },
    async setSize(width, height, label) {
      requireNumber("window", "width", width);
      requireNumber("window", "height", height);
      requireLabel("window", label);
      await call("window_set_size", { width, height, label });
    },
    async setPosition(x, y, label) {
      requireNumber("window", "x", x);
      requireNumber("window", "y", y);
      requireLabel("window", label);
      await call("window_set_position", { x, y, label });
    },
    async setAlwaysOnTop(on, label) {
      requireBoolean("window", "on", on);
      requireLabel("window", label);
      await call("window_set_always_on_top", { on, label });
    },
    async setZoom(factor, label) {
      requireNumber("window", "factor", factor);
      requireLabel("window", label);
      await call("window_set_zoom", { factor, label });
    },
    async setTheme(theme, label) {
      requireString("window", "theme", theme);
      requireLabel("window", label);
      await call("window_set_theme", { theme, label });
    },
  };
}

function refuseToOpen(): never {
  const message = 'the app\'s config does not let this window open windows: `{ "window": { "open": true } }` does';
  throw new DesktoprError({ code: "window/open-forbidden", module: "window", message });
}
