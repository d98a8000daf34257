/**
 * The modules `plugins` and `fs` in a plain browser, which has nothing to run plugins in.
 */
import type { FsModule, PluginFs } from "../api/fs.js";
import type { PluginModules, PluginsModule } from "../api/plugins.js";
import { requireString } from "../arguments.js";
import { deepFreeze } from "../freeze.js";
import { unavailableModule } from "./unavailable.js";

const MODULES_FUNCTIONS = ["add", "addFromBytes", "list", "remove"] as const;
const FS_FUNCTIONS = [
  "readText",
  "writeText",
  "readBytes",
  "writeBytes",
  "listContent",
  "newDirectory",
  "remove",
  "stat",
  "exists",
  "move",
  "copy",
  "clear",
  "clearStorage",
  "usage",
] as const;

/** `Desktopr.plugins`: every function rejects. */
export function createUnavailablePlugins(): PluginsModule {
  const modules = unavailableModule<PluginModules>("plugins", MODULES_FUNCTIONS);
  const calls = unavailableModule<Omit<PluginsModule, "modules">>("plugins", [
    ...MODULES_FUNCTIONS,
    "call",
    "status",
    "info",
    "killJobs",
    "cancel",
  ]);
  return { ...calls, modules };
}

/** `Desktopr.fs`: a storage whose every function rejects, since without the plugin there is nobody to share it with. */
export function createUnavailableFs(): FsModule {
  return {
    pluginFs(module) {
      requireString("fs", "module", module);
      return deepFreeze(unavailableModule<PluginFs>("fs", FS_FUNCTIONS, "fs.pluginFs"));
    },
  };
}
