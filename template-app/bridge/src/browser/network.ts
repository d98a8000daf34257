/**
 * The module `network` in a plain browser, which knows whether it is connected, and no more.
 */
import type { NetworkModule } from "../api/network.js";
import { unavailable, unavailableModule } from "./unavailable.js";

/** Functions with an equivalent in browsers. */
export const BROWSER_NETWORK_FUNCTIONS = ["network.status"];

/** `Desktopr.network` without a bridge. */
export function createBrowserNetwork(): NetworkModule {
  return {
    ...unavailableModule<NetworkModule>("network", [
      "ping",
      "resolve",
      "estimateBandwidth",
      "setMonitor",
      "stopMonitor",
      "fetch",
    ]),
    async status() {
      if (typeof navigator === "undefined" || typeof navigator.onLine !== "boolean") {
        return unavailable("network", "network.status");
      }
      const online = navigator.onLine;
      return { online, reason: online ? "ok" : "unreachable", latency_ms: null };
    },
  };
}
