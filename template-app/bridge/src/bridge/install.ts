/**
 * Puts `Desktopr` on the window of a granted page, once.
 */
import type { DesktoprApi } from "../api/desktopr.js";
import type { EventsModule } from "../api/events.js";
import type { FsModule } from "../api/fs.js";
import { createContextMenuHandler } from "../context-menu.js";
import { createListeners } from "../events/listeners.js";
import { deepFreeze } from "../freeze.js";
import { publicFunctions } from "../functions.js";
import type { Command, NotificationClick } from "../generated.js";
import { createKeys } from "../keys.js";
import { announceReady, createReady } from "../ready.js";
import type { Bootstrap } from "./bootstrap.js";
import { createBytes } from "./bytes.js";
import { type Call, createCall, requireGranted } from "./call.js";
import { createClipboard } from "./clipboard.js";
import { createDownloads } from "./downloads.js";
import { recordUncaught } from "./diagnostics.js";
import { createEvents } from "./events.js";
import { createFiles, createHandles, createOnDragDrop, createOnOpenFiles } from "./files.js";
import { createFs } from "./fs.js";
import { handOverLinks } from "./links.js";
import { createOnChange } from "./global-variables.js";
import { createFetch } from "./network.js";
import { isGranted } from "./origin.js";
import { createPlain } from "./plain.js";
import { createPlugins } from "./plugins.js";
import { createShortcuts } from "./shortcuts.js";
import { createToken } from "./token.js";
import { createDownload } from "./updates.js";
import { createWindow } from "./window.js";

/** Does nothing in a frame, in a pop-up, on a page without a grant, and where the bridge already is. */
export function install(bootstrap: Bootstrap): void {
  // A pop-up shares its opener's scripts on Linux, and has no bridge.
  const isPopup = window.opener !== null;
  if (window !== window.top || isPopup || !isGranted(location, bootstrap) || "Desktopr" in window) return;

  const granted = new Set(bootstrap.commands);
  const call = createCall(granted, createToken());
  const value = deepFreeze(createDesktopr(bootstrap, granted, call));
  // What is not said is false: nobody can write it, or take it away.
  Object.defineProperty(window, "Desktopr", { value, enumerable: true });
  if (granted.has("navigate")) handOverLinks(call);
  if (granted.has("diagnostics_new_error_js")) recordUncaught(call);
  announceReady();
}

function createDesktopr(bootstrap: Bootstrap, granted: ReadonlySet<string>, call: Call): DesktoprApi {
  const works = (name: string) => !bootstrap.unsupported.includes(name);
  const bytes = createBytes(call);
  const handles = createHandles(call, bytes);
  const listeners = createListeners();
  const events = createEvents(call, listeners, works);
  const onGranted = (command: Command): EventsModule["on"] =>
    async <Payload>(event: string, listener: (payload: Payload) => void) => {
      requireGranted(granted, command);
      return events.on(event, listener);
    };
  const addKeys = createKeys();
  for (const [event, strokes] of bootstrap.shortcuts) addKeys(strokes, () => listeners.deliver("shortcut:event", event));
  const api = merge(createPlain(call), {
    isAvailable: true,
    isDesktop: true,
    apiVersion: bootstrap.apiVersion,
    ...createReady(),
    events: {
      ...events,
      onDragDrop: createOnDragDrop(call, handles, events),
      onOpenFiles: createOnOpenFiles(call, handles, events),
    },
    globalVariables: { onChange: createOnChange(onGranted("global_variables_list")) },
    window: createWindow(call, granted.has("window_list") && !granted.has("window_new")),
    plugins: createPlugins(call, bytes),
    fs: createFs(call, bytes),
    files: createFiles(call, handles),
    downloads: createDownloads(onGranted("downloads_list"), works),
    clipboard: createClipboard(call, bytes),
    notifications: {
      onClick: (listener: (click: NotificationClick) => void) => onGranted("notifications_show")("notification:click", listener),
    },
    ...createShortcuts(call, addKeys),
    contextMenu: { handler: createContextMenuHandler() },
    network: createFetch(call, bytes),
    updates: createDownload(call),
  }) as unknown as DesktoprApi;
  const { add, addFromBytes, list, remove } = api.plugins;
  const plugins = { ...api.plugins, modules: { add, addFromBytes, list, remove } };
  return { ...api, plugins, worker: plugins, ...createSupports(() => supportedNames(bootstrap, granted, api.fs)) };
}

/** Answers out of the names that `read` finds, once somebody asks. */
function createSupports(read: () => ReadonlySet<string>): Pick<DesktoprApi, "supports"> {
  let supported: ReadonlySet<string> | undefined;
  return { supports: (name) => (supported ??= read()).has(name) };
}

function supportedNames(bootstrap: Bootstrap, granted: ReadonlySet<string>, fs: FsModule): ReadonlySet<string> {
  const scopes = bootstrap.fsScopes.flatMap((scope) => {
    const functions = Object.keys(fs[scope as keyof FsModule] ?? {}).map((name) => `fs.${scope}.${name}`);
    return scope === "plugins" ? "fs.pluginFs" : [`fs.${scope}`, ...functions];
  });
  const works = publicFunctions().filter(({ command }) => command === undefined || granted.has(command));
  const supported = new Set<string>([
    ...bootstrap.modules,
    ...works.map(({ path }) => path),
    ...(granted.has("fs_list") ? ["fs.paths", ...scopes] : []),
  ]);
  bootstrap.unsupported.forEach((name) => supported.delete(name));
  return supported;
}

/** Puts the fields of `over` into `base`, part by part. */
function merge(base: Record<string, unknown>, over: object): Record<string, unknown> {
  for (const [name, value] of Object.entries(over)) {
    const part = base[name];
    base[name] = typeof part === "object" && part !== null ? { ...part, ...value } : value;
  }
  return base;
}
