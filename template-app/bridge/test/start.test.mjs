/**
 * Links and files that open the app, autostart, global variables and diagnostics, over a native side that the test plays.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsOf, openPage, refusal } from "./support/fake-page.mjs";

const FILE = { id: 7, name: "a.note", path: "/home/me/a.note", size: 5, isDirectory: false };

test("the native side is told of a listener to links when it can be sent to", async () => {
  const page = openPage();
  const links = [];
  const unlisten = await page.Desktopr.events.onDeeplink((link) => links.push(link.raw));
  assert.deepEqual(commandsOf(page), ["events_subscribe", "events_on_deeplink"]);
  page.send("deeplink", { raw: "notes://a" });
  unlisten();
  page.send("deeplink", { raw: "notes://b" });
  assert.deepEqual(links, ["notes://a"]);
});

test("a listener that is refused hears nothing", async () => {
  const refused = { code: "events/unsupported", message: "app.json has no section `deepLinks`", module: "events" };
  const page = openPage({
    answer: (command) => {
      if (command.startsWith("events_on_")) throw refused;
      return null;
    },
  });
  const heard = [];
  const { events } = page.Desktopr;
  await assert.rejects(events.onDeeplink((link) => heard.push(link)), refusal("events/unsupported", "events"));
  await assert.rejects(events.onOpenFiles((opened) => heard.push(opened)), refusal("events/unsupported", "events"));
  page.send("deeplink", { raw: "notes://a" });
  page.send("app:opened-files", { files: [FILE], rejected: [] });
  assert.deepEqual(heard, []);
});

test("opened files come as handles", async () => {
  const page = openPage({ answer: (command) => (command === "files_read" ? { stream: 1, size: 0 } : null) });
  const heard = [];
  await page.Desktopr.events.onOpenFiles((opened) => heard.push(opened));
  assert.deepEqual(commandsOf(page), ["events_subscribe", "events_on_open_files"]);
  page.send("app:opened-files", { files: [FILE], rejected: [{ name: "b.note", reason: "unreadable" }] });
  const [{ files, rejected }] = heard;
  assert.deepEqual([files[0].kind, files[0].name, files[0].size], ["file", "a.note", 5]);
  assert.equal(rejected[0].reason, "unreadable");
  await files[0].close();
  assert.deepEqual(page.calls.at(-1), ["plugin:bridge|files_close", { id: 7 }]);
});

test("parts inside of parts are made of the contract's table", async () => {
  const page = openPage({ answer: () => "hidden" });
  const { autostart, diagnostics } = page.Desktopr;
  assert.equal(await autostart.mode.get(), "hidden");
  assert.equal(await autostart.mode.set("shown"), undefined);
  await diagnostics.newError.generic({ message: "no" }, "server", "1.0");
  assert.deepEqual(page.calls.slice(1), [
    ["plugin:bridge|autostart_mode_set", { mode: "shown" }],
    [
      "plugin:bridge|diagnostics_new_error_generic",
      { payload: { message: "no" }, env: "server", appVersion: "1.0" },
    ],
  ]);
  await assert.rejects(autostart.mode.set(1), refusal("bridge/invalid-argument", "autostart"));
  await assert.rejects(diagnostics.export("/tmp/a.zip"), refusal("bridge/invalid-argument", "diagnostics"));
});

test("changes of a variable reach who listens to it", async () => {
  const page = openPage();
  const { globalVariables } = page.Desktopr;
  const heard = [];
  await globalVariables.onChange("theme", ({ value }) => heard.push(`theme ${value}`));
  await globalVariables.onChange(null, ({ key }) => heard.push(`any ${key}`));
  page.send("app:variable-changed", { key: "theme", value: "dark", source: "main" });
  page.send("app:variable-changed", { key: "size", value: null, source: "other" });
  assert.deepEqual(heard, ["theme dark", "any theme", "any size"]);
  await assert.rejects(globalVariables.onChange(undefined, () => {}), refusal("bridge/invalid-argument", "globalVariables"));
  await assert.rejects(globalVariables.onChange("a"), refusal("bridge/invalid-argument", "globalVariables"));
});

test("what nobody catches is recorded, and what recording fails with is not", async () => {
  const recorded = [];
  const page = openPage({
    answer: (command, args) => {
      recorded.push(args);
      throw new Error("no disk");
    },
  });
  const error = Object.assign(new Event("error"), {
    message: "Error: a",
    filename: "https://app.example/x.js",
    lineno: 1,
    colno: 2,
    error: { stack: "at x" },
  });
  page.window.dispatchEvent(error);
  page.window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: "b" }));
  page.window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: undefined }));
  await new Promise((resolve) => setTimeout(resolve));
  const plain = JSON.parse(JSON.stringify(recorded));
  const place = { filename: "https://app.example/x.js", lineno: 1, colno: 2 };
  assert.deepEqual(plain, [
    { payload: { message: "Error: a", ...place, stack: "at x" }, automatic: true },
    { payload: { message: "b" }, automatic: true },
    { payload: { message: "undefined" }, automatic: true },
  ]);
});

test("nothing is recorded where the module is off", async () => {
  const page = openPage({ bootstrap: { commands: ["events_subscribe"] } });
  page.window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: "b" }));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(page.calls, []);
});
