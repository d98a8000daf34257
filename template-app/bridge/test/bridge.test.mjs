/**
 * The injected script against a native side that the test plays: where it installs itself, what it sends, how it fails.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOOTSTRAP } from "./support/bootstrap.mjs";
import { commandsOf, openPage, refusal } from "./support/fake-page.mjs";

const local = (url, localOrigins) => openPage({ url, bootstrap: { origins: [], localOrigins } });
const remote = (url, rule) => {
  const origins = [{ scheme: "https", host: "app.example", port: 443, ...rule }];
  return openPage({ url, bootstrap: { origins } });
};

test("the page gets one global, and nothing can change it", () => {
  const page = openPage();
  assert.deepEqual(page.newGlobals, ["Desktopr"]);
  const { writable, configurable } = Object.getOwnPropertyDescriptor(page.window, "Desktopr");
  assert.deepEqual({ writable, configurable }, { writable: false, configurable: false });
  const unfrozen = [];
  const visit = (path, value) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return;
    if (!Object.isFrozen(value)) unfrozen.push(path);
    for (const key of Object.keys(value)) visit(`${path}.${key}`, value[key]);
  };
  visit("Desktopr", page.Desktopr);
  assert.deepEqual(unfrozen, []);
});

test("a second injection changes nothing", () => {
  const page = openPage();
  page.inject();
  assert.equal(page.window.Desktopr, page.Desktopr);
});

test("the token is asked for once: by the first call, else when the page no longer waits for the script", async () => {
  const calling = openPage();
  assert.deepEqual(calling.questions, []);
  const first = calling.Desktopr.app.info();
  assert.equal(calling.questions.length, 1);
  await Promise.all([first, calling.Desktopr.app.info()]);
  const silent = openPage();
  await new Promise((resolve) => setTimeout(resolve));
  await calling.Desktopr.app.info();
  assert.deepEqual([calling.questions.length, silent.questions.length], [1, 1]);
});

test("a question that came while the window was leaving is asked again", async () => {
  let left = true;
  const page = openPage({ token: () => (left ? undefined : "another") });
  await assert.rejects(page.Desktopr.app.info(), refusal("bridge/not-allowed", "app"));
  left = false;
  await page.Desktopr.app.info();
  assert.equal(page.questions.length, 2);
});

test("what listens is refused where its module is off", async () => {
  const off = ["downloads_list", "notifications_show", "global_variables_list"];
  const commands = BOOTSTRAP.commands.filter((command) => !off.includes(command));
  const { downloads, notifications, globalVariables } = openPage({ bootstrap: { commands } }).Desktopr;
  const none = () => {};
  await assert.rejects(downloads.onStart(none), refusal("bridge/module-disabled", "downloads"));
  await assert.rejects(downloads.onDone(none), refusal("bridge/module-disabled", "downloads"));
  await assert.rejects(notifications.onClick(none), refusal("bridge/module-disabled", "notifications"));
  await assert.rejects(globalVariables.onChange(null, none), refusal("bridge/module-disabled", "globalVariables"));
});

test("what comes once waits for who listens later", async () => {
  const { Desktopr, send } = openPage();
  const told = [];
  const stop = await Desktopr.events.onMenuEvent(() => {});
  send("deeplink", "app://1");
  send("deeplink", "app://2");
  send("update:available", { version: "2.0.0" });
  send("other", 1);
  const first = await Desktopr.events.onDeeplink((link) => told.push(link));
  await Desktopr.events.on("update:available", ({ version }) => told.push(version));
  await Desktopr.events.on("other", (payload) => told.push(payload));
  assert.deepEqual(told, ["app://1", "app://2", "2.0.0"]);
  first();
  send("deeplink", "app://3");
  await Desktopr.events.onDeeplink((link) => told.push(link));
  send("deeplink", "app://4");
  assert.deepEqual(told.slice(3), ["app://3", "app://4"]);
  stop();
});

test("it says nothing on the console", async () => {
  const granted = openPage();
  await assert.rejects(granted.Desktopr.window.close(1));
  const refused = openPage({ url: "https://other.example/" });
  assert.deepEqual([...granted.logged, ...refused.logged], []);
});

test("only granted origins get it", () => {
  const granted = [
    remote("https://app.example/any/path?q#f", {}),
    remote("https://app.example:8443/", { port: 8443 }),
    remote("http://localhost:3000/", { scheme: "http", host: "localhost", port: 3000 }),
    remote("https://a.b.app.example/", { subdomains: true }),
    remote("https://app.example/app/x", { path: "/app/" }),
    remote("http://[::1]:3000/", { scheme: "http", host: "[::1]", port: 3000 }),
    local("http://tauri.localhost/", ["tauri://localhost", "http://tauri.localhost"]),
    local("tauri://localhost/", ["tauri://localhost", "http://tauri.localhost"]),
  ];
  const refused = [
    remote("http://app.example/", {}),
    remote("http://app.example:443/", {}),
    remote("https://app.example:8443/", {}),
    remote("https://other.example/", {}),
    remote("https://app.example.evil.org/", {}),
    remote("https://evil.org/app.example", {}),
    remote("https://www.app.example/", {}),
    remote("https://app.example/", { subdomains: true }),
    remote("https://notapp.example/", { subdomains: true }),
    remote("https://.app.example/", { subdomains: true }),
    remote("https://app.example/application", { path: "/app/" }),
    local("tauri://localhost/", []),
    local("http://tauri.localhost:8080/", ["http://tauri.localhost"]),
    local("about:blank", ["tauri://localhost"]),
    openPage({ inFrame: true }),
  ];
  assert.deepEqual(granted.map((page) => page.Desktopr?.isAvailable), granted.map(() => true));
  assert.deepEqual(refused.map((page) => page.newGlobals), refused.map(() => []));
});

test("each function sends its command with camelCase arguments", async () => {
  const { Desktopr, calls } = openPage();
  await Desktopr.openBrowser("https://example.com/");
  await Desktopr.app.info();
  await Desktopr.app.exit();
  await Desktopr.app.exit(3);
  await Desktopr.app.relaunch();
  await Desktopr.events.emit("a");
  await Desktopr.events.emitToAll("a", { b: [1] });
  await Desktopr.events.emitTo("main", "a", false);
  await Desktopr.window.close();
  await Desktopr.window.minimize("main");
  await Desktopr.window.maximizeToggle();
  await Desktopr.window.fullscreen(true);
  await Desktopr.window.fullscreen(false, "main");
  await Desktopr.window.getInfo("main");
  assert.deepEqual(calls, [
    ["plugin:bridge|open_browser", { url: "https://example.com/" }],
    ["plugin:bridge|app_info", {}],
    ["plugin:bridge|app_exit", {}],
    ["plugin:bridge|app_exit", { code: 3 }],
    ["plugin:bridge|app_relaunch", {}],
    ["plugin:bridge|events_emit", { event: "a" }],
    ["plugin:bridge|events_emit_to_all", { event: "a", payload: { b: [1] } }],
    ["plugin:bridge|events_emit_to", { label: "main", event: "a", payload: false }],
    ["plugin:bridge|window_close", {}],
    ["plugin:bridge|window_minimize", { label: "main" }],
    ["plugin:bridge|window_maximize_toggle", {}],
    ["plugin:bridge|window_fullscreen", { on: true }],
    ["plugin:bridge|window_fullscreen", { on: false, label: "main" }],
    ["plugin:bridge|window_get_info", { label: "main" }],
  ]);
});

test("answers come back as they are, and no answer is undefined", async () => {
  const answers = { app_info: { name: "App" }, window_get_info: { label: "main" } };
  const { Desktopr } = openPage({ answer: (command) => answers[command] ?? null });
  assert.deepEqual(await Desktopr.app.info(), { name: "App" });
  assert.deepEqual(await Desktopr.window.getInfo(), { label: "main" });
  assert.equal(await Desktopr.window.minimize(), undefined);
});

test("wrong arguments are refused before anything is sent", async () => {
  const { Desktopr, calls } = openPage();
  const invalid = (module) => refusal("bridge/invalid-argument", module);
  await assert.rejects(Desktopr.openBrowser(7), invalid("core"));
  await assert.rejects(Desktopr.app.exit("1"), invalid("app"));
  await assert.rejects(Desktopr.app.exit(NaN), invalid("app"));
  await assert.rejects(Desktopr.app.exit(null), invalid("app"));
  await assert.rejects(Desktopr.app.exit(1, 2), invalid("app"));
  await assert.rejects(Desktopr.events.emit(null), invalid("events"));
  await assert.rejects(Desktopr.events.emitTo({}, "a"), invalid("events"));
  await assert.rejects(Desktopr.events.on("a"), invalid("events"));
  await assert.rejects(Desktopr.events.onMany("a", () => {}), invalid("events"));
  await assert.rejects(Desktopr.events.on("a b", () => {}), refusal("events/invalid-name", "events"));
  await assert.rejects(Desktopr.events.once(""), refusal("events/invalid-name", "events"));
  await assert.rejects(Desktopr.events.onWindow("closed", () => {}), invalid("events"));
  await assert.rejects(Desktopr.window.fullscreen(), invalid("window"));
  await assert.rejects(Desktopr.window.close(1), invalid("window"));
  assert.throws(() => Desktopr.onReady(), invalid("core"));
  assert.deepEqual(calls, []);
});

test("values that JSON cannot hold are invalid arguments", async () => {
  const { Desktopr } = openPage();
  const circular = {};
  circular.self = circular;
  await assert.rejects(Desktopr.events.emit("a", circular), refusal("bridge/invalid-argument", "events"));
});

test("a module that is off is refused by the script, and known beforehand", async () => {
  const { Desktopr, calls } = openPage({
    bootstrap: { commands: ["open_browser", "app_info"], modules: ["core", "app"] },
  });
  await assert.rejects(Desktopr.window.close(), refusal("bridge/module-disabled", "window"));
  await assert.rejects(Desktopr.events.on("a", () => {}), refusal("bridge/module-disabled", "events"));
  await assert.rejects(Desktopr.events.once("a"), refusal("bridge/module-disabled", "events"));
  await assert.rejects(Desktopr.app.exit(), refusal("bridge/module-disabled", "app"));
  assert.deepEqual(calls, []);
  const available = ["openBrowser", "onReady", "app", "app.info"];
  const others = ["app.exit", "window", "window.close", "events.on", "toString", ""];
  assert.deepEqual([...available, ...others].filter(Desktopr.supports), available);
});

test("every function is known to supports when all is granted", () => {
  const { Desktopr } = openPage();
  const unknownIn = (part, path) =>
    Object.entries(part).flatMap(([name, member]) => {
      const inner = `${path}.${name}`;
      if (Desktopr.supports(inner)) return [];
      return typeof member === "object" ? unknownIn(member, inner) : [inner];
    });
  const parts = Object.entries(Desktopr).filter(([, part]) => typeof part === "object");
  const others = parts.filter(([name]) => !["fs", "worker", "ready"].includes(name));
  const unknown = others.flatMap(([name, part]) => unknownIn(part, name));
  assert.deepEqual(unknown, []);
});

test("what the native side refuses with becomes a typed error", async () => {
  const details = { limit: 3 };
  const refusals = {
    window_close: { code: "window/unknown-label", message: "no window has the label: `x`", module: "window", details },
    window_minimize: "Command plugin:bridge|window_minimize not allowed by ACL",
    window_get_info: "invalid args `label` for command `window_get_info`: invalid type",
    app_relaunch: { unexpected: true },
  };
  const { Desktopr, realm } = openPage({
    answer: (command) => {
      throw refusals[command] ?? new realm.Error("gone");
    },
  });
  const error = await Desktopr.window.close("x").catch((reason) => reason);
  assert.deepEqual({ ...error.toJSON() }, { name: "DesktoprError", ...refusals.window_close });
  const { code, module } = error;
  assert.deepEqual(structuredClone({ ...error }), { name: "DesktoprError", code, module, details });
  await assert.rejects(Desktopr.window.minimize(), refusal("bridge/not-allowed", "window"));
  await assert.rejects(Desktopr.window.getInfo(), refusal("bridge/invalid-argument", "window"));
  await assert.rejects(Desktopr.app.info(), { code: "bridge/internal", message: "gone" });
  await assert.rejects(Desktopr.app.relaunch(), refusal("bridge/internal", "app"));
});

test("ready and onReady are there at once, dtrReady once when the document is", async () => {
  const page = openPage();
  const order = [];
  await page.Desktopr.ready;
  page.Desktopr.onReady(() => {
    throw new Error("mine");
  });
  page.Desktopr.onReady(() => order.push("onReady"));
  page.window.addEventListener("dtrReady", () => order.push("dtrReady"));
  await new Promise(setImmediate);
  assert.deepEqual(order, ["onReady"]);
  page.window.dispatchEvent(new Event("DOMContentLoaded"));
  page.window.dispatchEvent(new Event("DOMContentLoaded"));
  assert.deepEqual(order, ["onReady", "dtrReady"]);
  assert.deepEqual(page.errors.map(({ message }) => message), ["mine"]);
});

test("one channel serves all listeners, opened at the first", async () => {
  const page = openPage();
  assert.deepEqual(page.calls, []);
  const seen = [];
  const { events } = page.Desktopr;
  const unlisten = await events.on("saved", (payload) => seen.push(["on", payload]));
  await events.onMany(["saved", "opened"], (name, payload) => seen.push([name, payload]));
  await events.onWindow("resized", ({ width }) => seen.push(["resized", width]));
  const next = events.once("saved");
  assert.deepEqual(commandsOf(page), ["events_subscribe"]);

  page.send("saved", 1);
  page.send("opened", 2);
  page.send("window:resized", { label: "main", width: 800, height: 600 });
  page.send("nobody listens", 3);
  unlisten();
  unlisten();
  page.send("saved", 4);
  assert.equal(await next, 1);
  assert.deepEqual(seen, [["on", 1], ["saved", 1], ["opened", 2], ["resized", 800], ["saved", 4]]);
});

test("a listener that throws stops no other, one that was removed or just added is not called", async () => {
  const page = openPage();
  const seen = [];
  const { events } = page.Desktopr;
  await events.on("a", () => {
    throw new Error("mine");
  });
  let unlisten;
  await events.on("a", () => {
    unlisten();
    void events.on("a", () => seen.push("added"));
  });
  unlisten = await events.on("a", () => seen.push("removed"));
  await events.on("a", () => seen.push("last"));
  page.send("a", null);
  assert.deepEqual(seen, ["last"]);
  assert.deepEqual(page.errors.map(({ message }) => message), ["mine"]);
});

test("a subscription that fails leaves no listener, and the next one tries again", async () => {
  let attempts = 0;
  const page = openPage({
    answer: () => {
      attempts += 1;
      if (attempts === 1) throw "Command plugin:bridge|events_subscribe not allowed by ACL";
    },
  });
  const seen = [];
  const { events } = page.Desktopr;
  await assert.rejects(events.on("a", () => seen.push("first")), refusal("bridge/not-allowed", "events"));
  await events.on("a", () => seen.push("second"));
  page.send("a", null);
  assert.deepEqual(seen, ["second"]);
  assert.equal(attempts, 2);
});
