/**
 * The API object where there is no bridge: in a plain browser, in a frame, in a worker and on a server.
 */
import type { AppModule } from "../api/app.js";
import type { DesktoprApi } from "../api/desktopr.js";
import type { DownloadsModule } from "../api/downloads.js";
import type { EventsModule } from "../api/events.js";
import type { ContextMenuModule, MenuModule } from "../api/menu.js";
import type { TrayModule } from "../api/tray.js";
import type { UpdatesModule } from "../api/updates.js";
import { requireString } from "../arguments.js";
import { createContextMenuHandler } from "../context-menu.js";
import { DesktoprError } from "../error.js";
import { deepFreeze } from "../freeze.js";
import { publicFunctions } from "../functions.js";
import { API_VERSION } from "../generated.js";
import { createReady } from "../ready.js";
import { browserAuthFunctions, createBrowserAuth } from "./auth.js";
import { createBrowserEvents } from "./events.js";
import { browserFilesFunctions, createBrowserFiles } from "./files.js";
import { browserFsFunctions, createBrowserFs } from "./fs.js";
import { BROWSER_NETWORK_FUNCTIONS, createBrowserNetwork } from "./network.js";
import { browserBadgeFunctions, createBrowserBadge } from "./badge.js";
import { browserClipboardFunctions, createBrowserClipboard } from "./clipboard.js";
import { browserNotificationFunctions, createBrowserNotifications } from "./notifications.js";
import { createUnavailablePlugins } from "./plugins.js";
import { createBrowserGlobalShortcut, createBrowserShortcuts } from "./shortcuts.js";
import { createUnavailableStart } from "./start.js";
import { unavailable, unavailableModule } from "./unavailable.js";
import { browserWindowFunctions, createBrowserWindow, createUnavailableWindow } from "./window.js";

/** Functions that work anywhere. */
const LOCAL_FUNCTIONS = ["isAvailable", "isDesktop", "apiVersion", "ready", "onReady", "supports"];
/** Functions with an equivalent in browsers. */
const BROWSER_FUNCTIONS = [
  "openBrowser",
  "events.emit",
  "events.emitToAll",
  "events.on",
  "events.once",
  "events.onMany",
  "shortcuts.register",
  "contextMenu.handler.init",
  "contextMenu.handler.remove",
  ...BROWSER_NETWORK_FUNCTIONS,
];

/** The fallback. Making it touches nothing of the page, so that a module that imports the SDK loads anywhere. */
export function createBrowserDesktopr(): DesktoprApi {
  const isBrowser = typeof window !== "undefined" && typeof BroadcastChannel === "function";
  const supported = new Set([
    ...LOCAL_FUNCTIONS,
    ...(isBrowser ? BROWSER_FUNCTIONS : []),
    ...(isBrowser ? browserWindowFunctions() : []),
    ...browserFilesFunctions(),
    ...browserFsFunctions(),
    ...browserClipboardFunctions(),
    ...browserNotificationFunctions(),
    ...browserBadgeFunctions(),
    ...browserAuthFunctions(),
  ]);
  // A module's name, when something of it works.
  publicFunctions().filter(({ path }) => supported.has(path)).forEach(({ module }) => supported.add(module));
  const plugins = createUnavailablePlugins();
  return deepFreeze<DesktoprApi>({
    isAvailable: false,
    isDesktop: false,
    apiVersion: API_VERSION,
    ...createReady(),
    supports: (name) => supported.has(name),
    openBrowser,
    app: unavailableModule<AppModule>("app", ["info", "exit", "relaunch"]),
    events: { ...createUnavailableEvents(), ...(isBrowser ? createBrowserEvents() : {}) },
    window: typeof document === "undefined" ? createUnavailableWindow() : createBrowserWindow(),
    plugins,
    worker: plugins,
    fs: createBrowserFs(),
    files: createBrowserFiles(),
    downloads: unavailableModule<DownloadsModule>("downloads", [
      "list",
      "reveal",
      "cancel",
      "onStart",
      "onDone",
      "onProgress",
    ]),
    clipboard: createBrowserClipboard(),
    notifications: createBrowserNotifications(),
    globalShortcut: createBrowserGlobalShortcut(),
    shortcuts: createBrowserShortcuts(),
    badge: createBrowserBadge(),
    ...createUnavailableStart(),
    ...createBrowserMenus(),
    tray: unavailableModule<TrayModule>("tray", ["set", "remove"]),
    network: createBrowserNetwork(),
    auth: createBrowserAuth(),
    updates: unavailableModule<UpdatesModule>("updates", ["check", "download", "install", "channel"]),
  });
}

function createBrowserMenus(): Pick<DesktoprApi, "menu" | "contextMenu"> {
  const init = unavailableModule<MenuModule["init"]>("menu", ["fromConfig", "fromJson", "fromJsonFile"], "menu.init");
  const show = () => unavailable("menu", "contextMenu.show");
  const unavailableHandler = () =>
    unavailableModule<ContextMenuModule["handler"]>("menu", ["init", "remove"], "contextMenu.handler");
  return {
    menu: { ...unavailableModule<MenuModule>("menu", ["setEnabled", "setChecked", "setLabel"]), init },
    contextMenu: {
      show,
      handler: typeof document === "undefined" ? unavailableHandler() : createContextMenuHandler(),
    },
  };
}

function createUnavailableEvents(): EventsModule {
  return unavailableModule("events", [
    "emit",
    "emitToAll",
    "emitTo",
    "on",
    "once",
    "onMany",
    "onWindow",
    "onNetworkStatus",
    "onDeeplink",
    "lastDeeplink",
    "onOpenFiles",
    "onShortcut",
    "onDragDrop",
    "onMenuEvent",
    "onTrayIconEvent",
  ]);
}

async function openBrowser(text: string): Promise<void> {
  requireString("core", "url", text);
  const url = parseUrl(text);
  if (typeof window === "undefined") return unavailable("core", "openBrowser");
  // A mail program is no tab: assigning the location starts it and leaves the page where it is.
  if (url.protocol === "mailto:") location.assign(url.href);
  else window.open(url.href, "_blank", "noopener");
}

function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (["http:", "https:", "mailto:"].includes(url.protocol)) return url;
  } catch {
    // The same answer as for a scheme that may not be opened.
  }
  const message = `URL must be an absolute http, https or mailto URL, found: ${JSON.stringify(text)}`;
  throw new DesktoprError({ code: "bridge/invalid-url", module: "core", message });
}
