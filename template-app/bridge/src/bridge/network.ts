/**
 * The module `network`: `fetch`, whose body goes and comes as bytes.
 */
import type { NetworkModule } from "../api/network.js";
import { requireString } from "../arguments.js";
import type { NetworkFetched } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";
import { createStreams } from "./streams.js";

/** The function that is here. */
export function createFetch(call: Call, bytes: Bytes): Pick<NetworkModule, "fetch"> {
  const streams = createStreams(call, bytes, "network");
  return {
    async fetch(url, { body, headers, signal, method, redirect, timeoutMs } = {}) {
      requireString("network", "url", url);
      // The browser knows what to make of a form, and what to call it.
      const payload = new Response(body);
      const sent = new Headers(headers);
      payload.headers.forEach((value, name) => sent.has(name) || sent.set(name, value));
      const args = { url, method, headers: [...sent], redirect, timeoutMs };
      const content = new Uint8Array(await payload.arrayBuffer());
      signal?.throwIfAborted();
      const asked = content.length
        ? bytes.send<NetworkFetched>("network_fetch", args, content)
        : call<NetworkFetched>("network_fetch", args);
      let stop = () => {};
      const aborted = new Promise<never>((_, reject) => {
        stop = () => reject(signal?.reason);
        signal?.addEventListener("abort", stop);
      });
      // What comes after the abort is wanted by nobody.
      const answered = asked.then<unknown>(({ id, size }) => (signal?.aborted ? streams.close(id) : streams.readAll(id, size)));
      const ended = Promise.race([answered, aborted]).finally(() => signal?.removeEventListener("abort", stop));
      const answer = (await ended) as Uint8Array<ArrayBuffer>;
      const got = await asked;
      // Some statuses go without a body, not even an empty one.
      const response = new Response(answer.length ? answer : null, got);
      const { url: last, redirected } = got;
      return Object.defineProperties(response, { url: { value: last }, redirected: { value: redirected } });
    },
  };
}
