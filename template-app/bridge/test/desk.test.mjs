/**
 * Clipboard and shortcuts: what the script sends, and the accelerators of plain browsers, which are those of the runtime.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/fake-page.mjs";
import { Desktopr } from "../dist/index.js";

test("a picture is read over its stream, and nothing is null", async () => {
  const picture = openPage({
    answer: (command) => {
      if (command === "clipboard_read_image") return { width: 1, height: 1, stream: 7, size: 4 };
      if (command === "core_takes_bytes") return true;
      return new Uint8Array([1, 2, 3, 4]).buffer;
    },
  });
  const { width, height, rgba } = await picture.Desktopr.clipboard.readImage();
  assert.deepEqual([width, height, ...rgba], [1, 1, 1, 2, 3, 4]);
  const nothing = openPage({ answer: () => null });
  assert.equal(await nothing.Desktopr.clipboard.readImage(), null);
});

test("pictures are bytes, and listeners functions", async () => {
  const { Desktopr } = openPage();
  for (const image of [undefined, null, "text", { width: 1, height: 1 }, { rgba: [1] }]) {
    await assert.rejects(Desktopr.clipboard.writeImage(image), { code: "bridge/invalid-argument" });
  }
  await assert.rejects(Desktopr.shortcuts.register("Ctrl+K"), { code: "bridge/invalid-argument" });
  await assert.rejects(Desktopr.globalShortcut.register("Ctrl+K"), { code: "bridge/invalid-argument" });
});

test("without a desktop, the modules refuse and never throw", async () => {
  for (const call of [
    () => Desktopr.clipboard.readText(),
    () => Desktopr.clipboard.readImage(),
    () => Desktopr.badge.set(1),
    () => Desktopr.notifications.show("x"),
    () => Desktopr.globalShortcut.register("Ctrl+K", () => {}),
    () => Desktopr.shortcuts.register("Ctrl+K", () => {}),
  ]) {
    await assert.rejects(call(), { code: "bridge/unavailable" });
  }
  assert.equal(await Desktopr.notifications.state(), "denied");
  await assert.rejects(Desktopr.badge.set(-1), { code: "bridge/invalid-argument" });
});
