/**
 * The module `events` in a plain browser: tabs of one origin take the place of windows, a BroadcastChannel that of the
 * native side.
 */
import type { EventsModule } from "../api/events.js";
import { DesktoprError } from "../error.js";
import { createListeners } from "../events/listeners.js";
import { isEventName, isReserved, requireEventName } from "../events/names.js";
import { createSubscriptions } from "../events/subscribe.js";
import { MAX_EVENT_PAYLOAD_BYTES } from "../generated.js";

/** Name of the channel; every tab of the origin that uses the SDK shares it. */
const CHANNEL_NAME = "deskwright.events";

/** What the tabs send each other; the payload is JSON so that it arrives as it would in the app. */
interface Message {
  event: string;
  json: string;
}

/** The functions that browsers can do. */
export type BrowserEvents = Pick<EventsModule, "emit" | "emitToAll" | "on" | "once" | "onMany">;

/** The part of `Desktopr.events` that works in a browser. */
export function createBrowserEvents(): BrowserEvents {
  const listeners = createListeners();
  let channel: BroadcastChannel | undefined;

  // Opened late: pages that never use events must stay eligible for the back/forward cache.
  function openChannel(): BroadcastChannel {
    if (channel === undefined) {
      channel = new BroadcastChannel(CHANNEL_NAME);
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (isMessage(data)) listeners.deliver(data.event, JSON.parse(data.json));
      };
    }
    return channel;
  }

  return {
    ...createSubscriptions(listeners, async () => {
      openChannel();
    }),
    async emit(event, payload = null) {
      const { json } = toMessage(event, payload);
      listeners.deliver(event, JSON.parse(json));
    },
    async emitToAll(event, payload = null) {
      const message = toMessage(event, payload);
      openChannel().postMessage(message);
      listeners.deliver(event, JSON.parse(message.json));
    },
  };
}

function toMessage(event: unknown, payload: unknown): Message {
  requireEventName(event);
  if (isReserved(event)) {
    const message = `event name is reserved for the native side: \`${event}\``;
    throw new DesktoprError({ code: "events/reserved-name", module: "events", message });
  }
  const json = toJson(payload);
  const size = new TextEncoder().encode(json).length;
  if (size > MAX_EVENT_PAYLOAD_BYTES) {
    const message = `payload must be at most ${MAX_EVENT_PAYLOAD_BYTES} bytes of JSON, found: ${size}`;
    throw new DesktoprError({ code: "events/too-large", module: "events", message });
  }
  return { event, json };
}

function toJson(payload: unknown): string {
  try {
    // A function or a symbol has no JSON at all.
    return JSON.stringify(payload) ?? "null";
  } catch (error) {
    const message = error instanceof Error ? error.message : "payload is no JSON";
    throw new DesktoprError({ code: "bridge/invalid-argument", module: "events", message });
  }
}

// Other scripts of the origin can post to the channel too.
function isMessage(data: unknown): data is Message {
  if (typeof data !== "object" || data === null) return false;
  const { event, json } = data as Partial<Message>;
  return isEventName(event) && !isReserved(event) && typeof json === "string";
}
