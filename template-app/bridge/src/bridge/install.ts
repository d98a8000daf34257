/**
 * Puts `Desktopr` on the window of a granted page, once.
 */
import type { DesktoprApi } from "../api/desktopr.js";
import { requireString } from "../arguments.js";
import { deepFreeze } from "../freeze.js";
import { COMMAND_OF, fsFunctions, LOCAL_FUNCTIONS } from "../functions.js";
import { announceReady, createReady } from "../ready.js";
import { createApp } from "./app.js";
import type { Bootstrap } from "./bootstrap.js";
import { createBytes } from "./bytes.js";
import { type Call, createCall } from "./call.js";
import { createDownloads } from "./downloads.js";
import { createEvents } from "./events.js";
import { createFiles, createOnDragDrop } from "./files.js";
import { createFs } from "./fs.js";
import { handOverLinks } from "./links.js";
import { isGranted } from "./origin.js";
import { createPlugins } from "./plugins.js";
import { askForToken } from "./token.js";
import { createWindow } from "./window.js";

/** Does nothing in a frame, in a pop-up, on a page without a grant, and where the bridge already is. */
export function install(bootstrap: Bootstrap): void {
  // A pop-up shares its opener's scripts on Linux, and has no bridge.
  const isPopup = window.opener !== null;
  if (window !== window.top || isPopup || !isGranted(location, bootstrap) || "Desktopr" in window) return;

  const granted = new Set(bootstrap.commands);
  const call = createCall(granted, askForToken());
  const value = deepFreeze(createDesktopr(bootstrap, granted, call));
  Object.defineProperty(window, "Desktopr", { value, enumerable: true, writable: false, configurable: false });
  if (granted.has("navigate")) handOverLinks(call);
  announceReady();
}

function createDesktopr(bootstrap: Bootstrap, granted: ReadonlySet<string>, call: Call): DesktoprApi {
  const supported = new Set([
    ...LOCAL_FUNCTIONS,
    ...bootstrap.modules,
    ...Object.keys(COMMAND_OF).filter((name) => granted.has(COMMAND_OF[name] ?? "")),
    ...(granted.has("fs_list") ? fsFunctions(bootstrap.fsScopes) : []),
  ]);
  if (supported.has("plugins")) supported.add("worker");
  bootstrap.unsupported.forEach((name) => supported.delete(name));
  const supports = (name: string) => supported.has(name);
  const bytes = createBytes(call);
  const plugins = createPlugins(call, bytes);
  const events = createEvents(call);
  return {
    isAvailable: true,
    isDesktop: true,
    apiVersion: bootstrap.apiVersion,
    ...createReady(),
    supports,
    async openBrowser(url) {
      requireString("core", "url", url);
      await call("open_browser", { url });
    },
    app: createApp(call),
    events: { ...events, onDragDrop: createOnDragDrop(call, bytes, events) },
    window: createWindow(call, granted.has("window_list") && !granted.has("window_new")),
    plugins,
    worker: plugins,
    fs: createFs(call, bytes),
    files: createFiles(call, bytes),
    downloads: createDownloads(call, events, (name) => !bootstrap.unsupported.includes(name)),
  };
}
