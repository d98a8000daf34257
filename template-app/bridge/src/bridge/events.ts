/**
 * The module `events` over one channel to the native side, opened at the first listener.
 */
import { Channel } from "@tauri-apps/api/core";
import type { EventsModule } from "../api/events.js";
import { requireString } from "../arguments.js";
import { DesktoprError } from "../error.js";
import { createListeners } from "../events/listeners.js";
import { createSubscriptions } from "../events/subscribe.js";
import type { NativeEvent } from "../generated.js";
import type { Call } from "./call.js";

const WINDOW_EVENTS = ["focus", "blur", "resized", "moved", "close-requested", "theme"];

/** `Desktopr.events` in the app. */
export function createEvents(call: Call): Omit<EventsModule, "onDragDrop"> {
  const listeners = createListeners();
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
    ...createEmitters(call),
    ...subscriptions,
    async onWindow(kind, listener) {
      requireWindowEvent(kind);
      return subscriptions.on(`window:${kind}`, listener);
    },
    onNetworkStatus: () => unsupported("network status"),
    onDeeplink: () => unsupported("deep links"),
    onShortcut: () => unsupported("global shortcuts"),
    onMenuEvent: () => unsupported("menus"),
    onTrayIconEvent: () => unsupported("the tray icon"),
  };
}

function createEmitters(call: Call): Pick<EventsModule, "emit" | "emitToAll" | "emitTo"> {
  // JSON drops an `undefined` field, and the native side takes a missing payload for a mistake.
  return {
    async emit(event, payload = null) {
      requireString("events", "event", event);
      await call("events_emit", { event, payload });
    },
    async emitToAll(event, payload = null) {
      requireString("events", "event", event);
      await call("events_emit_to_all", { event, payload });
    },
    async emitTo(label, event, payload = null) {
      requireString("events", "label", label);
      requireString("events", "event", event);
      await call("events_emit_to", { label, event, payload });
    },
  };
}

function requireWindowEvent(kind: unknown): void {
  requireString("events", "kind", kind);
  if (WINDOW_EVENTS.includes(kind)) return;
  const message = `argument \`kind\` must be one of \`${WINDOW_EVENTS.join("`, `")}\`, found: \`${kind}\``;
  throw new DesktoprError({ code: "bridge/invalid-argument", module: "events", message });
}

async function unsupported(source: string): Promise<never> {
  const message = `this version of the app's runtime has no events of ${source}`;
  throw new DesktoprError({ code: "events/unsupported", module: "events", message });
}
