/**
 * The module `fs` in a plain browser: `data` and `cache` in the origin's private file system, where there is one.
 */
import type { DiagnosticsFs, FsModule, FsScope, PluginFs, TrashFs } from "../api/fs.js";
import { requireString } from "../arguments.js";
import { deepFreeze } from "../freeze.js";
import { FS_BASE } from "../functions.js";
import { FS_DIAGNOSTICS_FUNCTIONS, FS_FUNCTIONS, FS_TRASH_FUNCTIONS, fsFunctions } from "./fs-functions.js";
import { createBrowserScope } from "./opfs.js";
import { unavailableModule } from "./unavailable.js";

/** Is there such a file system? Browsers have it for pages that came by a secure way. */
function hasFiles(): boolean {
  return typeof navigator !== "undefined" && typeof navigator.storage?.getDirectory === "function";
}

/** What of `fs` works here. */
export function browserFsFunctions(): string[] {
  return hasFiles() ? ["fs.base", ...fsFunctions(["data", "cache"]).filter((name) => !name.endsWith(".watch"))] : [];
}

/** `Desktopr.fs` in a browser. */
export function createBrowserFs(): FsModule {
  const scope = (name: string) =>
    hasFiles() ? createBrowserScope(name) : unavailableModule<FsScope>("fs", FS_FUNCTIONS, `fs.${name}`);
  return {
    data: scope("data"),
    cache: scope("cache"),
    trash: unavailableModule<TrashFs>("fs", FS_TRASH_FUNCTIONS, "fs.trash"),
    diagnostics: unavailableModule<DiagnosticsFs>("fs", FS_DIAGNOSTICS_FUNCTIONS, "fs.diagnostics"),
    base: FS_BASE,
    paths: async () => FS_BASE,
    // A plugin's storage has nobody to share it with here.
    pluginFs(module) {
      requireString("fs", "module", module);
      return deepFreeze(unavailableModule<PluginFs>("fs", [...FS_FUNCTIONS, "clearStorage"], "fs.pluginFs"));
    },
  };
}
