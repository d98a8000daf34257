/**
 * The module `updates`: `download`, which tells how far it is.
 */
import type { UpdatesModule } from "../api/updates.js";
import { requireFunction } from "../arguments.js";
import type { UpdateProgress } from "../generated.js";
import type { Call } from "./call.js";
import { createChannel } from "./ipc.js";

/** The function that is here. */
export function createDownload(call: Call): Pick<UpdatesModule, "download"> {
  return {
    async download(onProgress) {
      if (onProgress !== undefined) requireFunction("updates", "onProgress", onProgress);
      await call("updates_download", { onProgress: onProgress && createChannel<UpdateProgress>(onProgress) });
    },
  };
}
