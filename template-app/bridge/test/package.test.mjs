/**
 * The package in the hands of others: Vite, webpack, a plain module, a server, React and Svelte. What they build is run.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile } from "svelte/compiler";
import { build } from "vite";
import webpack from "webpack";
import { serve, startBrowser } from "./support/browser.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const GUIDE = readFileSync(new URL("../../../docs/sdk.md", import.meta.url), "utf8");
/** A word that only the fallback has in it. */
const FALLBACK = "bridge/unavailable";
/** Bytes of a bundle that only asks where it runs. */
const MAX_QUESTION = 1000;

const ASKS = 'import { isDesktoprAvailable } from "deskwright";\ndocument.title = `desktop: ${isDesktoprAvailable()}`;\n';
const USES = 'import { Desktopr } from "deskwright";\ndocument.title = `version: ${Desktopr.apiVersion}`;\n';

/** A project with these files, which has the package installed. */
function project(t, files) {
  const folder = mkdtempSync(join(tmpdir(), "deskwright-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries({ "package.json": '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/deskwright"));
  for (const name of ["react", "react-dom", "svelte"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  }
  return folder;
}

/** What Vite makes of a project whose entry is `main.js`: the pages to serve, by path. */
async function viteBuild(folder, options = {}) {
  writeFileSync(join(folder, "index.html"), '<!doctype html><title>?</title><main></main><script type="module" src="/main.js"></script>');
  await build({ root: folder, configFile: false, logLevel: "error", ...options });
  const assets = readdirSync(join(folder, "dist/assets")).map((name) => [`/assets/${name}`, join(folder, "dist/assets", name)]);
  const files = [["/", join(folder, "dist/index.html")], ...assets];
  return Object.fromEntries(files.map(([path, file]) => [path, readFileSync(file, "utf8")]));
}

/** The one bundle that webpack makes of `main.js`. */
async function webpackBuild(folder) {
  const stats = await new Promise((resolve, reject) => {
    const config = { context: folder, entry: "./main.js", mode: "production", output: { path: join(folder, "out") } };
    webpack(config, (error, done) => (error ? reject(error) : resolve(done)));
  });
  assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
  return readFileSync(join(folder, "out/main.js"), "utf8");
}

function code(pages) {
  return Object.entries(pages).map(([path, text]) => (path.endsWith(".js") ? text : "")).join("");
}

async function open(t, pages) {
  const tab = await (await startBrowser(t)).newPage();
  const errors = [];
  tab.on("pageerror", (error) => errors.push(error.message));
  await tab.goto(await serve(t, pages));
  return { tab, errors };
}

/** A block of the guide by its language. */
function snippet(language) {
  const [, text] = GUIDE.match(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s")) ?? [];
  assert.ok(text, `docs/sdk.md has no block of ${language}`);
  return text;
}

test("Vite: a page that only asks where it runs has no fallback in it", async (t) => {
  const asks = await viteBuild(project(t, { "main.js": ASKS }));
  assert.ok(!code(asks).includes(FALLBACK) && code(asks).length < MAX_QUESTION, `${code(asks).length} bytes`);
  assert.equal(await (await open(t, asks)).tab.title(), "desktop: false");
  const uses = await viteBuild(project(t, { "main.js": USES }));
  assert.ok(code(uses).includes(FALLBACK));
  assert.match(await (await open(t, uses)).tab.title(), /^version: \d+\.\d+\.\d+$/);
});

test("webpack: the same", async (t) => {
  const asks = await webpackBuild(project(t, { "main.js": ASKS }));
  assert.ok(!asks.includes(FALLBACK) && asks.length < MAX_QUESTION, `${asks.length} bytes`);
  const uses = await webpackBuild(project(t, { "main.js": USES }));
  const { tab, errors } = await open(t, { "/": '<!doctype html><script src="/main.js"></script>', "/main.js": uses });
  assert.match(await tab.title(), /^version: \d+\.\d+\.\d+$/);
  assert.deepEqual(errors, []);
});

test("a plain module and a map: no bundler is needed", async (t) => {
  const page = '<!doctype html><script type="module" src="/main.js"></script>';
  const { tab } = await open(t, { "/": page, "/main.js": USES.replace("deskwright", "/sdk.js") });
  assert.match(await tab.title(), /^version: \d+\.\d+\.\d+$/);
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(ROOT, "dist/fallback.js.map"), "utf8"));
  assert.ok(sources.includes("../src/browser/desktopr.ts") && sourcesContent.length === sources.length);
});

test("a server imports it, bundled or not, and is told what does not work there", async (t) => {
  const rendered = `export { Desktopr, isDesktoprAvailable } from "deskwright";\n`;
  const folder = project(t, { "entry.js": rendered });
  await build({ root: folder, configFile: false, logLevel: "error", ssr: { noExternal: true }, build: { ssr: "entry.js" } });
  for (const sdk of [await import(pathToFileURL(join(folder, "dist/entry.js"))), await import("deskwright")]) {
    assert.equal(sdk.isDesktoprAvailable(), false);
    assert.equal(sdk.Desktopr.isDesktop, false);
    await sdk.Desktopr.ready;
    await assert.rejects(sdk.Desktopr.app.info(), { code: FALLBACK });
  }
  const required = "const { Desktopr } = require('deskwright'); console.log(Desktopr.isAvailable)";
  assert.equal(execFileSync(process.execPath, ["-e", required], { cwd: ROOT, encoding: "utf8" }), "false\n");
});

test("the guide's React example works", async (t) => {
  const main = `import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { Notes } from "./Notes.tsx";
createRoot(document.querySelector("main")).render(createElement(Notes));`;
  const pages = await viteBuild(project(t, { "main.js": main, "Notes.tsx": snippet("tsx") }));
  await usesNotes(await open(t, pages));
});

test("the guide's Svelte example works", async (t) => {
  const main = `import { mount } from "svelte";
import Notes from "./Notes.svelte";
mount(Notes, { target: document.querySelector("main") });`;
  const svelte = {
    name: "svelte",
    transform: (text, id) => (id.endsWith(".svelte") ? compile(text, { filename: id }).js : undefined),
  };
  const folder = project(t, { "main.js": main, "Notes.svelte": snippet("svelte") });
  await usesNotes(await open(t, await viteBuild(folder, { plugins: [svelte] })));
});

/** Writes a note, and finds it again in a page that is loaded anew. */
async function usesNotes({ tab, errors }) {
  await tab.getByRole("textbox").fill("first note");
  await tab.getByRole("button", { name: "Save" }).click();
  await tab.getByText("saved: first note").waitFor();
  await tab.reload();
  await tab.getByText("saved: first note").waitFor();
  assert.deepEqual(errors, []);
}
