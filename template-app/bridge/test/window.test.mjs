/**
 * The module `window` of the injected script: what it sends, what it refuses, and how it answers before a window closes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSdkTab, serve, startBrowser } from "./support/browser.mjs";
import { commandsOf, openPage, refusal } from "./support/fake-page.mjs";

/** Lets what the page has begun come to its end. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

test("each function is one call", async () => {
  const { Desktopr, calls } = openPage();
  const { window } = Desktopr;
  await window.new();
  await window.new({ label: "a", width: 300, cacheOnly: true });
  await window.setTitle("T", "a");
  await window.setSize(300, 200);
  await window.setPosition(-5.5, 0, "a");
  await window.setAlwaysOnTop(true);
  await window.setZoom(1.5);
  await window.setTheme("dark");
  await window.list();
  for (const name of ["focus", "show", "hide", "center", "print"]) await window[name]("a");
  assert.deepEqual(calls, [
    ["plugin:bridge|window_new", { options: {} }],
    ["plugin:bridge|window_new", { options: { label: "a", width: 300, cacheOnly: true } }],
    ["plugin:bridge|window_set_title", { title: "T", label: "a" }],
    ["plugin:bridge|window_set_size", { width: 300, height: 200 }],
    ["plugin:bridge|window_set_position", { x: -5.5, y: 0, label: "a" }],
    ["plugin:bridge|window_set_always_on_top", { on: true }],
    ["plugin:bridge|window_set_zoom", { factor: 1.5 }],
    ["plugin:bridge|window_set_theme", { theme: "dark" }],
    ["plugin:bridge|window_list", {}],
    ...["focus", "show", "hide", "center", "print"].map((name) => [`plugin:bridge|window_${name}`, { label: "a" }]),
  ]);
});

test("what is no argument is refused before anything is sent", async () => {
  const { Desktopr, calls } = openPage();
  const { window } = Desktopr;
  const invalid = refusal("bridge/invalid-argument", "window");
  await assert.rejects(window.new("settings"), invalid);
  await assert.rejects(window.setTitle(), invalid);
  await assert.rejects(window.setSize(NaN, 1), invalid);
  await assert.rejects(window.setSize(1), invalid);
  await assert.rejects(window.setPosition(Infinity, 0), invalid);
  await assert.rejects(window.setAlwaysOnTop(1), invalid);
  await assert.rejects(window.setZoom("1"), invalid);
  await assert.rejects(window.setTheme(), invalid);
  await assert.rejects(window.show(1), invalid);
  await assert.rejects(window.onCloseRequested(), invalid);
  assert.deepEqual(calls, []);
});

test("an app whose config opens no windows knows it beforehand", async () => {
  const { Desktopr, calls } = openPage({ bootstrap: { commands: ["window_list"], modules: ["core", "window"] } });
  assert.equal(Desktopr.supports("window.new"), false);
  await assert.rejects(Desktopr.window.new(), refusal("window/open-forbidden", "window"));
  const off = openPage({ bootstrap: { commands: [], modules: ["core"] } });
  await assert.rejects(off.Desktopr.window.new(), refusal("bridge/module-disabled", "window"));
  assert.deepEqual([...calls, ...off.calls], []);
});

test("before the window closes, every listener is asked, each time", async () => {
  const page = openPage();
  const asked = [];
  const answers = [undefined, false, Promise.resolve(false), true, null, 0];
  const unlisten = await page.Desktopr.window.onCloseRequested(() => asked.push(1) && answers[asked.length - 1]);
  const [watch] = page.calls.splice(0);
  assert.equal(watch[0], "plugin:bridge|window_watch_close");
  for (let question = 1; question <= answers.length; question += 1) page.push(0, question);
  await settle();
  const keeps = [false, true, true, false, false, false];
  const answered = page.calls.splice(0).map(([, args]) => args).sort((a, b) => a.question - b.question);
  assert.deepEqual(answered, keeps.map((keep, index) => ({ question: index + 1, keep })));

  unlisten();
  unlisten();
  await settle();
  assert.deepEqual(commandsOf(page), ["window_unwatch_close"]);
});

test("one listener that keeps the window is enough, and one that hangs or throws changes nothing", async () => {
  const page = openPage();
  const { window } = page.Desktopr;
  await window.onCloseRequested(() => new Promise(() => {}));
  const unlisten = await window.onCloseRequested(() => false);
  await window.onCloseRequested(() => {
    throw new Error("mine");
  });
  assert.deepEqual(commandsOf(page), ["window_watch_close"], "the native side is told once");
  page.push(0, 7);
  await settle();
  assert.deepEqual(page.calls.at(-1), ["plugin:bridge|window_answer_close", { question: 7, keep: true }]);
  assert.deepEqual(page.errors.map(({ message }) => message), ["mine"]);

  // Only the hanging one is left to wait for: no answer, and the native side's deadline.
  unlisten();
  page.push(0, 8);
  await settle();
  assert.equal(page.calls.length, 2);
});

test("a listener that comes right after the last one went is told in this order", async () => {
  const page = openPage();
  const unlisten = await page.Desktopr.window.onCloseRequested(() => {});
  unlisten();
  await page.Desktopr.window.onCloseRequested(() => false);
  assert.equal(commandsOf(page).at(-1), "window_watch_close");
});

test("a listener that the native side refuses is forgotten", async () => {
  const page = openPage({ answer: () => { throw "not allowed by ACL"; } });
  await assert.rejects(page.Desktopr.window.onCloseRequested(() => {}), refusal("bridge/not-allowed", "window"));
});

test("in a browser, a tab titles and prints itself, and knows no other window", async (t) => {
  const origin = await serve(t, { "/": "<!doctype html><title>SDK</title>" });
  const tab = await openSdkTab(await (await startBrowser(t)).newContext(), origin);
  const seen = await tab.evaluate(async () => {
    const { Desktopr } = globalThis.sdk;
    const { window: api } = Desktopr;
    let printed = 0;
    window.print = () => (printed += 1);
    await api.setTitle("Mine");
    await api.print();
    const codes = await Promise.all(
      [api.setTitle("x", "a"), api.close("a"), api.new(), api.list()].map((call) => call.catch(({ code }) => code)),
    );
    const supported = ["print", "setTitle", "close", "new"].filter((name) => Desktopr.supports(`window.${name}`));
    return { title: document.title, printed, codes, supported };
  });
  assert.deepEqual(seen, {
    title: "Mine",
    printed: 1,
    codes: Array(4).fill("bridge/unavailable"),
    supported: ["print", "setTitle", "close"],
  });
});
