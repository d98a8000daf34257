/**
 * The module `events` over one channel to the native side, opened at the first listener.
 */
import type { EventsModule, Unlisten } from "../api/events.js";
import { fail, UNSUPPORTED } from "../error.js";
import type { Listeners } from "../events/listeners.js";
import { createSubscriptions } from "../events/subscribe.js";
import type { Command, NativeEvent } from "../generated.js";
import type { Call } from "./call.js";
import { createChannel } from "./ipc.js";

const WINDOW_EVENTS = ["focus", "blur", "resized", "moved", "close-requested", "theme"];

/** The functions that are here: what listens. */
export function createEvents(
  call: Call,
  listeners: Listeners,
  works: (name: string) => boolean,
): Omit<EventsModule, "onDragDrop" | "onOpenFiles" | "lastDeeplink" | "emit" | "emitToAll" | "emitTo"> {
  let subscription: Promise<void> | undefined;

  async function subscribe(): Promise<void> {
    const channel = createChannel<NativeEvent>(({ event, payload }) => listeners.deliver(event, payload));
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
    onDeeplink: (listener) => announced(call, "events_on_deeplink", subscriptions.on("deeplink", listener)),
    onShortcut: (listener) => subscriptions.on("shortcut:event", listener),
    onMenuEvent: (listener) => subscriptions.on("menu:event", listener),
    async onTrayIconEvent(listener) {
      if (works("events.onTrayIconEvent")) return subscriptions.on("tray:icon", listener);
      return fail("events/unsupported", UNSUPPORTED);
    },
  };
}

/** A subscription of which the runtime is told, since it keeps for it what came before. */
export async function announced(
  call: Call,
  command: Command,
  subscription: Promise<Unlisten>,
  args?: Record<string, unknown>,
): Promise<Unlisten> {
  const unlisten = await subscription;
  try {
    await call(command, args);
  } catch (error) {
    unlisten();
    throw error;
  }
  return unlisten;
}

function requireWindowEvent(kind: string): void {
  if (WINDOW_EVENTS.includes(kind)) return;
  fail("bridge/invalid-argument", `argument \`kind\` must be one of ${WINDOW_EVENTS}`, "events");
}
