/**
 * The only way from the page to the native side.
 */
import { invoke } from "@tauri-apps/api/core";
import { DesktoprError } from "../error.js";
import { type Command, moduleOf } from "../functions.js";
import { TOKEN_HEADER } from "../generated.js";
import { toDesktoprError } from "./refusal.js";

/** Calls a command; rejects with a {@link DesktoprError} and with nothing else. */
export type Call = <Result = null>(command: Command, args?: Record<string, unknown>) => Promise<Result>;

/**
 * A {@link Call} that sends granted commands with the document's token, and refuses the others itself, since Tauri's
 * refusal names no module.
 */
export function createCall(granted: ReadonlySet<string>, token: Promise<string>): Call {
  return async <Result>(command: Command, args?: Record<string, unknown>): Promise<Result> => {
    const module = moduleOf(command);
    if (!granted.has(command)) {
      const message = `module \`${module}\` is off: \`bridge.modules.${module}\` in app.json switches it on`;
      throw new DesktoprError({ code: "bridge/module-disabled", module, message });
    }
    try {
      const headers = { [TOKEN_HEADER]: await token };
      return await invoke<Result>(`plugin:bridge|${command}`, args, { headers });
    } catch (refusal) {
      throw toDesktoprError(refusal, module);
    }
  };
}
