/**
 * Files of the app's own against a native side that the test plays: what is sent, how large contents travel, and how streams and
 * watches end.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsOf, openPage, refusal } from "./support/fake-page.mjs";

const PIECE = 1024 * 1024;
const MIB = 1024 * 1024;
/** Without the prototypes of the page's realm. */
const plain = (value) => structuredClone(value);
const pattern = (length) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251);

/** A native side with one file, which counts what is open. */
function fakeFiles({ content = new Uint8Array(0), slow = false, failAt = Number.POSITIVE_INFINITY } = {}) {
  const open = new Map();
  const files = { content, closed: 0, finished: 0, open };
  let next = 1;
  const answers = {
    fs_read_bytes: (args) => whole(args, slow ? PIECE : 64 * MIB),
    fs_read_text: (args) => {
      const answer = whole(args, PIECE);
      return "stream" in answer ? answer : new TextDecoder().decode(files.content);
    },
    fs_write_bytes: (_, bytes) => {
      files.content = bytes.slice();
    },
    fs_read_stream({ offset = 0, length }) {
      const part = files.content.subarray(offset, length === undefined ? undefined : offset + length);
      return { stream: add({ left: part }), size: part.length };
    },
    fs_write_stream: ({ append }) => ({ stream: add({ written: append ? [files.content] : [], calls: 0 }), size: 0 }),
    stream_read({ id, base64 }) {
      const stream = open.get(id);
      if (!stream) throw { code: "bridge/stream-closed", message: "closed", module: "bridge" };
      const piece = stream.left.slice(0, PIECE);
      stream.left = stream.left.subarray(PIECE);
      if (piece.length < PIECE) open.delete(id);
      return base64 ? Buffer.from(piece).toString("base64") : piece.buffer;
    },
    stream_write({ id, base64 }, bytes) {
      const stream = open.get(id);
      stream.calls += 1;
      if (stream.calls > failAt) {
        open.delete(id);
        throw { code: "fs/quota-exceeded", message: "full", module: "fs" };
      }
      const piece = base64 === undefined ? bytes.slice() : Uint8Array.from(Buffer.from(base64, "base64"));
      assert.ok(piece.length <= PIECE && piece.length > 0);
      stream.written.push(piece);
      return null;
    },
    stream_finish({ id }) {
      files.content = new Uint8Array(Buffer.concat(open.get(id).written));
      files.finished += 1;
      open.delete(id);
      return null;
    },
    stream_close({ id }) {
      files.closed += open.delete(id) ? 1 : 0;
      return null;
    },
  };
  function whole({ base64 }, atOnce) {
    if (files.content.length > atOnce) return { stream: add({ left: files.content }), size: files.content.length };
    return base64 ? Buffer.from(files.content).toString("base64") : files.content.slice().buffer;
  }
  const add = (stream) => {
    open.set(next, stream);
    next += 1;
    return next - 1;
  };
  const page = openPage({ slow, answer: (command, args, bytes) => answers[command]?.(args, bytes) ?? null });
  return Object.assign(files, { page, fs: page.Desktopr.fs });
}

test("each scope sends its name", async () => {
  const answers = { fs_read_text: "", fs_list: { path: "", entries: [] }, fs_recover: "a (2)" };
  const { Desktopr, calls } = openPage({ answer: (command) => answers[command] ?? null });
  const { fs } = Desktopr;
  await fs.data.remove("a");
  await fs.cache.newDirectory("a");
  await fs.diagnostics.list();
  await fs.diagnostics.read("r");
  await fs.diagnostics.remove("r");
  await fs.diagnostics.clear();
  await fs.trash.exists("a");
  assert.equal(await fs.trash.recover("a"), "a (2)");
  await fs.trash.clear();
  assert.deepEqual(calls.map(([command, args]) => [command.replace("plugin:bridge|fs_", ""), args]), [
    ["remove", { scope: "data", path: "a" }],
    ["new_directory", { scope: "cache", path: "a" }],
    ["list", { scope: "diagnostics" }],
    ["read_text", { scope: "diagnostics", path: "r" }],
    ["remove", { scope: "diagnostics", path: "r" }],
    ["clear", { scope: "diagnostics" }],
    ["exists", { scope: "trash", path: "a" }],
    ["recover", { path: "a" }],
    ["clear", { scope: "trash" }],
  ]);
  assert.deepEqual(plain(await fs.paths()), { data: "data", cache: "cache", trash: "trash", diagnostics: "diagnostics" });
  assert.ok(Object.isFrozen(fs.base) && Object.isFrozen(fs.data));
});

test("what is supported goes by the scopes that are open", () => {
  const { supports } = openPage({ bootstrap: { fsScopes: ["data", "diagnostics"] } }).Desktopr;
  const on = ["fs", "fs.data", "fs.data.readBytes", "fs.data.watch", "fs.diagnostics.list", "fs.paths"];
  const off = ["fs.cache", "fs.cache.readBytes", "fs.trash.recover", "fs.pluginFs", "fs.diagnostics.writeText", "fs.data.x"];
  assert.deepEqual([on.filter((name) => !supports(name)), off.filter(supports)], [[], []]);
});

for (const slow of [false, true]) {
  const way = slow ? "as base64" : "as they are";

  test(`large contents travel in pieces, ${way}`, async () => {
    const content = pattern(slow ? 3 * PIECE + 5 : 65 * MIB);
    const files = fakeFiles({ slow });
    await files.fs.data.writeBytes("large", content);
    assert.ok(Buffer.from(files.content).equals(content));
    const back = await files.fs.data.readBytes("large");
    assert.ok(Buffer.from(back).equals(content));
    assert.equal(files.open.size, 0);
    const text = "ä".repeat(PIECE + 1);
    await files.fs.data.writeText("text", text);
    assert.equal(await files.fs.data.readText("text"), text);
    // Of a size that is a number of whole pieces.
    await files.fs.data.writeBytes("even", content.subarray(0, slow ? 2 * PIECE : 65 * MIB));
    assert.equal((await files.fs.data.readBytes("even")).length, slow ? 2 * PIECE : 65 * MIB);
    assert.equal(files.open.size, 0);
  });

  test(`streams give what there is and no more, ${way}`, async () => {
    const content = pattern(2 * PIECE + 7);
    const files = fakeFiles({ content, slow });
    const stream = await files.fs.data.readStream("x", { offset: 3, length: 2 * PIECE });
    assert.deepEqual(commandsOf(files.page), ["fs_read_stream"]);
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    assert.ok(Buffer.concat(pieces).equals(Buffer.from(content.subarray(3, 3 + 2 * PIECE))));
    assert.deepEqual([files.open.size, files.closed], [0, 0]);

    const reader = (await files.fs.data.readStream("x")).getReader();
    assert.equal((await reader.read()).value.length, PIECE);
    await reader.cancel();
    assert.deepEqual([files.open.size, files.closed], [0, 1]);
  });
}

test("a stream that is written sends whole pieces, and a copy of what it keeps", async () => {
  const files = fakeFiles();
  const writer = (await files.fs.data.writeStream("x")).getWriter();
  const line = pattern(1000);
  for (let index = 0; index < 3000; index += 1) {
    await writer.write(line);
    if (index === 0) line.fill(7);
  }
  await writer.write(new ArrayBuffer(2));
  await writer.close();
  assert.equal(commandsOf(files.page).filter((command) => command === "stream_write").length, 3);
  assert.deepEqual([files.content.length, files.content[1], files.content[1001], files.finished], [3_000_002, 31, 7, 1]);

  const appended = (await files.fs.data.writeStream("x", { append: true })).getWriter();
  await appended.write(line.subarray(0, 1));
  await appended.close();
  assert.equal(files.content.length, 3_000_003);
});

test("a stream that is given up or fails leaves nothing open", async () => {
  const files = fakeFiles({ content: pattern(10) });
  const aborted = (await files.fs.data.writeStream("x")).getWriter();
  await aborted.write(pattern(2 * PIECE));
  await aborted.abort(new Error("enough"));
  assert.deepEqual([files.open.size, files.closed, files.content.length], [0, 1, 10]);

  const full = fakeFiles({ failAt: 1 });
  const writer = (await full.fs.data.writeStream("x")).getWriter();
  await assert.rejects(writer.write(pattern(3 * PIECE)), refusal("fs/quota-exceeded", "fs"));
  await assert.rejects(writer.close());
  await assert.rejects(full.fs.data.writeBytes("x", pattern(65 * MIB)), refusal("fs/quota-exceeded", "fs"));
  assert.deepEqual([full.open.size, full.finished], [0, 0]);

  const wrong = (await files.fs.data.writeStream("x")).getWriter();
  await assert.rejects(wrong.write("text"), refusal("bridge/invalid-argument", "fs"));
  assert.equal(files.open.size, 0, "nobody can close it any more");
});

test("texts that are none, and halves of pairs", async () => {
  const files = fakeFiles({ content: new Uint8Array(2 * PIECE).fill(0xff) });
  await assert.rejects(files.fs.data.readText("x"), refusal("fs/not-utf8", "fs"));
  assert.equal(files.open.size, 0);
  await files.fs.data.writeText("x", "a\ud800b");
  const [command, args, bytes] = files.page.calls.at(-1);
  assert.deepEqual([command, args], ["plugin:bridge|fs_write_bytes", { scope: "data", path: "x" }]);
  assert.equal(Buffer.from(bytes).toString(), "a\ufffdb");
});

test("once the way is known, bytes are on it before the page can change them", async () => {
  const files = fakeFiles();
  const sent = [];
  const { invoke } = files.page.window.__TAURI_INTERNALS__;
  files.page.window.__TAURI_INTERNALS__.invoke = (command, args, options) => {
    // As `fetch` does, which takes its body when it is called.
    if (ArrayBuffer.isView(args)) sent.push([...args]);
    return invoke(command, args, options);
  };
  for (const round of [1, 2, 3]) {
    const mine = new Uint8Array([round, round]);
    const written = files.fs.data.writeBytes("x", mine);
    mine.fill(9);
    await written;
  }
  assert.deepEqual(sent.slice(1), [[1, 1], [2, 2], [3, 3]]);
});

test("a watch tells until it is stopped, and stops by itself at its end", async () => {
  let id = 0;
  const page = openPage({ answer: (command) => (command === "fs_watch" ? ++id : null) });
  const told = [];
  const stop = await page.Desktopr.fs.data.watch("a", ({ kind, path, from }) => {
    told.push([kind, path, from]);
    if (kind === "removed") throw new Error("of the page");
  }, { recursive: true });
  page.sendTo(0, 0, [{ kind: "created", path: "a/x" }, { kind: "removed", path: "a/y" }]);
  page.sendTo(0, 1, [{ kind: "renamed", path: "a/z", from: "a/x" }]);
  assert.deepEqual(told, [["created", "a/x", undefined], ["removed", "a/y", undefined], ["renamed", "a/z", "a/x"]]);
  assert.deepEqual(page.errors.map((error) => error.message), ["of the page"]);
  stop();
  stop();
  page.sendTo(0, 2, [{ kind: "created", path: "a/late" }]);
  assert.equal(told.length, 3);
  const over = await page.Desktopr.fs.cache.watch("b", () => {});
  page.sendTo(1, 0, []);
  over();
  const sent = page.calls.map(([command, { channel, ...args }]) => [command.replace("plugin:bridge|", ""), args]);
  assert.deepEqual(sent, [
    ["fs_watch", { scope: "data", path: "a", recursive: true }],
    ["fs_unwatch", { id: 1 }],
    ["fs_watch", { scope: "cache", path: "b" }],
    ["fs_unwatch", { id: 2 }],
  ]);
});

test("wrong arguments are refused before anything is sent", async () => {
  const { Desktopr, calls } = openPage();
  const { data, trash } = Desktopr.fs;
  const refused = [
    data.readStream(1),
    data.readStream("a", { offset: "1" }),
    data.readStream("a", { length: NaN }),
    data.readStream("a", "all"),
    data.writeStream("a", true),
    data.writeStream(),
    data.watch("a"),
    data.watch("a", "b"),
    data.watch("a", () => {}, 1),
    data.writeBytes("a", [1]),
    trash.recover(),
  ];
  for (const [index, call] of refused.entries()) {
    await assert.rejects(call, refusal("bridge/invalid-argument", "fs"), `call ${index}`);
  }
  assert.deepEqual(calls, []);
});
