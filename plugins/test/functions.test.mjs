// What the example plugins compute, by the built modules.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { plugin } from "./support.mjs";

test("template: arguments by name and by place, and files that stay", async () => {
  const { value, error, storage } = plugin("template");
  assert.equal(await value("greet", { name: "Ada" }), "Hello Ada");
  assert.equal(await value("divide", [20, 5]), 4);
  assert.equal(await error("divide", [20, 0]), "division by zero");
  assert.deepEqual(await value("writeFile", ["config/settings.json", "{}"]), { path: "config/settings.json", bytes: 2 });
  assert.equal(String(readFileSync(join(storage, "config/settings.json"))), "{}");
  assert.equal((await value("readFile", { path: "config/settings.json" })).contents, "{}");
});

test("math: as the guide shows it", async () => {
  const { raw, value, error } = plugin("math");
  const { stdout } = await raw('{"fn":"divide","args":{"a":20,"b":5}}');
  assert.equal(stdout, '{"ok":true,"value":4.0}\n');
  assert.equal(await value("add", [0.1, 0.2]), 0.1 + 0.2);
  assert.equal(await value("mean", { values: [1, 2, 6] }), 3);
  assert.equal(await value("fibonacci", { n: 25 }), 75025);
  assert.deepEqual(await value("primes", { limit: 10_000_000 }), { count: 664_579, largest: 9_999_991 });
  assert.equal(await error("add", { a: 1 }), "missing argument: `b`");
});

test("files: the storage from inside and from outside", async () => {
  const { value, error, storage } = plugin("files");
  assert.equal((await value("write", ["a/ż.txt", "one\n"])).bytes, 4);
  assert.equal((await value("append", ["a/ż.txt", "two\n"])).bytes, 8);
  writeFileSync(join(storage, "from-the-page.txt"), "three");
  assert.equal((await value("read", ["a/ż.txt"])).contents, "one\ntwo\n");
  assert.equal((await value("read", ["from-the-page.txt"])).contents, "three");
  assert.equal(await value("tree"), "├─ a/\n│  └─ ż.txt\n└─ from-the-page.txt");
  assert.deepEqual(await value("usage"), { files: 2, folders: 1, bytes: 13 });
  assert.equal((await value("list", ["a"])).entries[0].name, "ż.txt");
  assert.equal(await value("remove", ["a"]), true);
  assert.equal(await value("remove", ["a"]), false);
  for (const path of ["../outside.txt", "a/../../outside.txt"]) {
    assert.match(await error("read", [path]), /^cannot read /);
    assert.match(await error("write", [path, "x"]), /^cannot write /);
  }
  // The root of a path is the storage too.
  const other = plugin("files").storage;
  await value("write", [`${other}/x.txt`, "x"]);
  assert(existsSync(join(storage, other, "x.txt")) && !existsSync(join(other, "x.txt")));
});

test("wordcount-c: texts and files", async () => {
  const { value, error, storage } = plugin("wordcount-c");
  const text = "one two\nżółw 😀";
  const counts = { lines: 2, words: 4, characters: 14, bytes: 20, longest: 4 };
  assert.deepEqual(await value("count", { text }), counts);
  assert.deepEqual(await value("count", [text]), counts);
  mkdirSync(join(storage, "books"));
  writeFileSync(join(storage, "books/one.txt"), `${text}\n`.repeat(100_000));
  assert.deepEqual(await value("countFile", ["books/one.txt"]), {
    ...counts, lines: 200_000, words: 400_000, characters: 1_500_000, bytes: 2_100_000,
  });
  assert.equal(await error("countFile", ["books/two.txt"]), "cannot open: books/two.txt");
  assert.equal(await error("count", [1]), "not a text: text");
  for (const text of ["", "\u0000\u001f\u007f", "\\\"/\b\f\n\r\t", "\ud83d\ude00".repeat(1000)]) {
    assert.equal((await value("count", { text })).bytes, Buffer.byteLength(text));
  }
});

test("markdown-as: headings and their names", async () => {
  const { value, error } = plugin("markdown-as");
  assert.equal(await value("slugify", ["Héllo, World! – a_b"]), "héllo-world--a_b");
  const markdown = [
    "# One & \"two\"", "", "Under", "---", "```sh", "# no", "```", "## Same ##", "### Same", "#no", "- a", "---", "    # no",
  ].join("\n");
  const { headings, toc } = await value("toc", { markdown });
  assert.deepEqual(headings.map(({ level, text, slug, line }) => [level, text, slug, line]), [
    [1, 'One & "two"', "one--two", 1],
    [2, "Under", "under", 3],
    [2, "Same", "same", 8],
    [3, "Same", "same-1", 9],
  ]);
  assert.equal(toc.split("\n")[3], "    - [Same](#same-1)");
  assert.equal((await value("toc", [markdown, 1])).headings.length, 1);
  assert.equal((await value("slugify", ["\b\f\n\r\t\\/\u0001A"])), "a");
  assert.equal(await error("toc", {}), "missing argument: `markdown`");
});
