/**
 * The modules `network`, `auth` and `updates`: what the script sends and makes of the answers, and what browsers do instead.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/fake-page.mjs";

const FETCHED = {
  url: "https://api.example/final",
  redirected: true,
  status: 201,
  statusText: "Created",
  headers: [["content-type", "application/json"]],
  id: 7,
  size: 9,
};
const BODY = new TextEncoder().encode('{"a": 1}\n');

/** A page whose requests are answered, as far as a fake page knows what requests are. */
function openConnected(fetched = {}, more = {}) {
  const page = openPage({
    ...more,
    answer: (command) => {
      if (command === "network_fetch") return { ...FETCHED, ...fetched };
      if (command === "stream_read") return more.slow ? btoa(String.fromCharCode(...BODY)) : BODY.buffer.slice(0);
      return null;
    },
  });
  Object.assign(page.window, { Response, Headers });
  const sent = () => page.calls.filter(([command]) => command === "plugin:bridge|network_fetch");
  return { ...page, sent };
}

for (const slow of [false, true]) {
  test(`a request goes as bytes and comes back as a Response, ${slow ? "as text" : "as it is"}`, async () => {
    const { Desktopr, sent } = openConnected({}, { slow });
    const response = await Desktopr.network.fetch("https://api.example/", {
      method: "PUT",
      headers: { Accept: "application/json" },
      body: new URLSearchParams("a=b"),
      redirect: "follow",
      timeoutMs: 500,
    });
    assert.deepEqual([response.status, response.statusText, response.url], [201, "Created", FETCHED.url]);
    assert.equal(response.redirected, true);
    assert.deepEqual(await response.json(), { a: 1 });
    const [[, args, bytes]] = sent();
    const headers = [
      ["accept", "application/json"],
      ["content-type", "application/x-www-form-urlencoded;charset=UTF-8"],
    ];
    const { url, method, redirect, timeoutMs } = args;
    assert.deepEqual([url, method, redirect, timeoutMs], ["https://api.example/", "PUT", "follow", 500]);
    assert.deepEqual(args.headers, headers);
    assert.equal(slow ? atob(args.base64) : String.fromCharCode(...bytes), "a=b");
  });
}

test("an answer that comes after the abort is closed", async () => {
  const { Desktopr, calls } = openConnected();
  const controller = new AbortController();
  const asked = Desktopr.network.fetch("https://api.example/", { signal: controller.signal });
  const added = EventTarget.prototype.addEventListener;
  await new Promise((resolve) => {
    controller.signal.addEventListener = function (...args) {
      added.apply(this, args);
      resolve();
    };
  });
  controller.abort(new Error("enough"));
  await assert.rejects(asked, /enough/);
  await new Promise((resolve) => setTimeout(resolve));
  const closed = calls.filter(([command]) => command === "plugin:bridge|stream_close");
  assert.deepEqual(closed.map(([, { id }]) => id), [FETCHED.id]);
  assert.ok(!calls.some(([command]) => command === "plugin:bridge|stream_read"));
});

test("a request without a body sends none, and an answer without one has none", async () => {
  const { Desktopr, sent } = openConnected({ status: 204, size: 0 });
  const response = await Desktopr.network.fetch("https://api.example/");
  assert.equal(response.body, null);
  const [[, args, bytes]] = sent();
  assert.equal(bytes, undefined);
  assert.deepEqual([args.url, args.headers], ["https://api.example/", []]);
});

test("a request ends with its signal, before it is sent and afterwards", async () => {
  const { Desktopr, sent } = openConnected();
  const ended = { signal: AbortSignal.abort() };
  await assert.rejects(Desktopr.network.fetch("https://api.example/", ended), { name: "AbortError" });
  assert.equal(sent().length, 0);
  const stop = new AbortController();
  const waiting = openPage({ answer: () => new Promise(() => {}) });
  Object.assign(waiting.window, { Response, Headers });
  const asked = waiting.Desktopr.network.fetch("https://api.example/", { signal: stop.signal });
  while (waiting.calls.length === 0) await new Promise(setImmediate);
  stop.abort(new Error("enough"));
  await assert.rejects(asked, { message: "enough" });
  await assert.rejects(Desktopr.network.fetch(1), { code: "bridge/invalid-argument", module: "network" });
});

test("a download tells its listener how far it is", async () => {
  const { Desktopr, calls, push } = openPage();
  const steps = [];
  await Desktopr.updates.download((step) => steps.push(step));
  assert.match(JSON.stringify(calls.at(-1)), /updates_download.*onProgress/);
  push(0, { received: 1, total: 2 });
  assert.deepEqual(steps, [{ received: 1, total: 2 }]);
  await Desktopr.updates.download();
  const wrong = { code: "bridge/invalid-argument", module: "updates" };
  await assert.rejects(Desktopr.updates.download("x"), wrong);
});

test("in a browser, the secret fits its challenge, and the rest says that it is not there", async () => {
  const { Desktopr } = await import("deskwright");
  const { verifier, challenge, method } = await Desktopr.auth.pkce();
  assert.deepEqual([verifier.length, challenge.length, method], [43, 43, "S256"]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  assert.equal(challenge, Buffer.from(digest).toString("base64url"));
  assert.notEqual((await Desktopr.auth.pkce()).verifier, verifier);
  assert.ok(Desktopr.supports("auth.pkce") && !Desktopr.supports("auth.start"));
  for (const [module, call] of [
    ["auth", () => Desktopr.auth.start({ url: "https://id.example/", redirect: "loopback" })],
    ["network", () => Desktopr.network.ping("https://app.example/")],
    ["network", () => Desktopr.network.fetch("https://app.example/")],
    ["updates", () => Desktopr.updates.check()],
  ]) {
    await assert.rejects(call(), { code: "bridge/unavailable", module });
  }
});
