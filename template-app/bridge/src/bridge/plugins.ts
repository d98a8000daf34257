/**
 * The module `plugins`: what is more than one call of a command.
 */
import type { PluginCallOptions, PluginCallResult, PluginsModule } from "../api/plugins.js";
import {
  copyBytes,
  requireMilliseconds,
  requireObject,
  requireOptions,
  requireSignal,
  requireSize,
  requireString,
  requireText,
  toJsonObject,
} from "../arguments.js";
import type { PluginRun } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";

/** How often a call is asked to stop that the native side does not know yet: it may be on its way. */
const STOP_ATTEMPTS = 3;

/** The functions that are here. */
type Functions = Pick<PluginsModule, "call" | "add" | "addFromBytes">;

/** What is more than one call of a command. */
export function createPlugins(call: Call, bytes: Bytes): Functions {
  return {
    async call(module, payload, options = {}) {
      requireString("plugins", "module", module);
      return run(call, module, toJsonObject("plugins", "payload", payload), checkedOptions(options));
    },
    ...createInstallers(call, bytes),
  };
}

function createInstallers(call: Call, bytes: Bytes): Omit<Functions, "call"> {
  return {
    async add(name, maxBytes, options = {}) {
      requireText("plugins", "name", name);
      requireSize("plugins", "maxBytes", maxBytes);
      requireOptions("plugins", options);
      return call("plugins_add", { name, maxBytes, replace: options.replace });
    },
    async addFromBytes(name, module, options = {}) {
      requireString("plugins", "name", name);
      requireOptions("plugins", options);
      const { replace, manifest } = options;
      if (manifest !== undefined) requireObject("plugins", "manifest", manifest);
      const args = { name, replace, manifest };
      return bytes.send("plugins_add_from_bytes", args, copyBytes("plugins", "bytes", module));
    },
  };
}

function checkedOptions(options: unknown): PluginCallOptions {
  const { timeoutMs, id, signal }: PluginCallOptions =
    typeof options === "number" ? { timeoutMs: options } : requireOptions("plugins", options);
  requireMilliseconds("plugins", "timeoutMs", timeoutMs);
  requireText("plugins", "id", id);
  requireSignal("plugins", "signal", signal);
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs: Math.ceil(timeoutMs) }),
    ...(id === undefined ? {} : { id }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function run(call: Call, module: string, payload: string, options: PluginCallOptions): Promise<PluginCallResult> {
  const { timeoutMs, signal } = options;
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
