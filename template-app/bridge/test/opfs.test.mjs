/**
 * Files in a plain browser: the origin's private file system takes the place of `fs.data` and `fs.cache`, with the rules and
 * errors of the app.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSdkTab, serve, startBrowser } from "./support/browser.mjs";

const INDEX = { "/": "<!doctype html><title>Files</title>" };

async function openTab(t) {
  const origin = await serve(t, INDEX);
  return openSdkTab(await (await startBrowser(t)).newContext(), origin);
}

test("in a browser, files are kept by the origin", async (t) => {
  const tab = await openTab(t);
  const told = await tab.evaluate(async () => {
    const { data, cache } = globalThis.sdk.Desktopr.fs;
    const names = async (path) => (await data.listContent(path)).map((entry) => entry.path);
    await data.writeText("notes/a.txt", "ä");
    await data.writeBytes("notes/b.bin", new Uint8Array([1, 2, 3]).buffer);
    await data.newDirectory("notes/empty");
    const seen = [await names("notes"), await data.readText("notes/./x/../a.txt"), [...(await data.readBytes("notes\\b.bin"))]];
    const { name, size, isFile, lastModified } = await data.stat("notes/b.bin");
    seen.push([name, size, isFile, Math.abs(Date.now() - lastModified) < 600_000]);
    await data.copy("notes", "copy", { recursive: true });
    await data.move("copy/a.txt", "moved.txt");
    await data.copy("moved.txt", "copy/b.bin", { overwrite: true });
    await data.move("copy", "notes", { overwrite: true });
    seen.push(await names(), await names("notes"), await data.readText("notes/b.bin"), await cache.exists("notes"));
    await data.remove("notes", true);
    const { bytes, entries, quota } = await data.usage();
    seen.push([bytes, entries, quota > 0], await data.exists("notes/b.bin"));
    await data.clear();
    return [...seen, await names()];
  });
  assert.deepEqual(told, [
    ["notes/a.txt", "notes/b.bin", "notes/empty"],
    "ä",
    [1, 2, 3],
    ["b.bin", 3, true, true],
    ["moved.txt", "notes"],
    ["notes/b.bin", "notes/empty"],
    "ä",
    false,
    [2, 1, true],
    false,
    [],
  ]);
});

test("in a browser, files travel as streams too, and appear when they are whole", async (t) => {
  const tab = await openTab(t);
  const told = await tab.evaluate(async () => {
    const { data } = globalThis.sdk.Desktopr.fs;
    const writer = (await data.writeStream("log")).getWriter();
    await writer.write(new Uint8Array([1, 2, 3]));
    await writer.close();
    const more = (await data.writeStream("log", { append: true })).getWriter();
    await more.write(new Uint8Array([4, 5]).buffer);
    await more.close();
    const half = (await data.writeStream("log")).getWriter();
    await half.write(new Uint8Array([9]));
    await half.abort();
    const never = (await data.writeStream("never")).getWriter();
    await never.abort();
    const stream = await data.readStream("log", { offset: 1, length: 3 });
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    return [[...bytes], (await data.stat("log")).size, await data.exists("never")];
  });
  assert.deepEqual(told, [[2, 3, 4], 5, false]);
});

test("in a browser, files have the errors of the app", async (t) => {
  const tab = await openTab(t);
  const told = await tab.evaluate(async () => {
    const { fs, supports } = globalThis.sdk.Desktopr;
    const { data } = fs;
    await data.writeText("file", "1");
    await data.writeText("folder/inner", "1");
    await data.writeBytes("bytes", new Uint8Array([0xff]));
    const calls = [
      ["fs/not-found", "readText", "gone"],
      ["fs/not-found", "stat", "gone/x"],
      ["fs/not-found", "remove", "gone"],
      ["fs/not-found", "move", "gone", "x"],
      ["fs/is-a-directory", "readText", "folder"],
      ["fs/is-a-directory", "writeText", "folder", ""],
      ["fs/is-a-directory", "writeText", "", ""],
      ["fs/is-a-directory", "copy", "folder", "x"],
      ["fs/not-a-directory", "listContent", "file"],
      ["fs/not-a-directory", "writeText", "file/x", ""],
      ["fs/already-exists", "newDirectory", "file"],
      ["fs/already-exists", "move", "file", "folder"],
      ["fs/already-exists", "copy", "file", "bytes"],
      ["fs/not-empty", "remove", "folder"],
      ["fs/not-utf8", "readText", "bytes"],
      ["fs/invalid-name", "writeText", "ab:c", ""],
      ["fs/invalid-name", "stat", "a."],
      ["fs/invalid-name", "stat", ".deskwright-copy.tmp"],
      ["fs/invalid-name", "exists", "n".repeat(256)],
      ["fs/invalid-name", "remove", "", true],
      ["fs/invalid-name", "move", "folder", "folder/x"],
      ["fs/invalid-name", "copy", "folder/inner", "folder", { overwrite: true }],
      ["fs/outside-scope", "readText", "../x"],
      ["fs/outside-scope", "stat", "/x"],
      ["fs/outside-scope", "stat", "C:x"],
      ["fs/outside-scope", "stat", "nul.txt"],
      ["fs/outside-scope", "exists", "a\0"],
      ["fs/outside-scope", "stat", "\\\\server\\share"],
      ["bridge/unavailable", "watch", "", () => {}],
      ["bridge/invalid-argument", "readText"],
      ["bridge/invalid-argument", "writeBytes", "x", "text"],
      ["bridge/invalid-argument", "readStream", "file", { offset: -1 }],
    ];
    const wrong = [];
    for (const [code, name, ...args] of calls) {
      // A wrong argument may be met before anything is begun.
      const call = async () => data[name](...args);
      const found = await call().then(() => "no error", (error) => error.code);
      if (found !== code) wrong.push([code, name, args.join(), found]);
    }
    const supported = ["fs.data.readBytes", "fs.cache", "fs.data.watch", "fs.trash.list", "fs.pluginFs"].map(supports);
    return [wrong, supported];
  });
  assert.deepEqual(told, [[], [true, true, false, false, false]]);
});
