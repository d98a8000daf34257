/**
 * Is the page that the script finds itself in one of those that get the bridge? Tauri injects into every page; its own
 * authority refuses the calls of others, this only keeps `Desktopr` out of their sight.
 */
import type { Bootstrap, UrlRule } from "./bootstrap.js";

/** The parts of `Location` that decide. */
export type PageLocation = Pick<Location, "protocol" | "host" | "hostname" | "port" | "pathname">;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Does the page at `location` get the bridge? */
export function isGranted(location: PageLocation, bootstrap: Pick<Bootstrap, "origins" | "localOrigins">): boolean {
  // Not `location.origin`: engines disagree about whether a custom scheme such as `tauri:` has one.
  const origin = `${location.protocol}//${location.host}`;
  return bootstrap.localOrigins.includes(origin) || bootstrap.origins.some((rule) => matches(rule, location));
}

function matches(rule: UrlRule, location: PageLocation): boolean {
  const scheme = location.protocol.slice(0, -1);
  const port = location.port === "" ? DEFAULT_PORTS[scheme] : Number(location.port);
  return (
    scheme === rule.scheme &&
    port === rule.port &&
    matchesHost(rule, location.hostname) &&
    location.pathname.startsWith(rule.path ?? "")
  );
}

function matchesHost({ host, subdomains = false }: UrlRule, hostname: string): boolean {
  // One more character than the suffix, so that an empty label (`.example.com`) is no subdomain.
  return subdomains ? hostname.endsWith(`.${host}`) && hostname.length > host.length + 1 : hostname === host;
}
