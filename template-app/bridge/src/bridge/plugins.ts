/**
 * The module `plugins`: what is more than one call of a command.
 */
import type { PluginCallOptions, PluginCallResult, PluginManifest, PluginsModule } from "../api/plugins.js";
import { copyBytes, requireKind, requireText } from "../arguments.js";
import type { PluginRun } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";
import { createFunctions } from "./plain.js";

/** How often a call is asked to stop that the native side does not know yet: it may be on its way. */
const STOP_ATTEMPTS = 3;

/** The functions that are here. */
type Functions = Pick<PluginsModule, "call" | "add" | "addFromBytes">;

/** What all of them take, and some more. */
interface Arguments {
  module: string;
  payload: object;
  name?: string;
  maxBytes?: number;
  bytes: Uint8Array;
  options?: PluginCallOptions & { replace?: boolean; manifest?: PluginManifest };
}

/** What is more than one call of a command. */
export function createPlugins(call: Call, bytes: Bytes): Functions {
  return createFunctions<Functions>("plugins", {
    async "call module payload{ options*?"({ module, payload, options = {} }: Arguments) {
      const given: PluginCallOptions = typeof options === "number" ? { timeoutMs: options } : options;
      requireKind("plugins", "options", "{", given);
      const { timeoutMs, id, signal } = given;
      requireKind("plugins", "timeoutMs", "#", timeoutMs, true);
      requireText("plugins", "id", id);
      requireKind("plugins", "signal", "{", signal, true);
      return run(call, module, JSON.stringify(payload), given);
    },
    async "add name? maxBytes#? options{?"({ name, maxBytes, options }: Arguments) {
      return call("plugins_add", { name, maxBytes, replace: options?.replace });
    },
    async "addFromBytes name bytes* options{?"({ name, bytes: module, options }: Arguments) {
      const { replace, manifest } = options ?? {};
      return bytes.send("plugins_add_from_bytes", { name, replace, manifest }, copyBytes("plugins", "bytes", module));
    },
  });
}

async function run(call: Call, module: string, payload: string, options: PluginCallOptions): Promise<PluginCallResult> {
  const { signal } = options;
  const timeoutMs = options.timeoutMs && Math.ceil(options.timeoutMs);
  // Only a call that may be stopped needs a name beforehand.
  const id = options.id ?? (signal && freshId());
  if (signal?.aborted) return neverBegun(id ?? "");
  let isDone = false;
  const stop = async () => {
    for (let attempt = 0; attempt < STOP_ATTEMPTS && !isDone; attempt += 1) {
      if (await call<boolean>("plugins_cancel", { id })) return;
    }
  };
  // A cancel that fails changes nothing: the call has its deadline.
  const onAbort = () => void stop().catch(() => {});
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return toResult(await call<PluginRun>("plugins_call", { module, payload, timeoutMs, id }));
  } finally {
    isDone = true;
    signal?.removeEventListener("abort", onAbort);
  }
}

function toResult({ answered, ...run }: PluginRun): PluginCallResult {
  return { ...run, value: answered ? JSON.parse(run.stdout) : null };
}

function neverBegun(id: string): PluginCallResult {
  const error = "the call was cancelled";
  return { id, ok: false, stdout: "", stderr: "", value: null, error, code: "plugins/cancelled", durationMs: 0 };
}

let count = 0;

/** A name that no other call of the app has, not even one of an earlier page. */
function freshId(): string {
  count += 1;
  return `page-${Math.random().toString(36).slice(2)}-${count}`;
}
