/**
 * `window.onCloseRequested`: the native side asks with a number, and the page answers with it.
 */
import type { Unlisten } from "../api/events.js";
import type { CloseListener, WindowModule } from "../api/window.js";
import { requireFunction } from "../arguments.js";
import { reportUncaught } from "../report.js";
import type { Call } from "./call.js";
import { createChannel } from "./ipc.js";

/** The function itself; the native side is told only while somebody listens, so that other windows close at once. */
export function createCloseRequests(call: Call): WindowModule["onCloseRequested"] {
  const entries = new Set<{ listener: CloseListener }>();
  // One after another: a listener that goes and one that comes must arrive in this order.
  let told: Promise<unknown> = Promise.resolve();

  function tell(): Promise<unknown> {
    const next = async () => {
      if (entries.size === 0) return call("window_unwatch_close");
      const channel = createChannel<number>((question) => void answer(question).catch(reportUncaught));
      return call("window_watch_close", { channel });
    };
    told = told.then(next, next);
    return told;
  }

  async function answer(question: number): Promise<void> {
    let keep = false;
    const asked = [...entries].map(async ({ listener }) => {
      if ((await askSafely(listener)) !== false || keep) return;
      // At once: another listener may take longer than the native side waits.
      keep = true;
      await call("window_answer_close", { question, keep });
    });
    await Promise.all(asked);
    if (!keep) await call("window_answer_close", { question, keep });
  }

  return async (listener): Promise<Unlisten> => {
    requireFunction("window", "listener", listener);
    const entry = { listener };
    entries.add(entry);
    const remove = () => entries.delete(entry) && entries.size === 0;
    if (entries.size === 1) {
      await tell().catch((error: unknown) => {
        remove();
        throw error;
      });
    } else {
      await told;
    }
    return () => {
      if (remove()) tell().catch(reportUncaught);
    };
  };
}

/** What a listener says; one that throws says nothing. */
async function askSafely(listener: CloseListener): Promise<unknown> {
  try {
    return await listener();
  } catch (error) {
    reportUncaught(error);
    return undefined;
  }
}
