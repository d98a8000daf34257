/**
 * Who listens to what on this page. Knows nothing about where events come from.
 */
import type { Unlisten } from "../api/events.js";
import { reportUncaught } from "../report.js";

/** Called with each payload of one event. */
export type Listener = (payload: unknown) => void;

/** The listeners of a page, by event. */
export interface Listeners {
  /** Adds a listener; the same function may be added twice and is then called twice. */
  add(event: string, listener: Listener): Unlisten;
  /** Calls all listeners of an event, in the order in which they were added. Some events wait for one. */
  deliver(event: string, payload: unknown): void;
}

/** Events that say something once: a part of a page that comes later, or comes back, is to learn of it too. */
const WAITING = /^(deeplink|app:opened-files|update:available)$/;

/** An empty set of listeners. */
export function createListeners(): Listeners {
  const entries = new Map<string, Set<{ listener: Listener }>>();
  let missed: [string, unknown][] = [];
  const listeners: Listeners = {
    add(event, listener) {
      const entry = { listener };
      const added = entries.get(event) ?? new Set();
      entries.set(event, added.add(entry));
      missed = missed.filter(([name, payload]) => name !== event || queueMicrotask(() => listeners.deliver(name, payload)));
      return () => {
        added.delete(entry);
        if (added.size === 0 && entries.get(event) === added) entries.delete(event);
      };
    },
    deliver(event, payload) {
      const current = entries.get(event);
      if (!current && WAITING.test(event)) missed.push([event, payload]);
      for (const entry of [...(current ?? [])]) {
        // A listener that an earlier one has removed must not be called any more.
        if (current?.has(entry)) callSafely(entry.listener, payload);
      }
    },
  };
  return listeners;
}

/** Calls a listener; what it throws is reported as an error of the page, and harms nobody else. */
export function callSafely(listener: Listener, payload: unknown): void {
  try {
    listener(payload);
  } catch (error) {
    reportUncaught(error);
  }
}
