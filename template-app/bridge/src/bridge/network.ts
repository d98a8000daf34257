/**
 * The module `network`: `fetch`, whose body goes and comes as bytes.
 */
import type { NetworkModule } from "../api/network.js";
import { requireString } from "../arguments.js";
import type { NetworkFetched } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";
import { createStreams } from "./streams.js";

/** Statuses of answers that have no body, not even an empty one. */
const BODILESS = [204, 205, 304];

/** The function that is here. */
export function createFetch(call: Call, bytes: Bytes): Pick<NetworkModule, "fetch"> {
  const streams = createStreams(call, bytes, "network");
  return {
    async fetch(url, { body, headers, signal, method, redirect, timeoutMs } = {}) {
      requireString("network", "url", url);
      signal?.throwIfAborted();
      // The browser knows what to make of a form, and what to call it.
      const payload = new Response(body);
      const sent = new Headers(headers);
      payload.headers.forEach((value, name) => sent.has(name) || sent.set(name, value));
      const args = { url, method, headers: [...sent], redirect, timeoutMs };
      const content = new Uint8Array(await payload.arrayBuffer());
      const asked = content.length
        ? bytes.send<NetworkFetched>("network_fetch", args, content)
        : call<NetworkFetched>("network_fetch", args);
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      const got = await Promise.race([asked, aborted]);
      const answer = await streams.readAll(got.id, got.size);
      const { status, statusText } = got;
      const response = new Response(BODILESS.includes(status) ? null : (answer as Uint8Array<ArrayBuffer>), {
        status,
        statusText,
        headers: got.headers,
      });
      const { redirected } = got;
      return Object.defineProperties(response, { url: { value: got.url }, redirected: { value: redirected } });
    },
  };
}
