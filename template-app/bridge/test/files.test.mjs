/**
 * The modules `files` and `downloads`, and dropped files: in the app over a native side that the test plays, and in a browser.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSdkTab, serve, startBrowser } from "./support/browser.mjs";
import { commandsOf, openPage, refusal } from "./support/fake-page.mjs";

const PICKED = { id: 7, name: "a.txt", path: "/home/me/a.txt", size: 5, isDirectory: false };
const FOLDER = { id: 8, name: "in", path: "/home/me/in", size: 0, isDirectory: true };
const HELLO = new TextEncoder().encode("hello");

/** A native side whose user picks `picked`; what is written ends up in `written`. */
function nativeSide({ picked = [PICKED], rejected = [], bytes = HELLO, written = [] } = {}) {
  return (command, args, body) => {
    switch (command) {
      case "files_open":
        return { picked, rejected };
      case "files_save":
        return picked[0] ?? null;
      case "files_read":
        return { stream: 70, size: bytes.length };
      case "files_write":
        return 71;
      case "stream_read":
        return args.base64 ? Buffer.from(bytes).toString("base64") : bytes.slice().buffer;
      case "stream_write":
        written.push(Buffer.from(body ?? Buffer.from(args.base64, "base64")).toString());
        return null;
      case "files_entries":
        return [{ name: "b.txt", path: "b.txt", isFile: true, isDirectory: false, size: 1, modifiedMs: 1000 }];
      case "files_get":
        return { ...PICKED, id: 9, name: args.path };
      default:
        return null;
    }
  };
}

test("what the user picked comes as handles, whose calls go by number", async () => {
  for (const slow of [false, true]) {
    const written = [];
    const page = openPage({ answer: nativeSide({ written, rejected: [{ name: "b.exe", reason: "type" }] }), slow });
    const opened = await page.Desktopr.files.open({ multi: true, allowed: ["txt"], maxBytes: 10 });
    assert.deepEqual(page.calls[0][1], {
      options: { multi: true, allowed: ["txt"], maxBytes: 10 },
    });
    assert.deepEqual([...opened.files], ["/home/me/a.txt"]);
    assert.equal(opened.rejected[0].reason, "type");
    const [file] = opened.handles;
    assert.ok(Object.isFrozen(file));
    assert.deepEqual([file.kind, file.name, file.path, file.size], ["file", "a.txt", "/home/me/a.txt", 5]);
    assert.equal(await file.readText(), "hello");
    await file.write("new");
    await file.append(new TextEncoder().encode(" more").buffer);
    assert.deepEqual(written, ["new", " more"]);
    await file.close();
    const told = page.calls.filter(([command]) => command.includes("files_")).map(([, args]) => args);
    assert.deepEqual(told.slice(1), [{ id: 7 }, { id: 7, append: false }, { id: 7, append: true }, { id: 7 }]);
    // No path ever travels back.
    assert.ok(!JSON.stringify(page.calls).includes("/home/me"));
  }
});

test("nothing picked is an empty list, an empty path or null", async () => {
  const { Desktopr } = openPage({ answer: nativeSide({ picked: [] }) });
  const { files, handles, rejected } = await Desktopr.files.open();
  assert.deepEqual([[...files], [...handles], [...rejected]], [[], [], []]);
  assert.equal((await Desktopr.files.openWithBytes()).files.length, 0);
  assert.equal(await Desktopr.files.save("a.txt", { text: "hello" }), "");
  assert.equal(await Desktopr.files.saveHandle(), null);
});

test("bytes and text are read and written at once where a page wants no handle", async () => {
  const written = [];
  const page = openPage({ answer: nativeSide({ written }) });
  const { files } = await page.Desktopr.files.openWithBytes();
  assert.deepEqual([files[0].name, files[0].path, Buffer.from(files[0].bytes).toString()], [
    "a.txt",
    "/home/me/a.txt",
    "hello",
  ]);
  assert.equal(await page.Desktopr.files.save("a.txt", { text: "" }), "/home/me/a.txt");
  assert.equal(await page.Desktopr.files.save("a.txt", { bytes: HELLO, title: "Save it" }), "/home/me/a.txt");
  assert.equal(await page.Desktopr.files.save("a.txt"), "/home/me/a.txt");
  assert.deepEqual(written, ["hello"]);
  const finished = commandsOf(page).filter((command) => command === "stream_finish").length;
  assert.equal(finished, 2, "an empty file is written too");
  const saves = page.calls.filter(([command]) => command.endsWith("files_save")).map(([, args]) => args);
  assert.deepEqual(saves[1], { name: "a.txt", options: { title: "Save it" } });
  const closed = commandsOf(page).filter((command) => command === "files_close").length;
  assert.equal(closed, 4, "no handle stays open");
});

test("a folder is looked into", async () => {
  const page = openPage({ answer: nativeSide({ picked: [FOLDER] }) });
  const { handles } = await page.Desktopr.files.open({ directory: true });
  const [folder] = handles;
  assert.equal(folder.kind, "directory");
  const [entry] = await folder.entries("sub");
  assert.deepEqual([entry.name, entry.lastModified.getTime()], ["b.txt", 1000]);
  assert.equal(await (await folder.file("b.txt")).readText(), "hello");
  await assert.rejects(folder.entries(1), refusal("bridge/invalid-argument", "files"));
});

test("wrong options and texts that are none are refused", async () => {
  const page = openPage({ answer: nativeSide({ bytes: Uint8Array.of(0xff, 0xfe) }) });
  const { files } = page.Desktopr;
  for (const options of [1, [], null]) {
    await assert.rejects(files.open(options), refusal("bridge/invalid-argument", "files"));
  }
  await assert.rejects(files.save(1), refusal("bridge/invalid-argument", "files"));
  assert.deepEqual(page.calls, []);
  const [file] = (await files.open()).handles;
  await assert.rejects(file.readText(), refusal("files/not-utf8", "files"));
  await assert.rejects(file.write(1), refusal("bridge/invalid-argument", "files"));
});

test("dropped files come as handles", async () => {
  const page = openPage({ answer: nativeSide() });
  const seen = [];
  const unlisten = await page.Desktopr.events.onDragDrop((event, drop) => seen.push([event, drop]));
  assert.deepEqual(page.calls.at(-1), ["plugin:bridge|files_accept_drops", {}]);
  const empty = { names: [], paths: [], files: [], rejected: [] };
  page.send("dragdrop:enter", { ...empty, kind: "enter", names: ["a.txt"], position: { x: 1, y: 2 } });
  page.send("dragdrop:hover", { ...empty, kind: "hover", position: { x: 1, y: 2 } });
  page.send("dragdrop:drop", {
    ...empty,
    kind: "drop",
    names: ["a.txt", "in"],
    paths: ["/home/me/a.txt", "/home/me/in"],
    files: [PICKED, FOLDER],
  });
  assert.deepEqual(seen.map(([event]) => event), ["dragdrop:enter", "dragdrop:drop"]);
  const { files, paths } = seen[1][1];
  assert.deepEqual(files.map(({ kind }) => kind), ["file", "directory"]);
  assert.deepEqual([...paths], ["/home/me/a.txt", "/home/me/in"]);
  assert.equal(await files[0].readText(), "hello");
  unlisten();
  page.send("dragdrop:cancel", { ...empty, kind: "cancel" });
  assert.equal(seen.length, 2);
  await assert.rejects(page.Desktopr.events.onDragDrop("x"), refusal("bridge/invalid-argument", "events"));
});

test("downloads are listed, told and stopped, as far as the system goes", async () => {
  const page = openPage();
  const seen = [];
  await page.Desktopr.downloads.onStart(({ id }) => seen.push(["start", id]));
  await page.Desktopr.downloads.onProgress(({ id }) => seen.push(["progress", id]));
  await page.Desktopr.downloads.onDone(({ id }) => seen.push(["done", id]));
  for (const event of ["start", "progress", "done"]) page.send(`download:${event}`, { id: 1 });
  assert.deepEqual(seen, [["start", 1], ["progress", 1], ["done", 1]]);
  await page.Desktopr.downloads.list();
  await page.Desktopr.downloads.reveal(1);
  await page.Desktopr.downloads.cancel(1);
  assert.deepEqual(commandsOf(page).slice(-3), ["downloads_list", "downloads_reveal", "downloads_cancel"]);
  for (const id of ["1", NaN, null, undefined]) {
    await assert.rejects(page.Desktopr.downloads.cancel(id), refusal("bridge/invalid-argument", "downloads"));
  }

  const other = openPage({ bootstrap: { unsupported: ["downloads.cancel", "downloads.onProgress"] } }).Desktopr;
  const known = ["downloads.list", "downloads.onDone", "downloads.cancel", "downloads.onProgress"].map(other.supports);
  assert.deepEqual(known, [true, true, false, false]);
  await assert.rejects(other.downloads.onProgress(() => {}), refusal("downloads/unsupported", "downloads"));
});

test("in a browser, files come from an input element and go to a download", async (t) => {
  const browser = await startBrowser(t);
  const origin = await serve(t, { "/": "<!doctype html><title>SDK</title>" });
  const tab = await openSdkTab(await browser.newContext(), origin);
  const pick = async (options, files) => {
    const chooser = tab.waitForEvent("filechooser");
    const opened = tab.evaluate(async (given) => {
      const { handles, rejected } = await globalThis.sdk.Desktopr.files.open(given);
      const file = handles[0];
      const refused = await file?.write("x").catch(({ code }) => code);
      return { names: handles.map(({ name }) => name), rejected, text: await file?.readText(), refused };
    }, options);
    await (await chooser).setFiles(files.map(([name, mimeType, text]) => ({ name, mimeType, buffer: Buffer.from(text) })));
    return opened;
  };
  assert.deepEqual(await pick({ multi: true, allowed: ["csv", "image/*"], maxBytes: 4 }, [
    ["a.csv", "text/csv", "a,b"],
    ["b.txt", "text/plain", "x"],
    ["c.png", "image/png", "large one"],
  ]), {
    names: ["a.csv"],
    rejected: [{ name: "b.txt", reason: "type" }, { name: "c.png", reason: "too-large" }],
    text: "a,b",
    refused: "bridge/unavailable",
  });
  const there = await tab.evaluate(() => {
    const names = ["files", "files.open", "files.openWithBytes", "files.save", "files.saveHandle", "window.fullscreen", "tray"];
    return names.map(globalThis.sdk.Desktopr.supports);
  });
  const [picker, fullscreen] = await tab.evaluate(() => [typeof showSaveFilePicker === "function", document.fullscreenEnabled]);
  assert.deepEqual(there, [true, true, true, true, picker, fullscreen, false]);
  const download = tab.waitForEvent("download");
  const saved = await tab.evaluate(() => globalThis.sdk.Desktopr.files.save("out.txt", { text: "saved" }));
  assert.equal(saved, "out.txt");
  assert.equal((await download).suggestedFilename(), "out.txt");
  const codes = await tab.evaluate(async () => {
    const { files, downloads } = globalThis.sdk.Desktopr;
    const code = (call) => call.then(() => "ok", (error) => error.code);
    const refused = [await code(files.open({ directory: true })), await code(downloads.list())];
    Object.defineProperty(navigator, "userActivation", { value: { isActive: false } });
    return [...refused, await code(files.open())];
  });
  assert.deepEqual(codes, ["bridge/unavailable", "bridge/unavailable", "bridge/not-allowed"]);
});
