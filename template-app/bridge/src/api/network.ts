/**
 * The module `network`: whether and how fast the network is there, and requests without the browser's rules about origins.
 */
import type { NetworkAddresses, NetworkBandwidth, NetworkPing, NetworkStatus } from "../generated.js";

/** What {@link NetworkModule.fetch} takes of the web's own `RequestInit`. */
export interface NetworkFetchInit {
  /** `GET` if left out. `CONNECT`, `TRACE` and `TRACK` reject with `network/forbidden-header`. */
  method?: string;
  /** Those that pages on the web cannot set either, such as `Host` and `Cookie`, reject with `network/forbidden-header`. */
  headers?: HeadersInit;
  /** At most 64 MiB. */
  body?: BodyInit | null;
  /** `follow` if left out: up to 10 redirections, each to a listed host. */
  redirect?: "follow" | "error" | "manual";
  /** For all of it, in milliseconds: a minute if left out, at most ten. */
  timeoutMs?: number;
  /** Ends the wait; what was sent was sent. */
  signal?: AbortSignal | null;
}

/**
 * `Desktopr.network`, switched on by `bridge.modules.network`. Addresses of this machine and its local network reject with
 * `network/lan-refused`, unless its option `lan` opens them; the content's own origin is always open.
 */
export interface NetworkModule {
  /**
   * Is the network there? Asks the config's `targets`, else the content's own origin: one that answers is enough, and an error
   * page is an answer too.
   *
   * @example
   * ```ts
   * const { online, reason } = await Desktopr.network.status();
   * ```
   */
  status(): Promise<NetworkStatus>;

  /**
   * How long an address takes to answer. Causes no event.
   *
   * @param url - http or https; the first target if left out.
   * @param timeout - In milliseconds: 2,000 if left out, at most 30,000.
   * @example
   * ```ts
   * const { ok, latencyMs } = await Desktopr.network.ping();
   * ```
   */
  ping(url?: string, timeout?: number): Promise<NetworkPing>;

  /**
   * The addresses of a host, without those that this page may not reach.
   *
   * @example
   * ```ts
   * const { addresses } = await Desktopr.network.resolve("93.184.215.14");
   * ```
   */
  resolve(host: string): Promise<NetworkAddresses>;

  /**
   * Fetches what is at an address and counts how fast it comes. What has come when the time is over is what counts.
   *
   * @param url - http or https; the first target if left out.
   * @param sizeHintBytes - How much to read at most: 1 MiB if left out, up to 10 MiB.
   * @param timeout - In milliseconds: 4,000 if left out, at most 30,000.
   * @example
   * ```ts
   * const { kbps } = await Desktopr.network.estimateBandwidth();
   * ```
   */
  estimateBandwidth(url?: string, sizeHintBytes?: number, timeout?: number): Promise<NetworkBandwidth>;

  /**
   * Asks targets again and again, until the page goes. The event `network:status` comes to this window when one begins or ceases
   * to answer, and once at the beginning. Another call takes the place of the first.
   *
   * @param intervalMs - From 1,000 to a day.
   * @param targets - Up to 10 addresses; those of the config if left out.
   * @example
   * ```ts
   * await Desktopr.events.onNetworkStatus(({ target, online }) => show(target, online));
   * await Desktopr.network.setMonitor(30_000);
   * ```
   */
  setMonitor(intervalMs: number, targets?: string[]): Promise<void>;

  /**
   * Stops what {@link setMonitor} began, if there is something.
   *
   * @example
   * ```ts
   * await Desktopr.network.stopMonitor();
   * ```
   */
  stopMonitor(): Promise<void>;

  /**
   * A request without the browser's rules about origins, and without cookies, to a host that `bridge.modules.network.hosts` lists.
   * It resolves when the whole answer is there, of at most 64 MiB.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("network.fetch")) {
   *   const load = (url) => Desktopr.network.fetch(url, { headers: { Accept: "application/json" } });
   * }
   * ```
   */
  fetch(url: string, init?: NetworkFetchInit): Promise<Response>;
}
