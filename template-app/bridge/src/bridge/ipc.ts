/**
 * Tauri's own functions on the page: calls, and channels by which the native side answers more than once. What
 * `@tauri-apps/api` has around them is five times as large, and the script is in every page.
 */
import { reportUncaught } from "../report.js";

/** What Tauri puts on every page. */
interface Internals {
  invoke(command: string, args?: unknown, options?: { headers: Record<string, string> }): Promise<unknown>;
  /** Keeps a callback under a number that the native side calls it by. */
  transformCallback(callback: (message: ChannelMessage) => void): number;
  unregisterCallback(id: number): void;
}

/** A message of a channel, or its end. */
interface ChannelMessage {
  /** From 0. They may come in another order. */
  index: number;
  message?: unknown;
  end?: true;
}

/** An argument by which the native side sends messages. */
export type Channel = Record<"toJSON" | "__TAURI_TO_IPC_KEY__", () => string>;

/** Tauri's functions. Asked for each time: a test may come between. */
export function internals(): Internals {
  return (window as unknown as { __TAURI_INTERNALS__: Internals }).__TAURI_INTERNALS__;
}

/** A channel whose messages `onMessage` gets one by one, in the order in which they were sent. */
export function createChannel<Message>(onMessage: (message: Message) => void): Channel {
  const { transformCallback, unregisterCallback } = internals();
  const early = new Map<number, ChannelMessage>();
  let next = 0;
  const id = transformCallback((received) => {
    early.set(received.index, received);
    for (let current = early.get(next); current; current = early.get(next)) {
      early.delete(next);
      next += 1;
      if ("end" in current) unregisterCallback(id);
      else deliver(current.message as Message);
    }
  });
  function deliver(message: Message): void {
    try {
      onMessage(message);
    } catch (error) {
      reportUncaught(error);
    }
  }
  const text = () => `__CHANNEL__:${id}`;
  return { toJSON: text, __TAURI_TO_IPC_KEY__: text };
}
