/**
 * The SDK in a plain browser, beside the bridge, and without any window.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { test } from "node:test";
import { injectBridge, openSdkTab, serve, startBrowser } from "./support/browser.mjs";
import { openPage, refusal } from "./support/fake-page.mjs";

const ROOT = new URL("..", import.meta.url);
const INDEX = { "/": "<!doctype html><title>SDK</title>" };

test("without a window it loads, says so and keeps no process alive", async () => {
  const { Desktopr, DesktoprError, isDesktoprAvailable } = await import("deskwright");
  assert.equal(isDesktoprAvailable(), false);
  assert.deepEqual([Desktopr.isAvailable, Desktopr.isDesktop, Desktopr.supports("events.on")], [false, false, false]);
  assert.equal(await Desktopr.ready, undefined);
  await new Promise((resolve) => Desktopr.onReady(resolve));
  for (const module of ["app", "events", "window"]) {
    for (const call of Object.values(Desktopr[module])) {
      await assert.rejects(call("a", () => {}), refusal("bridge/unavailable", module));
    }
  }
  await assert.rejects(Desktopr.openBrowser("https://example.com/"), (error) => error instanceof DesktoprError);

  const script = `import("deskwright").then(({ Desktopr }) => Desktopr.events.on("a", () => {}).catch(() => {}))`;
  execFileSync(process.execPath, ["-e", script], { cwd: ROOT, timeout: 10_000 });
});

test("CommonJS gets the same", () => {
  const sdk = createRequire(import.meta.url)("deskwright");
  assert.deepEqual(Object.keys(sdk).sort(), ["Desktopr", "DesktoprError", "isDesktoprAvailable"]);
});

test("the fallback has every function of the bridge", async () => {
  const { Desktopr } = await import("deskwright");
  const bridge = openPage().Desktopr;
  const namesOf = (value) => (typeof value === "object" ? Object.keys(value).sort() : typeof value);
  const shapeOf = (api) => Object.keys(api).sort().map((key) => [key, namesOf(api[key])]);
  assert.deepEqual(shapeOf(Desktopr), shapeOf(bridge));
  for (const scope of ["data", "cache", "trash", "diagnostics"]) {
    assert.deepEqual(namesOf(Desktopr.fs[scope]), namesOf(bridge.fs[scope]), scope);
    await assert.rejects(Desktopr.fs[scope].exists("x"), refusal("bridge/unavailable", "fs"));
  }
});

test("without the app, plugins and their files say that they are not there", async () => {
  const { Desktopr } = await import("deskwright");
  assert.equal(Desktopr.worker, Desktopr.plugins);
  assert.ok(!["plugins.call", "fs.pluginFs", "plugins", "fs"].some(Desktopr.supports));
  const files = Desktopr.fs.pluginFs("m");
  const bridge = openPage().Desktopr.fs.pluginFs("m");
  assert.deepEqual(Object.keys(files).sort(), Object.keys(bridge).sort());
  await assert.rejects(Desktopr.plugins.call("m", {}), { code: "bridge/unavailable", module: "plugins" });
  await assert.rejects(Desktopr.plugins.modules.list(), { code: "bridge/unavailable", module: "plugins" });
  await assert.rejects((await files).readText("x"), { code: "bridge/unavailable", module: "fs" });
});

test("in a browser, events reach the tabs that they should", async (t) => {
  const origin = await serve(t, INDEX);
  const context = await (await startBrowser(t)).newContext();
  const tabs = [await openSdkTab(context, origin), await openSdkTab(context, origin)];
  for (const tab of tabs) {
    await tab.evaluate(async () => {
      const { Desktopr } = globalThis.sdk;
      globalThis.seen = [];
      const names = ["mine", "ours", "end", "window:focus"];
      await Desktopr.events.onMany(names, (name, payload) => globalThis.seen.push([name, payload]));
      globalThis.end = Desktopr.events.once("end");
    });
  }
  await tabs[0].evaluate(async () => {
    const { events } = globalThis.sdk.Desktopr;
    await events.emit("mine", { date: new Date(0) });
    await events.emitToAll("ours");
    // Any script of the origin can write to the channel, but not in the name of the native side.
    const forger = new BroadcastChannel("deskwright.events");
    const forged = [null, "end", { event: "window:focus", json: "1" }, { event: "end", json: 1 }];
    forged.forEach((message) => forger.postMessage(message));
    await events.emitToAll("end", 7);
  });
  for (const tab of tabs) assert.equal(await tab.evaluate(() => globalThis.end), 7);
  const seen = await Promise.all(tabs.map((tab) => tab.evaluate(() => globalThis.seen)));
  assert.deepEqual(seen[0], [["mine", { date: "1970-01-01T00:00:00.000Z" }], ["ours", null], ["end", 7]]);
  assert.deepEqual(seen[1], [["ours", null], ["end", 7]]);
});

test("in a browser, events have the rules of the app", async (t) => {
  const origin = await serve(t, INDEX);
  const tab = await openSdkTab(await (await startBrowser(t)).newContext(), origin);
  const codes = await tab.evaluate(async () => {
    const { events } = globalThis.sdk.Desktopr;
    const circular = {};
    circular.self = circular;
    const calls = [
      events.emit("window:focus"),
      events.emitToAll("deeplink"),
      events.emit("a b"),
      events.emit("x".repeat(129)),
      events.emit("a", "ä".repeat(524_288)),
      events.emit("a", circular),
      events.on("a", "no function"),
      events.onDeeplink(() => {}),
      events.emitTo("main", "a"),
    ];
    return Promise.all(calls.map((call) => call.then(() => "no error", (error) => error.code)));
  });
  assert.deepEqual(codes, [
    "events/reserved-name",
    "events/reserved-name",
    "events/invalid-name",
    "events/invalid-name",
    "events/too-large",
    "bridge/invalid-argument",
    "bridge/invalid-argument",
    "bridge/unavailable",
    "bridge/unavailable",
  ]);
});

test("in a browser, openBrowser opens a tab without an opener and refuses other schemes", async (t) => {
  const origin = await serve(t, INDEX);
  const context = await (await startBrowser(t)).newContext();
  const tab = await openSdkTab(context, origin);
  const [opened] = await Promise.all([
    context.waitForEvent("page"),
    tab.evaluate((url) => globalThis.sdk.Desktopr.openBrowser(url), `${origin}/`),
  ]);
  assert.equal(await opened.evaluate(() => globalThis.opener), null);
  for (const url of ["javascript:alert(1)", "file:///etc/hostname", "/relative", ""]) {
    const refused = tab.evaluate((url) => globalThis.sdk.Desktopr.openBrowser(url).catch(({ code }) => code), url);
    assert.equal(await refused, "bridge/invalid-url", url);
  }
});

test("an element named Desktopr is not taken for the bridge", async (t) => {
  const origin = await serve(t, { "/": `<!doctype html><title>Clobbered</title><p id="Desktopr"></p>` });
  const tab = await openSdkTab(await (await startBrowser(t)).newContext(), origin);
  const found = await tab.evaluate(() => [globalThis.sdk.isDesktoprAvailable(), globalThis.sdk.Desktopr.isAvailable]);
  assert.deepEqual(found, [false, false]);
});

test("in the app, the SDK is the injected object and its errors are of the SDK's class", async (t) => {
  const origin = await serve(t, INDEX);
  const context = await (await startBrowser(t)).newContext();
  await injectBridge(context, origin);
  const tab = await openSdkTab(context, origin);
  const found = await tab.evaluate(async () => {
    const { Desktopr, DesktoprError, isDesktoprAvailable } = globalThis.sdk;
    const error = await Desktopr.window.close().catch((reason) => reason);
    const isError = error instanceof DesktoprError;
    const isNoError = new Error("other") instanceof DesktoprError || null instanceof DesktoprError;
    return { same: Desktopr === globalThis.Desktopr, available: isDesktoprAvailable(), isError, isNoError };
  });
  assert.deepEqual(found, { same: true, available: true, isError: true, isNoError: false });
});

test("in the app, dtrReady reaches pages that begin to listen at DOMContentLoaded", async (t) => {
  const script = `for (const target of [document, window]) target.addEventListener("DOMContentLoaded", () =>
    window.addEventListener("dtrReady", () => (document.title += " ready")));`;
  const page = `<!doctype html><title>Page</title><script src="/page.js"></script>`;
  const origin = await serve(t, { "/": page, "/page.js": script });
  const context = await (await startBrowser(t)).newContext();
  await injectBridge(context, origin);
  const tab = await context.newPage();
  await tab.goto(origin);
  assert.equal(await tab.title(), "Page ready ready");
});
