// Builds plugins: `npm run build NAME` makes NAME/dist/NAME.wasm, `npm run build -- --all` that of every folder here.
// It goes by what is in the folder: Cargo.toml (Rust), asconfig.json (AssemblyScript), or build.sh (anything else).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const TARGET = "wasm32-wasip1";
/** The first bytes of every module: `\0asm` and the version of its format. */
const MAGIC = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const HERE = dirname(fileURLToPath(import.meta.url));

const WAYS = { "Cargo.toml": rust, "asconfig.json": assemblyScript, "build.sh": shell };

/** Something that the user can do something about. */
class Refusal extends Error {}

function wayOf(folder) {
  return Object.keys(WAYS).find((file) => existsSync(join(folder, file)));
}

function plugins() {
  const folders = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => entry.name).filter((name) => wayOf(join(HERE, name)));
}

/** Runs a program to its end; tells its output where it is wanted. */
function run(program, args, folder, output = "inherit") {
  // What programs say goes to stderr, so that stdout has the results only. On Windows npm is a script, which needs a shell.
  const shell = process.platform === "win32" && program === "npm";
  const stdio = ["inherit", output === "inherit" ? 2 : "pipe", "inherit"];
  const ended = spawnSync(program, args, { cwd: folder, stdio, shell, maxBuffer: 64 << 20 });
  if (ended.error?.code === "ENOENT") throw new Refusal(`not found: ${program}; install it, or put it on the PATH`);
  if (ended.error) throw ended.error;
  if (ended.status !== 0) throw new Refusal(`failed with code ${ended.status}: ${[program, ...args].join(" ")}`);
  return ended.stdout?.toString() ?? "";
}

/** Gives the path of the module that cargo has made, wherever its target directory is. */
function rust(folder) {
  const library = run("rustc", ["--print", "target-libdir", "--target", TARGET], folder, "pipe").trim();
  // For toolchains without the target: a program that builds in its own way, called as `PROGRAM FOLDER --release`.
  const other = process.env.DESKWRIGHT_WASM_CARGO;
  if (!existsSync(library) && other) {
    run(other, [folder, "--release"], folder);
    const { packages } = JSON.parse(run("cargo", ["metadata", "--no-deps", "--format-version=1"], folder, "pipe"));
    return join(folder, "target", TARGET, "release", `${packages[0].name}.wasm`);
  }
  if (!existsSync(library)) throw new Refusal(`Rust has no ${TARGET} here; run: rustup target add ${TARGET}`);
  const args = ["build", "--release", "--target", TARGET, "--message-format=json-render-diagnostics"];
  const messages = run("cargo", args, folder, "pipe").trim().split("\n");
  const made = messages.map((line) => JSON.parse(line).executable).filter(Boolean);
  if (made.length !== 1) throw new Refusal(`a plugin is one program, and cargo made ${made.length}`);
  return made[0];
}

function assemblyScript(folder, name) {
  if (!existsSync(join(folder, "node_modules"))) run("npm", ["ci", "--no-audit", "--no-fund"], folder);
  run("npm", ["run", "build", "--silent"], folder);
  return join(folder, "dist", `${name}.wasm`);
}

function shell(folder, name) {
  run("sh", ["build.sh"], folder);
  return join(folder, "dist", `${name}.wasm`);
}

/** Builds one plugin; the module and its manifest are then in `dist`. */
function build(name) {
  const folder = resolve(HERE, name);
  const way = wayOf(folder);
  if (!way) throw new Refusal(`no plugin: ${name}; there are: ${plugins().join(", ")}`);
  const plugin = basename(folder);
  const made = WAYS[way](folder, plugin);
  const bytes = readFileSync(made);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Refusal(`not a WebAssembly module: ${made}`);

  const dist = join(folder, "dist");
  const module = join(dist, `${plugin}.wasm`);
  mkdirSync(dist, { recursive: true });
  if (made !== module) {
    // What is there may be a link to what cargo made: it is replaced, never written through.
    const part = `${module}.part`;
    rmSync(part, { force: true });
    copyFileSync(made, part);
    renameSync(part, module);
  }
  const manifest = `${plugin}.plugin.json`;
  if (existsSync(join(folder, manifest))) copyFileSync(join(folder, manifest), join(dist, manifest));
  const digest = createHash("sha256").update(bytes).digest("hex");
  console.log(`${name}/dist/${plugin}.wasm  ${bytes.length} bytes  sha256 ${digest}`);
}

const args = process.argv.slice(2);
const names = args.includes("--all") ? plugins() : args;
try {
  if (names.length === 0) throw new Refusal(`which plugin? npm run build NAME; there are: ${plugins().join(", ")}`);
  names.forEach(build);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
