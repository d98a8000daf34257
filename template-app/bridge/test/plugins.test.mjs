/**
 * Plugins and their files against a native side that the test plays: what is sent, on both ways that bytes have, what comes
 * back, and how calls are stopped.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsOf, openPage, refusal } from "./support/fake-page.mjs";

const RUN = { id: "plugin_req1", ok: true, stdout: "", stderr: "", answered: false, error: null, code: null, durationMs: 3 };
const run = (fields) => ({ ...RUN, ...fields });
/** Without the prototypes of the page's realm. */
const plain = (value) => structuredClone(value);

test("plugins: each function sends its command", async () => {
  const { Desktopr, calls } = openPage({ answer: (command) => (command === "plugins_call" ? RUN : null) });
  const { plugins } = Desktopr;
  await plugins.call("math", { fn: "add", args: [1, 2] });
  await plugins.call("math.wasm", { b: 1, a: 2 }, 1500);
  await plugins.call("math", {}, { timeoutMs: 1.5, id: "mine" });
  await plugins.status();
  await plugins.list();
  await plugins.info("math");
  await plugins.add();
  await plugins.add("csv", 1000, { replace: true });
  await plugins.remove("math");
  await plugins.killJobs();
  await plugins.cancel("mine");
  assert.deepEqual(calls, [
    ["plugin:bridge|plugins_call", { module: "math", payload: '{"fn":"add","args":[1,2]}' }],
    // The order of the fields is the page's.
    ["plugin:bridge|plugins_call", { module: "math.wasm", payload: '{"b":1,"a":2}', timeoutMs: 1500 }],
    ["plugin:bridge|plugins_call", { module: "math", payload: "{}", timeoutMs: 2, id: "mine" }],
    ["plugin:bridge|plugins_status", {}],
    ["plugin:bridge|plugins_list", {}],
    ["plugin:bridge|plugins_info", { module: "math" }],
    ["plugin:bridge|plugins_add", {}],
    ["plugin:bridge|plugins_add", { name: "csv", maxBytes: 1000, replace: true }],
    ["plugin:bridge|plugins_remove", { module: "math" }],
    ["plugin:bridge|plugins_kill_jobs", {}],
    ["plugin:bridge|plugins_cancel", { id: "mine" }],
  ]);
});

test("plugins: one object has three names", () => {
  const { Desktopr } = openPage();
  const { plugins, worker } = Desktopr;
  assert.equal(worker, plugins);
  for (const name of ["add", "addFromBytes", "list", "remove"]) assert.equal(plugins.modules[name], plugins[name]);
  assert.ok(["worker", "plugins.call", "plugins.modules", "fs.pluginFs"].every(Desktopr.supports));
  const { Desktopr: without } = openPage({ bootstrap: { commands: ["app_info"], fsScopes: [], modules: ["core", "app"] } });
  assert.ok(!["worker", "plugins", "plugins.call", "fs", "fs.pluginFs"].some(without.supports));
});

test("plugins: a result has its answer as the plugin printed it, and is one after a failure too", async () => {
  const answers = [
    run({ stdout: '{"ok":true,"value":{"b":1,"a":2}}', answered: true }),
    run({ ok: false, stdout: "noise", error: "not one JSON object", code: "plugins/invalid-output" }),
    run({ ok: false, stdout: '{"ok":false}', answered: true, error: "exit code 3", code: "plugins/exit", exitCode: 3 }),
  ];
  const { Desktopr } = openPage({ answer: () => answers.shift() });
  const results = [];
  for (let index = 0; index < 3; index += 1) results.push(await Desktopr.plugins.call("m", {}));
  assert.deepEqual(Object.keys(results[0].value.value), ["b", "a"]);
  assert.deepEqual(results.map(({ ok, code }) => [ok, code]), [
    [true, null],
    [false, "plugins/invalid-output"],
    [false, "plugins/exit"],
  ]);
  assert.deepEqual([results[1].value, plain(results[2].value), results[2].exitCode], [null, { ok: false }, 3]);
  assert.ok(results.every((result) => !("answered" in result)));
});

test("plugins: a signal stops its call, also when the native side knows it late", async () => {
  let finish;
  const known = [false, true];
  const page = openPage({
    answer: (command) => {
      if (command === "plugins_call") return new Promise((resolve) => (finish = resolve));
      return known.shift();
    },
  });
  const controller = new page.window.AbortController();
  const result = page.Desktopr.plugins.call("m", {}, { signal: controller.signal });
  controller.abort();
  while (known.length > 0) await new Promise(setImmediate);
  finish(run({ ok: false, code: "plugins/cancelled", error: "the call was cancelled" }));
  assert.equal((await result).code, "plugins/cancelled");
  assert.deepEqual(commandsOf(page), ["plugins_call", "plugins_cancel", "plugins_cancel"]);
  const ids = page.calls.map(([, { id }]) => id);
  assert.match(ids[0], /^page-/);
  assert.deepEqual(ids, [ids[0], ids[0], ids[0]]);

  const never = await page.Desktopr.plugins.call("m", {}, { signal: controller.signal, id: "late" });
  assert.deepEqual([never.id, never.ok, never.code, never.value], ["late", false, "plugins/cancelled", null]);
  assert.equal(page.calls.length, 3);
});

test("plugins: wrong arguments are refused before anything is sent", async () => {
  const { Desktopr, calls } = openPage();
  const { plugins, fs } = Desktopr;
  const circular = {};
  circular.self = circular;
  const refused = [
    plugins.call(7, {}),
    plugins.call("m"),
    plugins.call("m", [1]),
    plugins.call("m", '{"fn":"x"}'),
    plugins.call("m", circular),
    plugins.call("m", {}, "soon"),
    plugins.call("m", {}, { timeoutMs: Number.POSITIVE_INFINITY }),
    plugins.call("m", {}, { id: 7 }),
    plugins.call("m", {}, { signal: {} }),
    plugins.add(7),
    plugins.add("m", "big"),
    plugins.addFromBytes("m", "text"),
    plugins.addFromBytes("m", [0, 97]),
    plugins.cancel(),
  ];
  for (const [index, call] of refused.entries()) {
    await assert.rejects(call, refusal("bridge/invalid-argument", "plugins"), `call ${index}`);
  }
  const files = fs.pluginFs("m");
  for (const call of [files.readText(), files.writeText("a", 1), files.writeBytes("a", "b"), files.move("a", 1)]) {
    await assert.rejects(call, refusal("bridge/invalid-argument", "fs"));
  }
  assert.throws(() => fs.pluginFs(), refusal("bridge/invalid-argument", "fs"));
  assert.deepEqual(calls, []);
});

test("fs: each function sends its command with its scope", async () => {
  const item = { name: "a", path: "b/a", isFile: true, isDirectory: false, size: 3, modifiedMs: 1000 };
  const answers = { fs_list: { path: "b", entries: [["a", 0, 3, 1000]] }, fs_stat: item, fs_read_text: "text" };
  const { Desktopr, calls } = openPage({ answer: (command) => answers[command] ?? null });
  const files = await Desktopr.fs.pluginFs("csv");
  assert.ok(Object.isFrozen(files));
  const entry = { name: "a", path: "b/a", isFile: true, isDirectory: false, size: 3, lastModified: new Date(1000) };
  assert.deepEqual(plain(await files.listContent()), [entry]);
  assert.deepEqual(plain(await files.stat("b/a")), entry);
  await files.newDirectory("d");
  await files.remove("d");
  await files.remove("d", true);
  await files.readText("t");
  await files.writeText("t", "text");
  await files.exists("t");
  await files.move("a", "b");
  await files.copy("a", "b", { recursive: true, overwrite: true });
  await files.clear();
  await files.clearStorage();
  await files.usage();
  const scope = { plugin: "csv" };
  assert.deepEqual(calls.map(([command, args]) => [command.replace("plugin:bridge|fs_", ""), args]), [
    ["list", { scope }],
    ["stat", { scope, path: "b/a" }],
    ["new_directory", { scope, path: "d" }],
    ["remove", { scope, path: "d" }],
    ["remove", { scope, path: "d", recursive: true }],
    ["read_text", { scope, path: "t" }],
    ["write_text", { scope, path: "t", text: "text" }],
    ["exists", { scope, path: "t" }],
    ["move", { scope, src: "a", dest: "b" }],
    ["copy", { scope, src: "a", dest: "b", recursive: true, overwrite: true }],
    ["clear", { scope }],
    ["clear", { scope }],
    ["usage", { scope }],
  ]);
});

/** Every byte, more of them than one argument list holds. */
const BYTES = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);

test("bytes travel as they are where that way is open", async () => {
  const { buffer } = BYTES.slice();
  const { Desktopr, calls } = openPage({ answer: (command) => (command === "fs_read_bytes" ? buffer : null) });
  const files = Desktopr.fs.pluginFs("ä");
  const view = new Uint8Array(BYTES.buffer, 10, 4);
  const mine = view.slice();
  const written = files.writeBytes("ö/%", mine);
  mine.fill(0);
  await written;
  await Desktopr.plugins.addFromBytes("m", view.slice().buffer, { replace: true, manifest: { description: "ü\n" } });
  assert.deepEqual([...(await files.readBytes("x"))], [...BYTES]);
  assert.deepEqual(calls, [
    ["plugin:bridge|fs_write_bytes", { scope: { plugin: "ä" }, path: "ö/%" }, [10, 11, 12, 13]],
    [
      "plugin:bridge|plugins_add_from_bytes",
      { name: "m", replace: true, manifest: { description: "ü\n" } },
      [10, 11, 12, 13],
    ],
    ["plugin:bridge|fs_read_bytes", { scope: { plugin: "ä" }, path: "x" }],
  ]);
});

test("bytes travel as base64 where it is blocked, with the same results", async () => {
  const base64 = Buffer.from(BYTES).toString("base64");
  const { Desktopr, calls } = openPage({ slow: true, answer: (command) => (command === "fs_read_bytes" ? base64 : null) });
  const files = Desktopr.fs.pluginFs("m");
  await files.writeBytes("x", BYTES);
  await files.writeBytes("empty", new Uint8Array(0));
  assert.deepEqual([...(await files.readBytes("x"))], [...BYTES]);
  const scope = { plugin: "m" };
  assert.deepEqual(calls, [
    ["plugin:bridge|fs_write_bytes", { scope, path: "x", base64 }],
    ["plugin:bridge|fs_write_bytes", { scope, path: "empty", base64: "" }],
    ["plugin:bridge|fs_read_bytes", { scope, path: "x", base64: true }],
  ]);
});

test("a question about the way of bytes that fails is asked again", async () => {
  const page = openPage();
  const { invoke } = page.window.__TAURI_INTERNALS__;
  let failures = 1;
  page.window.__TAURI_INTERNALS__.invoke = async (command, ...rest) => {
    if (command.endsWith("core_takes_bytes") && failures-- > 0) throw "Command not allowed by ACL";
    return invoke(command, ...rest);
  };
  const files = page.Desktopr.fs.pluginFs("m");
  await assert.rejects(files.writeBytes("x", BYTES), refusal("bridge/not-allowed", "core"));
  await files.writeBytes("x", BYTES);
  assert.deepEqual(commandsOf(page), ["fs_write_bytes"]);
});
