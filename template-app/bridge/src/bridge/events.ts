/**
 * The module `events` over one channel to the native side, opened at the first listener.
 */
import { Channel } from "@tauri-apps/api/core";
import type { EventsModule } from "../api/events.js";
import { requireString } from "../arguments.js";
import { DesktoprError } from "../error.js";
import type { Listeners } from "../events/listeners.js";
import { createSubscriptions } from "../events/subscribe.js";
import type { NativeEvent } from "../generated.js";
import type { Call } from "./call.js";

const WINDOW_EVENTS = ["focus", "blur", "resized", "moved", "close-requested", "theme"];

/** The functions that are here: what listens. */
export function createEvents(
  call: Call,
  listeners: Listeners,
): Omit<EventsModule, "onDragDrop" | "emit" | "emitToAll" | "emitTo"> {
  let subscription: Promise<void> | undefined;

  async function subscribe(): Promise<void> {
    const channel = new Channel<NativeEvent>(({ event, payload }) => listeners.deliver(event, payload));
    await call("events_subscribe", { channel });
  }

  function open(): Promise<void> {
    subscription ??= subscribe().catch((error: unknown) => {
      // The next listener tries again.
      subscription = undefined;
      throw error;
    });
    return subscription;
  }

  const subscriptions = createSubscriptions(listeners, open);
  return {
    ...subscriptions,
    async onWindow(kind, listener) {
      requireWindowEvent(kind);
      return subscriptions.on(`window:${kind}`, listener);
    },
    onNetworkStatus: (listener) => subscriptions.on("network:status", listener),
    onDeeplink: (listener) => subscriptions.on("deeplink", listener),
    onShortcut: (listener) => subscriptions.on("shortcut:event", listener),
    onMenuEvent: (listener) => subscriptions.on("menu:event", listener),
    onTrayIconEvent: (listener) => subscriptions.on("tray:icon", listener),
  };
}

function requireWindowEvent(kind: unknown): void {
  requireString("events", "kind", kind);
  if (WINDOW_EVENTS.includes(kind)) return;
  const message = `argument \`kind\` must be one of \`${WINDOW_EVENTS.join("`, `")}\`, found: \`${kind}\``;
  throw new DesktoprError({ code: "bridge/invalid-argument", module: "events", message });
}
