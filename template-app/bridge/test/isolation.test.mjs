/**
 * What the isolation frame lets through, and that the rest becomes a call that is refused.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCE = readFileSync(new URL("../../isolation/hook.js", import.meta.url), "utf8");
const HEADERS = '["Deskwright-Token","Deskwright-Call","Deskwright-Arguments"]';
const OPTIONS = { headers: { "Deskwright-Token": "0123" } };

/** The hook as the build script writes it, with two commands. */
function hook() {
  const frame = {};
  new Function("window", SOURCE.replace("{{ commands }}", '["app_info","stream_write"]').replace("{{ headers }}", HEADERS))(frame);
  return frame.__TAURI_ISOLATION_HOOK__;
}

function message(fields) {
  return { cmd: "plugin:bridge|app_info", callback: 1, error: 2, payload: {}, options: OPTIONS, ...fields };
}

function isRefused(fields) {
  const answer = hook()(message(fields));
  assert.deepEqual({ callback: answer.callback, error: answer.error }, { callback: 1, error: 2 });
  return answer.cmd !== "plugin:bridge|app_info" && answer.cmd !== fields.cmd;
}

function nested(depth) {
  let value = {};
  for (let level = 1; level < depth; level += 1) value = { value };
  return value;
}

test("calls of the bridge pass as they are", () => {
  for (const fields of [
    {},
    { payload: { text: "ä", list: [1, null, true, { inner: "x" }], none: undefined } },
    { cmd: "plugin:bridge|stream_write", payload: new Uint8Array([0, 255]) },
    { payload: new ArrayBuffer(1) },
    { options: { headers: { ...OPTIONS.headers, "Deskwright-Arguments": "%7B%7D" } } },
    { options: undefined },
    { payload: nested(100) },
  ]) {
    assert.deepEqual(hook()(message(fields)), message(fields));
  }
});

test("what was sent through a channel is fetched by its number", () => {
  const fetch = { cmd: "plugin:__TAURI_CHANNEL__|fetch", payload: null, options: { headers: { "Tauri-Channel-Id": "7" } } };
  assert.deepEqual(hook()(message(fetch)), message(fetch));
  assert.ok(isRefused({ ...fetch, payload: {} }));
  assert.ok(isRefused({ ...fetch, options: { headers: { "Tauri-Channel-Id": 7 } } }));
});

test("other commands, shapes and sizes are refused", () => {
  for (const fields of [
    { cmd: "plugin:bridge|fs_remove" },
    { cmd: "plugin:event|emit" },
    { cmd: "app_info" },
    { cmd: ["plugin:bridge|app_info"] },
    { cmd: undefined },
    { payload: null },
    { payload: "text" },
    { payload: [1] },
    { payload: { when: new Date() } },
    { payload: { map: new Map() } },
    { payload: { count: 1n } },
    { payload: new Float64Array(1) },
    { payload: nested(200) },
    { payload: new ArrayBuffer(64 * 1024 * 1024 + 1) },
    { payload: { text: "x".repeat(96 * 1024 * 1024 + 1) } },
    { options: { headers: { Origin: "https://example.com" } } },
    { options: { headers: [["Deskwright-Token", "x"]] } },
    { options: { headers: { "Deskwright-Token": "x".repeat(65 * 1024) } } },
    { options: { headers: { "Deskwright-Token": 7 } } },
    { options: "headers" },
  ]) {
    assert.ok(isRefused(fields), Object.keys(fields)[0] + ": " + String(Object.values(fields)[0]).slice(0, 40));
  }
});
