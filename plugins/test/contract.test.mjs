// What every plugin must do, whatever its language: one JSON object in, one line out, whatever comes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { answerOf, plugin } from "./support.mjs";

const PLUGINS = ["template", "math", "files", "csv", "wordcount-c", "markdown-as"];
/** Files that are the runtime contract: the same in every plugin in Rust, so that a cure in one is one in all. */
const RUNTIME = ["build.rs", ".gitignore", "src/main.rs", "src/arguments.rs"];

const here = (path) => readFileSync(new URL(`../${path}`, import.meta.url));

for (const name of PLUGINS) {
  test(`${name} exports what a host looks for`, async () => {
    const module = await WebAssembly.compile(readFileSync(plugin(name).module));
    const exports = WebAssembly.Module.exports(module).map((one) => `${one.kind} ${one.name}`);
    assert(exports.includes("function _start") && exports.includes("memory memory"), exports.join());
  });

  test(`${name} answers what is no request with an error`, async () => {
    const { raw } = plugin(name);
    const deep = `{"fn":"x","args":${"[".repeat(5000)}${"]".repeat(5000)}}`;
    const inputs = ["", " ", "{", "[]", "1", '{"fn":}', '{"fn":1}', '{"args":[]}', '{"fn":"x"}x', '{"fn":"\\u12"}', deep];
    for (const input of inputs) {
      const answer = answerOf(await raw(input));
      assert.equal(answer.ok, false, `${input.slice(0, 40)}: ${JSON.stringify(answer)}`);
      assert.match(answer.error, /^\S.*[^.]$/);
    }
  });

  test(`${name} takes a request of 1 MiB and a line break, and no more`, async () => {
    const { raw } = plugin(name);
    const request = (bytes) => {
      const [head, tail] = ['{"fn":"nothing","args":["', '"]}'];
      return `${head}${"y".repeat(bytes - head.length - tail.length)}${tail}\n`;
    };
    assert.equal(answerOf(await raw(request(1 << 20))).error, "unknown function: nothing");
    assert.equal(answerOf(await raw(request((1 << 20) + 1))).error, "the request is larger than 1 MiB");
  });

  test(`${name} names a function that it does not have`, async () => {
    const { call } = plugin(name);
    for (const fn of ["nothing", "ü\n\"\\\u0001"]) {
      assert.deepEqual(await call(fn, []), { ok: false, error: `unknown function: ${fn}` });
    }
  });

  test(`${name} ignores other fields of a request`, async () => {
    const { raw } = plugin(name);
    const input = '{ "timeoutMs": 1.5e3, "x": [true, null, {"fn": "y"}], "args": {}, "fn": "nothing" }\n';
    assert.equal(answerOf(await raw(input)).error, "unknown function: nothing");
  });

  test(`${name} says of itself what a manifest may say`, () => {
    const manifest = JSON.parse(here(`${name}/${name}.plugin.json`));
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
    assert(manifest.description.length > 10);
  });
}

test("the runtime contract in Rust is the same everywhere", () => {
  for (const name of ["math", "files", "csv"]) {
    for (const file of RUNTIME) {
      assert.equal(String(here(`${name}/${file}`)), String(here(`template/${file}`)), `${name}/${file}`);
    }
  }
});
