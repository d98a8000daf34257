/**
 * `on`, `once` and `onMany` over any source of events: the native channel in the app, other tabs in a browser.
 */
import { requireArray, requireFunction } from "../arguments.js";
import type { EventsModule, Unlisten } from "../api/events.js";
import type { Listeners } from "./listeners.js";
import { requireEventName } from "./names.js";

/** The subscribing half of {@link EventsModule}. */
export type Subscriptions = Pick<EventsModule, "on" | "once" | "onMany">;

/**
 * Subscriptions to what `listeners` deliver.
 *
 * @param open - Connects the source; called for each subscription, so it must remember that it is connected.
 */
export function createSubscriptions(listeners: Listeners, open: () => Promise<void>): Subscriptions {
  async function onMany<Payload>(
    events: readonly string[],
    listener: (event: string, payload: Payload) => void,
  ): Promise<Unlisten> {
    requireArray("events", "events", events);
    events.forEach(requireEventName);
    requireFunction("events", "listener", listener);
    // Added before the source is open, so that no event falls between the two.
    const added = events.map((event) => listeners.add(event, (payload) => listener(event, payload as Payload)));
    const unlisten = () => added.forEach((remove) => remove());
    try {
      await open();
    } catch (error) {
      unlisten();
      throw error;
    }
    return unlisten;
  }

  async function on<Payload>(event: string, listener: (payload: Payload) => void): Promise<Unlisten> {
    requireFunction("events", "listener", listener);
    return onMany<Payload>([event], (_, payload) => listener(payload));
  }

  function once<Payload>(event: string): Promise<Payload> {
    return new Promise((resolve, reject) => {
      const subscription = on<Payload>(event, (payload) => {
        resolve(payload);
        void subscription.then((unlisten) => unlisten());
      });
      subscription.catch(reject);
    });
  }

  return { on, once, onMany };
}
