// Runs one module to its end: `node runner.mjs MODULE STORAGE`. The last line of stderr is `{"code": …, "memory": …}`: what the module
// ended with, and the bytes of memory that it had in the end.
import { readFile } from "node:fs/promises";
import { writeSync } from "node:fs";
import { WASI } from "node:wasi";

const [module, storage] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: ["module.wasm"],
  env: {},
  preopens: { ".": storage },
  returnOnExit: true,
});
const compiled = await WebAssembly.compile(await readFile(module));
const foreign = WebAssembly.Module.imports(compiled).filter((needed) => needed.module !== "wasi_snapshot_preview1");
if (foreign.length > 0) throw new Error(`imports that no host has: ${JSON.stringify(foreign)}`);
const instance = await WebAssembly.instantiate(compiled, wasi.getImportObject());
let code;
try {
  code = wasi.start(instance);
} catch (trap) {
  writeSync(2, `${trap.stack}\n`);
  code = "trap";
}
writeSync(2, `\n${JSON.stringify({ code, memory: instance.exports.memory.buffer.byteLength })}\n`);
