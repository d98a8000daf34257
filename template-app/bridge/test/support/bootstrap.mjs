/**
 * The runtime's half of the injection: the script's text and a bootstrap with everything granted.
 */
import { readFileSync } from "node:fs";

/** The committed script: what apps are built from, not a fresh bundle. */
export const BRIDGE = readFileSync(new URL("../../dist/bridge.js", import.meta.url), "utf8");

/** Grants all of the contract to `https://app.example`. */
export const BOOTSTRAP = {
  apiVersion: "1.0.0",
  origins: [{ scheme: "https", host: "app.example", port: 443 }],
  localOrigins: [],
  commands: [
    "core_version",
    "core_takes_bytes",
    "navigate",
    "open_browser",
    "stream_read",
    "stream_write",
    "stream_finish",
    "stream_close",
    "app_info",
    "app_exit",
    "app_relaunch",
    "events_subscribe",
    "events_emit",
    "events_emit_to_all",
    "events_emit_to",
    "window_new",
    "window_close",
    "window_minimize",
    "window_maximize_toggle",
    "window_fullscreen",
    "window_focus",
    "window_show",
    "window_hide",
    "window_center",
    "window_set_title",
    "window_set_size",
    "window_set_position",
    "window_set_always_on_top",
    "window_set_zoom",
    "window_set_theme",
    "window_print",
    "window_get_info",
    "window_list",
    "window_watch_close",
    "window_unwatch_close",
    "window_answer_close",
    "plugins_call",
    "plugins_status",
    "plugins_list",
    "plugins_info",
    "plugins_add",
    "plugins_add_from_bytes",
    "plugins_remove",
    "plugins_kill_jobs",
    "plugins_cancel",
    "fs_list",
    "fs_new_directory",
    "fs_remove",
    "fs_stat",
    "fs_read_text",
    "fs_write_text",
    "fs_read_bytes",
    "fs_write_bytes",
    "fs_exists",
    "fs_move",
    "fs_copy",
    "fs_clear",
    "fs_usage",
    "downloads_list",
    "downloads_reveal",
    "downloads_cancel",
  ],
  modules: ["core", "app", "events", "window", "plugins", "fs", "downloads"],
  unsupported: [],
};

/** What the runtime makes a page evaluate. */
export function injection(bootstrap) {
  return `${BRIDGE}(${JSON.stringify(bootstrap)});`;
}
