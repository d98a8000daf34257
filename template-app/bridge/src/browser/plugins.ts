/**
 * The module `plugins` in a plain browser, which has nothing to run plugins in.
 */
import type { PluginModules, PluginsModule } from "../api/plugins.js";
import { unavailableModule } from "./unavailable.js";

const MODULES_FUNCTIONS = ["add", "addFromBytes", "list", "remove"] as const;

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
