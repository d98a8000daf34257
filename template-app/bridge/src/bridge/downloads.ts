/**
 * The module `downloads`: its events.
 */
import type { DownloadsModule } from "../api/downloads.js";
import type { EventsModule } from "../api/events.js";
import { requireFunction } from "../arguments.js";
import { fail, UNSUPPORTED } from "../error.js";
import type { Download } from "../generated.js";

/** The functions that are here; `isSupported` tells what the webview of this system can do. */
export function createDownloads(
  on: EventsModule["on"],
  isSupported: (name: string) => boolean,
): Pick<DownloadsModule, "onStart" | "onDone" | "onProgress"> {
  const listen = async (event: string, listener: (download: Download) => void) => {
    requireFunction("downloads", "listener", listener);
    return on<Download>(event, listener);
  };
  return {
    onStart: (listener) => listen("download:start", listener),
    onDone: (listener) => listen("download:done", listener),
    async onProgress(listener) {
      if (isSupported("downloads.onProgress")) return listen("download:progress", listener);
      return fail("downloads/unsupported", UNSUPPORTED);
    },
  };
}
