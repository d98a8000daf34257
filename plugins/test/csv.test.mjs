// The plugin csv with a table larger than the memory that it may have: each number is computed here once more, in another way.
import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { answerOf, plugin } from "./support.mjs";

/** The default limit of a plugin's memory, in bytes. */
const MEMORY = 64 << 20;

/** Rows of a table by the rules of RFC 4180. */
function rows(text) {
  const rows = [[]];
  let at = 0;
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (text[at] === '"') at += 1;
        field += text[at];
      }
      at += 1;
    } else {
      const from = at;
      while (at < text.length && text[at] !== "," && text[at] !== "\n") at += 1;
      field = text.slice(from, at);
    }
    rows.at(-1).push(field);
    if (text[at] === "\n" && at + 1 < text.length) rows.push([]);
    at += 1;
  }
  return rows;
}

test("a table of 50 MB goes through within the default memory", async () => {
  const { raw, storage } = plugin("csv");
  const run = async (fn, args) => {
    const ran = await raw(JSON.stringify({ fn, args }));
    assert(ran.memory < MEMORY, `${fn} has used ${ran.memory} bytes`);
    const answer = answerOf(ran);
    assert(answer.ok, answer.error);
    return answer.value;
  };
  const made = await run("generate", { rows: 700_000, path: "big.csv" });
  assert.equal(made.bytes, statSync(join(storage, "big.csv")).size);
  assert(made.bytes > 50e6, `${made.bytes}`);

  const told = await run("import", { path: "big.csv" });
  assert.deepEqual([told.rows, told.bytes, told.ragged], [700_000, made.bytes, 0]);
  const column = Object.fromEntries(told.columns.map((column) => [column.name, column]));
  assert.deepEqual([column.id.type, column.id.min, column.id.max, column.id.mean], ["integer", 1, 700_000, 350_000.5]);
  assert(Math.abs(column.id.distinct / 700_000 - 1) < 0.05, `${column.id.distinct}`);
  assert.deepEqual([column.city.type, column.city.distinct], ["text", 8]);

  const filtered = await run("filter", { path: "big.csv", column: "amount", op: ">=", value: 9990, output: "out/large.csv" });
  const large = rows(String(readFileSync(join(storage, "out/large.csv"))));
  assert.equal(large.length, filtered.written + 1);
  assert(large.slice(1).every((row) => row.length === 7 && Number(row[3]) >= 9990));

  await run("top", { path: "big.csv", column: "amount", count: 20, output: "top.csv" });
  const best = large.slice(1).sort((a, b) => Number(b[3]) - Number(a[3]) || Number(a[0]) - Number(b[0])).slice(0, 20);
  assert.deepEqual(rows(String(readFileSync(join(storage, "top.csv")))).slice(1), best);
});

test("a small table is told exactly", async () => {
  const { value, storage } = plugin("csv");
  await value("generate", [2_000, "small.csv"]);
  const [header, ...table] = rows(String(readFileSync(join(storage, "small.csv"))));
  const told = await value("import", ["small.csv"]);
  assert.equal(table.length, 2_000);
  for (const [place, name] of header.entries()) {
    const all = table.map((row) => row[place]);
    const values = all.filter((value) => value !== "");
    const column = told.columns[place];
    assert.deepEqual([column.name, column.count, column.nulls], [name, values.length, all.length - values.length]);
    if (column.mean !== null) {
      const numbers = values.map(Number);
      const mean = numbers.reduce((sum, number) => sum + number) / numbers.length;
      assert(Math.abs(column.mean - mean) < 1e-6, name);
      assert.deepEqual([column.min, column.max], [Math.min(...numbers), Math.max(...numbers)]);
    }
    const distinct = new Set(values).size;
    assert(Math.abs(column.distinct - distinct) <= 0.05 * distinct, `${name}: ${column.distinct}, not ${distinct}`);
  }
  assert.deepEqual(told.columns.map((column) => column.type), ["integer", "text", "text", "number", "date", "boolean", "text"]);
});

test("tables as they are found", async () => {
  const { value, error, storage } = plugin("csv");
  const table = (text) => writeFileSync(join(storage, "t.csv"), text);
  table("a;b\n1;x\n2\n3;y;z\n");
  const told = await value("import", { path: "t.csv", delimiter: ";" });
  assert.deepEqual([told.rows, told.ragged], [3, 2]);
  assert.deepEqual(told.columns.map((column) => [column.type, column.nulls]), [["integer", 0], ["text", 1]]);
  table("");
  assert.deepEqual(await value("import", ["t.csv"]), { rows: 0, bytes: 0, ragged: 0, columns: [] });
  table("name,size\nb,2\na,10\nc,x\n");
  // A table may take the place of the one that it is made from.
  await value("top", { path: "t.csv", column: "size", count: 5, output: "./t.csv" });
  assert.equal(String(readFileSync(join(storage, "t.csv"))), "name,size\na,10\nb,2\n");
  await value("filter", ["t.csv", "name", "=", "b", "one.csv"]);
  assert.equal(String(readFileSync(join(storage, "one.csv"))), "name,size\nb,2\n");
  assert.equal(await error("filter", ["t.csv", "nam", "=", "b", "x.csv"]), "no column `nam`, only: name, size");
  assert.match(await error("filter", ["t.csv", "name", "~", "b", "x.csv"]), /^`op` is none of/);
  assert.match(await error("import", ["missing.csv"]), /^cannot open missing.csv: /);
});
