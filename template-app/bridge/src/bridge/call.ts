/**
 * The only way from the page to the native side.
 */
import { DesktoprError, fail } from "../error.js";
import { moduleOf } from "../functions.js";
import { ARGUMENTS_HEADER, CALL_HEADER, type Command, TOKEN_HEADER } from "../generated.js";
import { internals } from "./ipc.js";
import { toDesktoprError } from "./refusal.js";
import type { GetToken } from "./token.js";

/**
 * Calls a command; rejects with a {@link DesktoprError} and with nothing else. With bytes, those are the body of the call, and
 * the arguments travel beside it.
 */
export type Call = <Result = null>(
  command: Command,
  args?: Record<string, unknown>,
  bytes?: Uint8Array,
) => Promise<Result>;

/** Throws unless the command is granted. */
export function requireGranted(granted: ReadonlySet<string>, command: Command): void {
  if (granted.has(command)) return;
  const module = moduleOf(command);
  fail("bridge/module-disabled", `\`bridge.modules.${module}\` is off in app.json`, module);
}

/**
 * A {@link Call} that sends granted commands with the document's token, and refuses the others itself, since Tauri's
 * refusal names no module.
 */
export function createCall(granted: ReadonlySet<string>, getToken: GetToken): Call {
  return async <Result>(command: Command, args?: Record<string, unknown>, bytes?: Uint8Array): Promise<Result> => {
    requireGranted(granted, command);
    try {
      let token = getToken();
      // Once it is known, a call is on its way before its caller gets back.
      if (typeof token !== "string") token = await token;
      const headers: Record<string, string> = { [TOKEN_HEADER]: token, [CALL_HEADER]: `${Math.random()}` };
      if (bytes) headers[ARGUMENTS_HEADER] = encodeURIComponent(JSON.stringify(args));
      return (await internals().invoke(`plugin:bridge|${command}`, bytes ?? args ?? {}, { headers })) as Result;
    } catch (refusal) {
      throw toDesktoprError(refusal, moduleOf(command));
    }
  };
}
