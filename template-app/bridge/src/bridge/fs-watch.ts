/**
 * Watching a folder: a channel for each watch, closed when the page stops it or the folder has gone.
 */
import type { FsScope } from "../api/fs.js";
import { requireFunction, requireOptions, requireString } from "../arguments.js";
import type { FsChange } from "../generated.js";
import { reportUncaught } from "../report.js";
import type { Call } from "./call.js";
import { createChannel } from "./ipc.js";
import type { ScopeName } from "./fs-trees.js";

/** `watch` of a scope. */
export function createWatch(call: Call, scope: ScopeName): FsScope["watch"] {
  return async (path, callback, options = {}) => {
    requireString("fs", "path", path);
    requireFunction("fs", "callback", callback);
    const { recursive } = requireOptions("fs", options) as { recursive?: boolean };
    let id: number | undefined;
    let isStopped = false;
    const close = () => {
      // One that has ended with its page is closed already.
      if (id !== undefined) void call("fs_unwatch", { id }).catch(() => {});
    };
    const stop = () => {
      if (!isStopped) close();
      isStopped = true;
    };
    const channel = createChannel<FsChange[]>((changes) => {
      for (const change of changes) {
        if (!isStopped) tell(callback, change);
      }
      // An empty list comes last.
      if (changes.length === 0) stop();
    });
    id = await call<number>("fs_watch", { scope, path, recursive, channel });
    if (isStopped) close();
    return stop;
  };
}

function tell(callback: (change: FsChange) => void, change: FsChange): void {
  try {
    callback(change);
  } catch (error) {
    reportUncaught(error);
  }
}
