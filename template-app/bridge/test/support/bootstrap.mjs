/**
 * The runtime's half of the injection: the script's text and a bootstrap with everything granted.
 */
import { readFileSync } from "node:fs";

/** The committed script: what apps are built from, not a fresh bundle. */
export const BRIDGE = readFileSync(new URL("../../dist/bridge.js", import.meta.url), "utf8");

const GENERATED = readFileSync(new URL("../../src/generated.ts", import.meta.url), "utf8");

/** The texts of a generated union type. */
function union(name) {
  const [, body] = new RegExp(`export type ${name} =([^;]*);`).exec(GENERATED);
  return [...body.matchAll(/"(.*)"/g)].map(([, text]) => text);
}

/** Grants all of the contract to `https://app.example`. */
export const BOOTSTRAP = {
  apiVersion: "1.0.0",
  origins: [{ scheme: "https", host: "app.example", port: 443 }],
  localOrigins: [],
  commands: union("Command"),
  fsScopes: ["data", "cache", "trash", "diagnostics", "plugins"],
  modules: union("Module"),
  unsupported: [],
  shortcuts: [],
};

/** What the runtime makes a page evaluate. */
export function injection(bootstrap) {
  return `${BRIDGE}(${JSON.stringify(bootstrap)});`;
}
