// The template away from this repository: both ways of building it put the module into `dist`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { pluginAt } from "./support.mjs";

const PLUGINS = join(dirname(fileURLToPath(import.meta.url)), "..");

/** A folder with the plugin `my-plugin`, as a developer has it after copying. */
function copied() {
  const folder = mkdtempSync(join(tmpdir(), "my-desktopr-plugins-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of ["package.json", "build.mjs", ".gitignore"]) cpSync(join(PLUGINS, file), join(folder, file));
  const built = ["target", "dist"].map((name) => join(PLUGINS, "template", name));
  cpSync(join(PLUGINS, "template"), join(folder, "my-plugin"), {
    recursive: true,
    filter: (path) => !built.includes(path),
  });
  return folder;
}

function run(folder, program, ...args) {
  // What cargo or npm set for these tests is not there on a developer's machine.
  const own = ([name]) => !/^(CARGO_TARGET_DIR|CARGO_MANIFEST|npm_|NODE_TEST)/.test(name);
  const env = Object.fromEntries(Object.entries(process.env).filter(own));
  return execFileSync(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] }).toString();
}

/** `cargo build --target wasm32-wasip1`, by what stands in for it where the toolchain lacks the target. */
function cargoBuild(folder, ...args) {
  const library = run(folder, "rustc", "--print", "target-libdir", "--target", "wasm32-wasip1").trim();
  const other = process.env.DESKWRIGHT_WASM_CARGO;
  if (!existsSync(library) && other) return run(folder, other, folder, "--quiet", ...args);
  return run(folder, "cargo", "build", "--quiet", "--target", "wasm32-wasip1", ...args);
}

test("npm run build NAME gives NAME/dist/NAME.wasm", async () => {
  const folder = copied();
  const printed = run(folder, "npm", "run", "build", "--silent", "my-plugin");
  assert.match(printed, /^my-plugin\/dist\/my-plugin\.wasm {2}\d+ bytes {2}sha256 [0-9a-f]{64}\n$/);
  const { module, value } = pluginAt(join(folder, "my-plugin"));
  assert(lstatSync(module).isFile());
  assert.equal(await value("divide", [20, 5]), 4);
  assert.throws(() => run(folder, "npm", "run", "build", "--silent", "other"), /no plugin: other; there are: my-plugin/);
});

test("cargo build gives NAME/dist/NAME.wasm, always of the newest sources", async () => {
  const folder = join(copied(), "my-plugin");
  const cargo = (...args) => cargoBuild(folder, ...args);
  const source = join(folder, "src/functions/example.rs");
  const greet = (word) => {
    const text = String(readFileSync(source));
    writeFileSync(source, text.replace(/format!\("\w+ \{name\}"\)/, `format!("${word} {name}")`));
  };
  cargo();
  const { value, module } = pluginAt(folder);
  assert(existsSync(module));
  assert.equal(await value("greet", ["Ada"]), "Hello Ada");
  greet("Ahoj");
  cargo("--release");
  assert.equal(await value("greet", ["Ada"]), "Ahoj Ada");
  greet("Hej");
  cargo();
  assert.equal(await value("greet", ["Ada"]), "Hej Ada");
});

test("a panic is answered", async () => {
  const folder = join(copied(), "my-plugin");
  const source = join(folder, "src/dispatcher.rs");
  writeFileSync(source, String(readFileSync(source)).replace('"greet" =>', '"fall" => panic!("on purpose"),\n        "greet" =>'));
  cargoBuild(folder, "--release");
  const { error, raw } = pluginAt(folder);
  assert.match(await error("fall", []), /^panicked at src\/dispatcher\.rs:\d+:\d+: on purpose$/);
  assert.match((await raw('{"fn":"fall"}')).stderr, /on purpose/);
});
