/**
 * What the runtime tells the injected script: where it may run and what this window is granted.
 */

import type { ShortcutEvent } from "../generated.js";
import type { Stroke } from "../keys.js";

/** Matches the URLs of one origin, or of the subdomains of one host; the same fields as the runtime's own rule. */
export interface UrlRule {
  scheme: string;
  /** Lower case and punycode; an IPv6 address in brackets. */
  host: string;
  /** Matches the subdomains of `host`, and not `host` itself. */
  subdomains?: boolean;
  port: number;
  /** Prefix of the path; every path when absent. */
  path?: string;
}

/** The argument that the runtime calls the script with. */
export interface Bootstrap {
  apiVersion: string;
  /** Origins outside the app that are granted. */
  origins: UrlRule[];
  /** Origins of the app's embedded content; none when the content is a URL. */
  localOrigins: string[];
  /** Names of the granted commands. */
  commands: string[];
  /** Scopes of files that are open. */
  fsScopes: string[];
  /** Names of the granted modules. */
  modules: string[];
  /** Public functions of granted modules that this system cannot do. */
  unsupported: string[];
  /** Keys of the page that app.json binds, with the event of each. */
  shortcuts: [ShortcutEvent, Stroke[]][];
}
