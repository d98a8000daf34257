/**
 * A real browser and a loopback server with the SDK and a few pages, for what a fake window cannot show.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { BOOTSTRAP, injection } from "./bootstrap.mjs";

/** Where the browser is; Debian's by default. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const file = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url));
const SDK = { "/sdk.js": file("index.js"), "/fallback.js": file("fallback.js") };
const STRICT_CSP = "default-src 'self'";

/** Starts the browser; `t.after` ends it. */
export async function startBrowser(t) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, chromiumSandbox: false });
  t.after(() => browser.close());
  return browser;
}

/** Serves `pages` (path to HTML) and the SDK, all under a strict CSP; answers with the origin. */
export async function serve(t, pages) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const page = SDK[pathname] ?? pages[pathname];
    const type = pathname.endsWith(".js") ? "text/javascript" : "text/html";
    const headers = { "Content-Type": `${type}; charset=utf-8`, "Content-Security-Policy": STRICT_CSP };
    response.writeHead(page === undefined ? 404 : 200, headers).end(page ?? "not found");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

/** A tab that imports the SDK as a page does, and has it as `sdk`. */
export async function openSdkTab(context, origin) {
  const tab = await context.newPage();
  await tab.goto(`${origin}/`);
  await tab.evaluate(async () => {
    globalThis.sdk = await import("/sdk.js");
  });
  return tab;
}

/** Makes every page of `context` one with the bridge, whose native side only records calls in `calls`. */
export async function injectBridge(context, origin) {
  const { hostname, port } = new URL(origin);
  const origins = [{ scheme: "http", host: hostname, port: Number(port) }];
  await context.addInitScript(() => {
    globalThis.calls = [];
    globalThis.__TAURI_INTERNALS__ = {
      async invoke(command, args) {
        if (command === "plugin:bridge|core_hello") {
          queueMicrotask(() => dispatchEvent(new CustomEvent("deskwright:token", { detail: "0123456789abcdef" })));
          return null;
        }
        globalThis.calls.push([command.replace("plugin:bridge|", ""), { ...args }]);
        const refusal = { code: "window/unknown-label", message: "gone", module: "window" };
        if (command === "plugin:bridge|window_close") throw refusal;
        return null;
      },
    };
  });
  await context.addInitScript({ content: injection({ ...BOOTSTRAP, origins }) });
}
