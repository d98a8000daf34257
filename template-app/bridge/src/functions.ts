/**
 * Which command each public function calls. `supports()` answers from here; a command that codegen renames fails the
 * type check here.
 */
import type { FsBase } from "./api/fs.js";
import { COMMANDS } from "./generated.js";

/** Name of a module in `bridge.modules`; `core` is granted with the bridge itself. */
export type Module = keyof typeof COMMANDS;
/** Name of a command of the native side. */
export type Command = (typeof COMMANDS)[Module][number];

/** Public function, as written after `Desktopr.`, and the command that it needs. */
export const COMMAND_OF: Readonly<Record<string, Command>> = {
  openBrowser: "open_browser",
  "app.info": "app_info",
  "app.exit": "app_exit",
  "app.relaunch": "app_relaunch",
  "events.emit": "events_emit",
  "events.emitToAll": "events_emit_to_all",
  "events.emitTo": "events_emit_to",
  "events.on": "events_subscribe",
  "events.once": "events_subscribe",
  "events.onMany": "events_subscribe",
  "events.onWindow": "events_subscribe",
  "window.new": "window_new",
  "window.close": "window_close",
  "window.minimize": "window_minimize",
  "window.maximizeToggle": "window_maximize_toggle",
  "window.fullscreen": "window_fullscreen",
  "window.focus": "window_focus",
  "window.show": "window_show",
  "window.hide": "window_hide",
  "window.center": "window_center",
  "window.setTitle": "window_set_title",
  "window.setSize": "window_set_size",
  "window.setPosition": "window_set_position",
  "window.setAlwaysOnTop": "window_set_always_on_top",
  "window.setZoom": "window_set_zoom",
  "window.setTheme": "window_set_theme",
  "window.print": "window_print",
  "window.getInfo": "window_get_info",
  "window.list": "window_list",
  "window.onCloseRequested": "window_watch_close",
  "plugins.call": "plugins_call",
  "plugins.status": "plugins_status",
  "plugins.list": "plugins_list",
  "plugins.info": "plugins_info",
  "plugins.add": "plugins_add",
  "plugins.addFromBytes": "plugins_add_from_bytes",
  "plugins.remove": "plugins_remove",
  "plugins.killJobs": "plugins_kill_jobs",
  "plugins.cancel": "plugins_cancel",
  "plugins.modules": "plugins_list",
  "files.open": "files_open",
  "files.openWithBytes": "files_open",
  "files.save": "files_save",
  "files.saveHandle": "files_save",
  "events.onDragDrop": "files_accept_drops",
  "downloads.list": "downloads_list",
  "downloads.reveal": "downloads_reveal",
  "downloads.cancel": "downloads_cancel",
  "downloads.onStart": "downloads_list",
  "downloads.onDone": "downloads_list",
  "downloads.onProgress": "downloads_list",
};

/** Public functions that need no command and therefore always work. */
export const LOCAL_FUNCTIONS: readonly string[] = ["onReady", "supports"];

const MODULES = Object.keys(COMMANDS) as Module[];

/** The module that a command belongs to. */
export function moduleOf(command: Command): Module {
  return MODULES.find((module) => (COMMANDS[module] as readonly string[]).includes(command)) ?? "core";
}

/** Functions of every scope of files. */
export const FS_READ_FUNCTIONS = ["listContent", "stat", "exists", "readText", "readBytes", "readStream"] as const;
/** Functions of a scope that the page writes. */
export const FS_FUNCTIONS = [
  ...FS_READ_FUNCTIONS,
  "newDirectory",
  "remove",
  "writeText",
  "writeBytes",
  "writeStream",
  "move",
  "copy",
  "clear",
  "usage",
  "watch",
] as const;
/** Functions of the trash, and of the diagnostics. */
export const FS_TRASH_FUNCTIONS = [...FS_READ_FUNCTIONS, "recover", "clear"] as const;
export const FS_DIAGNOSTICS_FUNCTIONS = [...FS_READ_FUNCTIONS, "list", "read", "remove", "clear"] as const;

/** `fs.base`: the scopes' own names. */
export const FS_BASE: FsBase = { data: "data", cache: "cache", trash: "trash", diagnostics: "diagnostics" };

/** What is supported when these scopes are open. */
export function fsFunctions(scopes: readonly string[]): string[] {
  const of = (scope: string, names: readonly string[]) =>
    scopes.includes(scope) ? [`fs.${scope}`, ...names.map((name) => `fs.${scope}.${name}`)] : [];
  return [
    "fs.paths",
    ...of("data", FS_FUNCTIONS),
    ...of("cache", FS_FUNCTIONS),
    ...of("trash", FS_TRASH_FUNCTIONS),
    ...of("diagnostics", FS_DIAGNOSTICS_FUNCTIONS),
    ...(scopes.includes("plugins") ? ["fs.pluginFs"] : []),
  ];
}
