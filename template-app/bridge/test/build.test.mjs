/**
 * What the build promises: equal bytes each time, a committed script that is current, and types that consumers can use.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { bundleBridge } from "../scripts/build.mjs";
import { BRIDGE } from "./support/bootstrap.mjs";

/** The script is parsed on every page (bytes). */
const MAX_SCRIPT = 25_000;

const ROOT = fileURLToPath(new URL("..", import.meta.url));

test("the script is built the same twice, and the committed one is current", async () => {
  const [first, second] = [await bundleBridge(), await bundleBridge()];
  assert.equal(first, second);
  assert.equal(BRIDGE, first, "dist/bridge.js is stale: run `npm run build:bridge`");
});

test("the script stays small", () => {
  const { length } = Buffer.from(BRIDGE);
  assert.ok(length <= MAX_SCRIPT, `${length} bytes`);
});

test("the script is one function expression without its call", () => {
  assert.equal(typeof vm.runInNewContext(BRIDGE), "function");
  assert.match(BRIDGE, /\}\)\n$/);
});

test("no registry host is in the lock file and every version is exact", () => {
  assert.doesNotMatch(readFileSync(`${ROOT}/package-lock.json`, "utf8"), /"resolved"|https?:\/\/registry/);
  const { devDependencies, dependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8"));
  assert.equal(dependencies, undefined);
  for (const [name, version] of Object.entries(devDependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
});

test("consumers type-check against the package, as ES module and as CommonJS", () => {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "test/types/tsconfig.json"], { cwd: ROOT });
});
