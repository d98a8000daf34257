/**
 * The desk's modules in a plain browser, in a real one: keys, clipboard, notifications, the number at the icon.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openSdkTab, serve, startBrowser } from "./support/browser.mjs";

/** What the runtime reads in accelerators; `cargo xtask codegen` writes it. */
const ACCELERATORS = JSON.parse(readFileSync(new URL("accelerators.json", import.meta.url)));
const PAGE = "<!doctype html><title>SDK</title><input id=field>";

async function open(t, permissions = [], platform = "Linux x86_64") {
  const browser = await startBrowser(t);
  const origin = await serve(t, { "/": PAGE });
  const context = await browser.newContext({ permissions });
  await context.addInitScript((name) => {
    Object.defineProperty(navigator, "platform", { get: () => name });
  }, platform);
  return openSdkTab(context, origin);
}

/** Registers each text, plays the strokes that the runtime reads in it, and gives the texts that went another way. */
function wrongOnes(tab, cases) {
  return tab.evaluate(async (given) => {
    const { shortcuts } = globalThis.sdk.Desktopr;
    const press = ([held, code]) => {
      const letter = /^Key(.)$/.exec(code);
      const modifiers = { shiftKey: !!(held & 1), ctrlKey: !!(held & 2), altKey: !!(held & 4), metaKey: !!(held & 8) };
      dispatchEvent(new KeyboardEvent("keydown", { code, key: letter ? letter[1].toLowerCase() : "Unidentified", ...modifiers }));
    };
    const wrong = [];
    for (const { text, strokes } of given) {
      let heard = 0;
      const registered = await shortcuts.register(text, () => (heard += 1)).catch(({ code }) => code);
      if (typeof registered === "string") {
        if (strokes !== null || registered !== "shortcuts/invalid-accelerator") wrong.push([text, registered]);
        continue;
      }
      strokes?.forEach(press);
      registered();
      strokes?.forEach(press);
      if (strokes === null || heard !== 1) wrong.push([text, heard]);
    }
    return wrong;
  }, cases);
}

for (const [system, platform] of [["other", "Linux x86_64"], ["macos", "MacIntel"]]) {
  test(`accelerators are read as the runtime reads them: ${system}`, async (t) => {
    const tab = await open(t, [], platform);
    const cases = ACCELERATORS.map((known) => ({ text: known.text, strokes: known[system] }));
    assert.ok(cases.length > 150, `${cases.length} cases`);
    assert.deepEqual(await wrongOnes(tab, cases), []);
  });
}

test("keys that are pressed one after the other, and none while somebody types", async (t) => {
  const tab = await open(t);
  await tab.evaluate(async () => {
    globalThis.heard = [];
    const { shortcuts } = globalThis.sdk.Desktopr;
    await shortcuts.register("Ctrl+K Ctrl+C", () => globalThis.heard.push("sequence"));
    await shortcuts.register("G", () => globalThis.heard.push("letter"));
  });
  const heard = () => tab.evaluate(() => globalThis.heard.splice(0));
  await tab.keyboard.press("Control+k");
  await tab.keyboard.press("Control+c");
  await tab.keyboard.press("g");
  assert.deepEqual(await heard(), ["sequence", "letter"]);
  await tab.focus("#field");
  await tab.keyboard.press("g");
  await tab.keyboard.press("Control+k");
  await tab.keyboard.press("Control+c");
  assert.deepEqual(await heard(), ["sequence"]);
  assert.equal(await tab.inputValue("#field"), "g");
});

test("the clipboard carries text, HTML and pixels", async (t) => {
  const tab = await open(t, ["clipboard-read", "clipboard-write"]);
  const carried = await tab.evaluate(async () => {
    const { clipboard, supports } = globalThis.sdk.Desktopr;
    await clipboard.writeText("grüße");
    const text = await clipboard.readText();
    await clipboard.writeHtml("<b>42</b>", "42");
    const [html, plain] = [await clipboard.readHtml(), await clipboard.readText()];
    await clipboard.writeImage({ width: 2, height: 1, rgba: new Uint8Array([255, 0, 0, 255, 0, 0, 255, 255]) });
    const { width, height, rgba } = await clipboard.readImage();
    return { text, html, plain, image: [width, height, ...rgba], there: supports("clipboard.readImage") };
  });
  assert.match(carried.html, /<b>42<\/b>/);
  assert.deepEqual({ ...carried, html: "" }, {
    text: "grüße",
    html: "",
    plain: "42",
    image: [2, 1, 255, 0, 0, 255, 0, 0, 255, 255],
    there: true,
  });
});

test("what the browser refuses is an error with a code", async (t) => {
  const tab = await open(t);
  const refused = await tab.evaluate(async () => {
    const { notifications, clipboard, globalShortcut, badge } = globalThis.sdk.Desktopr;
    const code = (call) => call.then(() => "ok", (error) => error.code);
    return [
      await notifications.state(),
      await code(notifications.show("x")),
      await code(clipboard.readText()),
      await code(globalShortcut.register("Ctrl+K", () => {})),
      await code(badge.set(1.5)),
    ];
  });
  assert.deepEqual(refused, [
    "denied",
    "notifications/unsupported",
    "clipboard/failed",
    "bridge/unavailable",
    "bridge/invalid-argument",
  ]);
});

test("a notification is the browser's own, and its click comes back", async (t) => {
  const tab = await open(t);
  const told = await tab.evaluate(async () => {
    // A browser without a desktop shows none: what it is asked for is looked at instead.
    const made = [];
    globalThis.Notification = class {
      static permission = "granted";
      constructor(title, options) {
        made.push([title, options]);
        setTimeout(() => this.onclick());
      }
    };
    const { notifications } = globalThis.sdk.Desktopr;
    const clicked = new Promise((resolve) => notifications.onClick(resolve));
    const shown = await notifications.show({ title: "New", body: "Text", tag: "chat", actions: [] });
    return { made, shown, click: await clicked };
  });
  assert.deepEqual(told, {
    made: [["New", { body: "Text", tag: "chat" }]],
    shown: { shown: true, id: 1, actions: false },
    click: { id: 1, tag: "chat", action: "default" },
  });
});
