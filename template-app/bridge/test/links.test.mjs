/**
 * Which clicks the injected script hands over, on a real page: DOM paths, shadow roots and `base` need a browser.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { injectBridge, serve, startBrowser } from "./support/browser.mjs";

const OTHER = "https://other.example/path?q=1#part";

const PAGE = `<!doctype html><title>Links</title>
<a id="plain" href="${OTHER}">plain</a>
<a id="child" href="${OTHER}"><b id="inner">child</b></a>
<a id="self" target="_SELF" href="${OTHER}">self</a>
<a id="top" target="_top" href="${OTHER}">top</a>
<a id="blank" target="_blank" href="${OTHER}">blank</a>
<a id="opener" target="_blank" rel="noreferrer opener" href="${OTHER}">opener</a>
<a id="named" target="viewer" href="${OTHER}">named</a>
<a id="download" download href="${OTHER}">download</a>
<a id="mail" href="mailto:a@example.com">mail</a>
<a id="phone" target="_blank" href="tel:+123">phone</a>
<a id="file" href="file:///etc/passwd">file</a>
<a id="script" href="javascript:void 0">script</a>
<a id="fragment" href="#part">fragment</a>
<a id="same" href="/second">same origin</a>
<a id="invalid" href="https://[">invalid</a>
<a id="none">no link</a>
<button id="button">button</button>
<svg width="40" height="20"><a id="svg" href="${OTHER}"><text y="15">svg</text></a></svg>
<map name="map"><area id="area" shape="default" href="${OTHER}" alt="area"></map>
<div id="host"></div>`;

const FROM_THIS_WINDOW = [["navigate", { url: OTHER, newWindow: false }]];
const TO_A_NEW_WINDOW = [["navigate", { url: OTHER, newWindow: true }]];

/** Opens the page; `click` answers with what was handed over and whether the click was taken from the browser. */
async function openPage(t, html) {
  const origin = await serve(t, { "/": html, "/second": "<!doctype html><title>Second</title>" });
  const context = await (await startBrowser(t)).newContext();
  await injectBridge(context, origin);
  const page = await context.newPage();
  await page.goto(origin);
  await page.evaluate(() => {
    // Runs after the script's own listener, and keeps the page where it is.
    addEventListener("click", (event) => ((globalThis.prevented = event.defaultPrevented), event.preventDefault()));
    addEventListener("auxclick", (event) => ((globalThis.prevented = event.defaultPrevented), event.preventDefault()));
  });
  const click = async (selector, options) => {
    await page.evaluate(() => (globalThis.calls.length = 0));
    await page.locator(selector).click({ force: true, ...options });
    return page.evaluate(() => ({ calls: globalThis.calls, prevented: globalThis.prevented }));
  };
  return { page, click };
}

test("links to another origin are handed over, all others are left alone", async (t) => {
  const { page, click } = await openPage(t, PAGE);
  const handedOver = (calls) => ({ calls, prevented: true });
  const leftAlone = { calls: [], prevented: false };

  for (const id of ["plain", "inner", "self", "top", "svg"]) {
    assert.deepEqual(await click(`#${id}`), handedOver(FROM_THIS_WINDOW), id);
  }
  assert.deepEqual(await click("#blank"), handedOver(TO_A_NEW_WINDOW));
  assert.deepEqual(await click("#plain", { button: "middle" }), handedOver(TO_A_NEW_WINDOW));
  for (const [id, url] of [["mail", "mailto:a@example.com"], ["phone", "tel:+123"], ["file", "file:///etc/passwd"]]) {
    assert.deepEqual(await click(`#${id}`), handedOver([["navigate", { url, newWindow: false }]]), id);
  }
  const others = ["opener", "named", "download", "script", "fragment", "same", "invalid", "none", "button"];
  for (const id of others) {
    assert.deepEqual(await click(`#${id}`), leftAlone, id);
  }
  for (const modifier of ["Control", "Shift", "Meta"]) {
    assert.deepEqual(await click("#plain", { modifiers: [modifier] }), handedOver(TO_A_NEW_WINDOW), modifier);
  }
  assert.deepEqual(await click("#plain", { modifiers: ["Alt"] }), leftAlone);
  await page.evaluate(() => (globalThis.calls.length = 0));
  await page.locator("#plain").press("Enter");
  await page.locator("#area").dispatchEvent("click");
  assert.deepEqual(await page.evaluate(() => globalThis.calls), [...FROM_THIS_WINDOW, ...FROM_THIS_WINDOW]);
});

test("links in a shadow root count, open or closed", async (t) => {
  for (const mode of ["open", "closed"]) {
    const { page } = await openPage(t, PAGE);
    const calls = await page.evaluate(
      ([mode, href]) => {
        const root = document.querySelector("#host").attachShadow({ mode });
        root.innerHTML = `<a href="${href}">shadow</a>`;
        root.querySelector("a").click();
        // The call is made once the token is there, which is after this task.
        return new Promise((resolve) => setTimeout(() => resolve(globalThis.calls)));
      },
      [mode, OTHER],
    );
    // A closed root hides its path: the runtime's guard has to catch those.
    assert.deepEqual(calls, mode === "open" ? FROM_THIS_WINDOW : [], mode);
  }
});

test("a base target counts for links without one of their own", async (t) => {
  const { click } = await openPage(t, `<!doctype html><title>Base</title><base target="_blank">
<a id="plain" href="${OTHER}">plain</a> <a id="self" target="_self" href="${OTHER}">self</a>`);
  assert.deepEqual((await click("#plain")).calls, TO_A_NEW_WINDOW);
  assert.deepEqual((await click("#self")).calls, FROM_THIS_WINDOW);
});

test("the page's own listeners come first", async (t) => {
  const { page, click } = await openPage(t, PAGE);
  await page.evaluate(() => document.addEventListener("click", (event) => event.preventDefault()));
  assert.deepEqual((await click("#plain")).calls, []);
});
