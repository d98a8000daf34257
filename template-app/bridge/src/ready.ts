/**
 * Telling the page that the bridge is there. It always is, before any script of the page; `ready` and `onReady` exist
 * so that the same page works where it is not.
 */
import type { DesktoprApi } from "./api/desktopr.js";
import { requireFunction } from "./arguments.js";
import { reportUncaught } from "./report.js";

/** `ready` and `onReady`, for the app and for browsers alike. */
export function createReady(): Pick<DesktoprApi, "ready" | "onReady"> {
  const ready = Promise.resolve();
  return {
    ready,
    onReady(callback) {
      requireFunction("core", "callback", callback);
      void ready.then(() => callback()).catch(reportUncaught);
    },
  };
}

/** Dispatches `dtrReady` on the window, as soon as the page's scripts have had a chance to listen for it. */
export function announceReady(): void {
  const announce = () => dispatchEvent(new CustomEvent("dtrReady"));
  if (document.readyState !== "loading") {
    announce();
    return;
  }
  // The inner listener comes after all that the page has added by then, so pages that wait for `DOMContentLoaded`
  // before they listen for `dtrReady` do not miss it.
  const afterAllListeners = () => addEventListener("DOMContentLoaded", announce, { once: true });
  addEventListener("DOMContentLoaded", afterAllListeners, { once: true, capture: true });
}
