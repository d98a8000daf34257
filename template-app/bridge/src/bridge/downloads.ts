/**
 * The module `downloads`, function by function over its commands and events.
 */
import type { DownloadsModule } from "../api/downloads.js";
import type { EventsModule } from "../api/events.js";
import { requireFunction, requireId } from "../arguments.js";
import { DesktoprError } from "../error.js";
import type { Download } from "../generated.js";
import type { Call } from "./call.js";

/** `Desktopr.downloads` in the app; `isSupported` tells what the webview of this system can do. */
export function createDownloads(
  call: Call,
  events: Pick<EventsModule, "on">,
  isSupported: (name: string) => boolean,
): DownloadsModule {
  const listen = async (event: string, listener: (download: Download) => void) => {
    requireFunction("downloads", "listener", listener);
    return events.on<Download>(event, listener);
  };
  return {
    list: () => call("downloads_list"),
    async reveal(id) {
      requireId("downloads", id);
      await call("downloads_reveal", { id });
    },
    async cancel(id) {
      requireId("downloads", id);
      return call("downloads_cancel", { id });
    },
    onStart: (listener) => listen("download:start", listener),
    onDone: (listener) => listen("download:done", listener),
    async onProgress(listener) {
      if (isSupported("downloads.onProgress")) return listen("download:progress", listener);
      const message = "the webview of this system does not tell how far a download is";
      throw new DesktoprError({ code: "downloads/unsupported", module: "downloads", message });
    },
  };
}
