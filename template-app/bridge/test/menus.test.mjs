/**
 * The modules `menu`, `contextMenu` and `tray`: what is sent, how it fails, and what browsers have of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, refusal } from "./support/fake-page.mjs";
import { openSdkTab, serve, startBrowser } from "./support/browser.mjs";

const INDEX = "<!doctype html><title>Menus</title><main id=all class='a b'><p>text</p><button>push</button></main>";
const CONFIG = { file: { items: [{ type: "custom", id: "a", label: "A" }] } };

test("each function sends its command", async () => {
  const { Desktopr, calls } = openPage({ answer: (command) => (command === "context_menu_show" ? "a" : null) });
  await Desktopr.menu.init.fromConfig(CONFIG);
  await Desktopr.menu.init.fromJson("{}");
  await Desktopr.menu.init.fromJsonFile("menu.json");
  await Desktopr.menu.setEnabled("a", false);
  await Desktopr.menu.setChecked("a", true);
  await Desktopr.menu.setLabel("a", "A");
  await Desktopr.menu.setLabel("a", { de: "A" });
  assert.equal(await Desktopr.contextMenu.show([{ type: "separator" }], { at: { x: 1, y: 2 } }), "a");
  assert.equal(await Desktopr.tray.set({ title: "T" }), undefined);
  await Desktopr.tray.set();
  await Desktopr.tray.remove();
  assert.deepEqual(calls, [
    ["plugin:bridge|menu_init_from_config", { config: CONFIG }],
    ["plugin:bridge|menu_init_from_json", { text: "{}" }],
    ["plugin:bridge|menu_init_from_json_file", { file: "menu.json" }],
    ["plugin:bridge|menu_set_enabled", { id: "a", on: false }],
    ["plugin:bridge|menu_set_checked", { id: "a", on: true }],
    ["plugin:bridge|menu_set_label", { id: "a", label: "A" }],
    ["plugin:bridge|menu_set_label", { id: "a", label: { de: "A" } }],
    ["plugin:bridge|context_menu_show", { entries: [{ type: "separator" }], options: { at: { x: 1, y: 2 } } }],
    ["plugin:bridge|tray_set", { options: { title: "T" } }],
    ["plugin:bridge|tray_set", {}],
    ["plugin:bridge|tray_remove", {}],
  ]);
});

test("wrong arguments are refused, and what is off is known", async () => {
  const { Desktopr, calls } = openPage({ bootstrap: { unsupported: ["events.onTrayIconEvent"] } });
  const invalid = (module) => refusal("bridge/invalid-argument", module);
  await assert.rejects(Desktopr.menu.init.fromConfig("file"), invalid("menu"));
  await assert.rejects(Desktopr.menu.setEnabled("a", 1), invalid("menu"));
  await assert.rejects(Desktopr.contextMenu.show({}), invalid("menu"));
  await assert.rejects(Desktopr.contextMenu.handler.init(), invalid("menu"));
  await assert.rejects(Desktopr.tray.set("icon.png"), invalid("tray"));
  await assert.rejects(Desktopr.events.onTrayIconEvent(() => {}), refusal("events/unsupported", "events"));
  assert.deepEqual(calls, []);
  const names = ["menu.init.fromConfig", "contextMenu.show", "contextMenu.handler.init", "events.onMenuEvent", "tray.set"];
  assert.deepEqual(names.filter(Desktopr.supports), names);
  assert.equal(Desktopr.supports("events.onTrayIconEvent"), false);
});

test("clicks in the menu reach those who listen", async () => {
  const page = openPage();
  const seen = [];
  const unlisten = await page.Desktopr.events.onMenuEvent((item) => seen.push(item.id));
  page.send("menu:event", { id: "a", section: "file" });
  unlisten();
  page.send("menu:event", { id: "b", section: "file" });
  assert.deepEqual(seen, ["a"]);
});

test("in a browser, right clicks are told, and the rest says that it is not there", async (t) => {
  const origin = await serve(t, { "/": INDEX });
  const tab = await openSdkTab(await (await startBrowser(t)).newContext(), origin);
  const refused = await tab.evaluate(async () => {
    const { menu, contextMenu, tray, supports } = globalThis.sdk.Desktopr;
    globalThis.seen = [];
    addEventListener("contextmenu", (event) => globalThis.seen.push(event.defaultPrevented));
    await contextMenu.handler.init(() => globalThis.seen.push("old"));
    await contextMenu.handler.init(({ event, ...details }) => globalThis.seen.push(details));
    const calls = [menu.init.fromConfig({}), menu.setEnabled("a", true), contextMenu.show([]), tray.set(), tray.remove()];
    const codes = calls.map((call) => call.catch(({ code, module }) => `${code} of ${module}`));
    return [await Promise.all(codes), supports("contextMenu.handler.init"), supports("contextMenu.show")];
  });
  const codes = ["menu", "menu", "menu", "tray", "tray"].map((module) => `bridge/unavailable of ${module}`);
  assert.deepEqual(refused, [codes, true, false]);
  await tab.click("p", { button: "right" });
  await tab.click("button", { button: "right", modifiers: ["Alt"] });
  const seen = await tab.evaluate(async () => {
    await globalThis.sdk.Desktopr.contextMenu.handler.remove();
    return globalThis.seen;
  });
  const picked = seen.filter((entry) => typeof entry === "object").map(({ targetTag, parentActionable, altKey }) => [targetTag, parentActionable, altKey]);
  assert.deepEqual(picked, [
    ["p", false, false],
    ["button", true, true],
  ]);
  assert.ok(!seen.includes("old"));
  await tab.click("#all", { button: "right", position: { x: 1, y: 1 } });
  const after = await tab.evaluate(() => globalThis.seen.slice(-1));
  assert.deepEqual(after, [false], "nobody prevents it any more");
});
