// The attacker in the page: it knows Tauri's internals and has the token of its document, as the script has it.
// `attack(...)` gives, for each call, what came of it: `ok`, a code, or what should never come.

const DEADLINE_MS = 15000;
// A frame has no internals of its own, and can reach those of a page of its origin.
const { invoke, transformCallback } = window.__TAURI_INTERNALS__ ?? parent.__TAURI_INTERNALS__;

const makers = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => NaN,
  Infinity: () => Infinity,
  true: () => true,
  0: () => 0,
  "-1": () => -1,
  1.5: () => 1.5,
  "1e300": () => 1e300,
  "empty text": () => "",
  text: () => "nobody",
  "number as text": () => "1",
  NUL: () => "a\0b",
  "lone surrogate": () => "\ud800",
  "1 MiB of text": () => "a".repeat(1 << 20),
  "[]": () => [],
  "100,000 numbers": () => Array.from({ length: 100000 }, (_, index) => index),
  "200 levels": () => Array.from({ length: 200 }).reduce((inner) => [inner], []),
  "{}": () => ({}),
  "unknown field": () => ({ nobodyKnowsThis: 1 }),
  function: () => () => {},
  symbol: () => Symbol("nobody"),
  channel: () => `__CHANNEL__:${transformCallback(() => {})}`,
  bytes: () => new Uint8Array([0, 97, 115, 109]),
};

function made(value) {
  if (Array.isArray(value)) return value.map(made);
  if (typeof value !== "object" || value === null) return value;
  if ("make" in value) return makers[value.make]();
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, made(inner)]));
}

/** WebDriver takes no text that is no Unicode, and a failure is to be read. */
const shown = (reason) => String(reason?.message ?? reason).slice(0, 120).replace(/[^ -~]/g, "?");

async function outcome(call) {
  const late = new Promise((resolve) => setTimeout(resolve, DEADLINE_MS, "no answer"));
  const settled = (async () => call())().then(
    () => "ok",
    (reason) => {
      if (typeof reason?.code !== "string") return `no code: ${shown(reason)}`;
      const isError = reason.name === undefined || reason.name === "DesktoprError";
      return isError && reason.message && reason.module ? reason.code : `no message or module: ${reason.code}`;
    },
  );
  return Promise.race([settled, late]);
}

/** The token that this document gets; frames and pop-ups get none. */
async function token() {
  if (window !== top || opener) return undefined;
  const told = new Promise((resolve) =>
    addEventListener("deskwright:token", (event) => resolve(event.detail), { once: true }),
  );
  return invoke("plugin:bridge|core_hello").then(() => told, () => undefined);
}

/** What calls of files find, each time. */
async function prepare(name) {
  if (name.startsWith("fs") && window.Desktopr?.supports("fs.data")) await window.Desktopr.fs.data.writeText("abuse", "x");
}

/** Calls a command past the script, once for each of the arguments. */
window.attackWire = async (command, calls) => {
  const shown = await token();
  const headers = shown === undefined ? {} : { "Deskwright-Token": shown };
  const came = [];
  for (const args of calls) {
    await prepare(command);
    came.push(await outcome(() => invoke(`plugin:bridge|${command}`, made(args), { headers })));
  }
  return came;
};

/** Calls many commands at once. */
window.attackMany = async (calls) => {
  const shown = await token();
  const headers = { "Deskwright-Token": shown };
  return Promise.all(calls.map(([command, args]) => outcome(() => invoke(`plugin:bridge|${command}`, made(args), { headers }))));
};

/** Calls a public function, once for each list of arguments. */
window.attackFunction = async (path, calls) => {
  const names = path.split(".");
  const name = names.pop();
  const owner = names.reduce((object, key) => object[key], window.Desktopr);
  const came = [];
  for (const args of calls) {
    await prepare(path);
    came.push(await outcome(() => owner[name](...made(args))));
  }
  return came;
};

// How long the page's timer has waited at most; the other window tells how long the runtime has.
window.longest = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  window.longest = Math.max(window.longest, now - last);
  last = now;
}, 20);
window.told = 0;
new BroadcastChannel("ticks").addEventListener("message", () => (window.told += 1));
