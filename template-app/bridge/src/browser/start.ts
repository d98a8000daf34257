/**
 * The modules `autostart`, `globalVariables` and `diagnostics` where there is no app: browsers have no equivalent.
 */
import type { AutostartModule } from "../api/autostart.js";
import type { DesktoprApi } from "../api/desktopr.js";
import type { DiagnosticsModule } from "../api/diagnostics.js";
import type { GlobalVariablesModule } from "../api/global-variables.js";
import { unavailableModule } from "./unavailable.js";

/** They reject with `bridge/unavailable`, function by function. */
export function createUnavailableStart(): Pick<DesktoprApi, "autostart" | "globalVariables" | "diagnostics"> {
  const autostart = unavailableModule<Omit<AutostartModule, "mode">>("autostart", ["enable", "disable", "isEnabled"]);
  const mode = unavailableModule<AutostartModule["mode"]>("autostart", ["get", "set"], "autostart.mode");
  const diagnostics = unavailableModule<Omit<DiagnosticsModule, "settings" | "newError" | "test">>("diagnostics", [
    "newRecord",
    "listRecordsFiles",
    "readRecordsFile",
    "runRetention",
    "export",
    "lastExit",
  ]);
  const part = <Name extends "settings" | "newError" | "test">(
    name: Name,
    functions: readonly (keyof DiagnosticsModule[Name] & string)[],
  ) => unavailableModule<DiagnosticsModule[Name]>("diagnostics", functions, `diagnostics.${name}`);
  return {
    autostart: { ...autostart, mode },
    globalVariables: unavailableModule<GlobalVariablesModule>("globalVariables", [
      "get",
      "set",
      "remove",
      "list",
      "onChange",
    ]),
    diagnostics: {
      ...diagnostics,
      settings: part("settings", ["get", "set"]),
      newError: part("newError", ["js", "native", "generic"]),
      test: part("test", [
        "testGenerateRecords",
        "testThrowJsError",
        "testPanicRust",
        "testExportZip",
        "testForceRetention",
      ]),
    },
  };
}
