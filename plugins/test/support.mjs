// Runs built modules in Node's own WASI, so that a plugin can be tested without an app: stdin, stdout, stderr and a storage folder
// are what a plugin sees, and nothing else.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const PLUGINS = join(dirname(fileURLToPath(import.meta.url)), "..");
const RUNNER = join(PLUGINS, "test/runner.mjs");
/** Longest run of a module, in milliseconds: one that does not end is killed. */
const LIMIT = 60_000;

/** A plugin of this folder, and a storage of its own, which is gone when the tests of the file are done. */
export function plugin(name) {
  return pluginAt(join(PLUGINS, name));
}

/** The same for a plugin anywhere. */
export function pluginAt(folder) {
  const name = basename(folder);
  const module = join(folder, "dist", `${name}.wasm`);
  if (!existsSync(module)) throw new Error(`not built: ${module}; run: npm run build ${name}`);
  const storage = mkdtempSync(join(tmpdir(), `${name}-storage-`));
  after(() => rmSync(storage, { recursive: true, force: true }));

  /** Runs the module with these bytes as its input. */
  const raw = (input) =>
    new Promise((resolve, reject) => {
      const args = ["--no-warnings", RUNNER, module, storage];
      const child = execFile(process.execPath, args, { timeout: LIMIT, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
        if (error?.killed) return reject(new Error(`${name} did not end`));
        // The last line is the runner's own.
        const lines = stderr.trimEnd().split("\n");
        const told = JSON.parse(lines.pop());
        resolve({ stdout, stderr: lines.join("\n"), ...told });
      });
      // A module may end before it has read everything.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });

  /** Calls a function. What is on stdout must be one line with one object; that is returned. */
  const call = async (fn, args) => {
    const ran = await raw(JSON.stringify({ fn, args }));
    return answerOf(ran);
  };

  /** Calls a function that must succeed; gives its value. */
  const value = async (fn, args) => {
    const answer = await call(fn, args);
    if (!answer.ok) throw new Error(`${name} ${fn}: ${answer.error}`);
    return answer.value;
  };

  /** Calls a function that must fail; gives its error. */
  const error = async (fn, args) => {
    const answer = await call(fn, args);
    if (answer.ok) throw new Error(`${name} ${fn} succeeded: ${JSON.stringify(answer.value)}`);
    return answer.error;
  };
  return { module, storage, raw, call, value, error };
}

/** The answer that a run has printed, by the rules of the contract. */
export function answerOf({ stdout, stderr, code }) {
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`);
  if (!stdout.endsWith("\n") || stdout.indexOf("\n") !== stdout.length - 1) {
    throw new Error(`not one line: ${JSON.stringify(stdout)}`);
  }
  const answer = JSON.parse(stdout);
  const keys = Object.keys(answer).join();
  if (keys !== (answer.ok === true ? "ok,value" : "ok,error")) throw new Error(`no answer: ${stdout}`);
  return answer;
}
