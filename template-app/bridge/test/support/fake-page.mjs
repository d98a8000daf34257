/**
 * A page without a browser: just enough window for the injected script, and a native side that a test plays.
 */
import assert from "node:assert/strict";
import vm from "node:vm";
import { BOOTSTRAP, injection } from "./bootstrap.mjs";

const PAGE = "https://app.example/";
/** What the native side gives a granted document. */
const TOKEN = "0123456789abcdef";

/**
 * Loads the script into a new page.
 *
 * @param slow - Tauri's fast way is blocked, as by the page's own policy.
 * @param token - What the runtime answers the question for the token with.
 * @param answer - Called with each command and its arguments; what it returns or throws is the native side's answer.
 */
export function openPage({ url = PAGE, bootstrap = {}, answer = () => null, inFrame = false, slow = false, token = () => TOKEN } = {}) {
  const { protocol, host, hostname, port, pathname, origin } = new URL(url);
  const window = new EventTarget();
  const calls = [];
  const callbacks = [];
  const errors = [];
  const logged = [];
  const questions = [];
  Object.assign(window, {
    window,
    document: { readyState: "loading" },
    location: { protocol, host, hostname, port, pathname, origin },
    CustomEvent,
    AbortController,
    atob,
    btoa,
    TextEncoder,
    TextDecoder,
    ReadableStream,
    WritableStream,
    console: new Proxy({}, { get: (_, name) => (...text) => logged.push([name, ...text]) }),
    setTimeout,
    queueMicrotask,
    reportError: (error) => errors.push(error),
    __TAURI_INTERNALS__: {
      async invoke(command, args, options) {
        if (command === "plugin:bridge|core_hello") {
          questions.push(command);
          queueMicrotask(() => window.dispatchEvent(new CustomEvent("deskwright:token", { detail: token() })));
          return null;
        }
        assert.equal(options.headers["Deskwright-Token"], token(), "each call carries the token");
        const name = command.replace("plugin:bridge|", "");
        if (ArrayBuffer.isView(args)) {
          const told = JSON.parse(decodeURIComponent(options.headers["Deskwright-Arguments"]));
          // As Tauri has it: what its fast way does not take arrives as numbers.
          if (name === "core_takes_bytes") return slow ? null : new Uint8Array(1).buffer;
          assert.ok(!slow, "bytes go the fast way only where it is open");
          calls.push([command, told, [...args]]);
          return answer(name, told, args);
        }
        // The real one serialises before it sends, so a value that JSON cannot hold throws here.
        calls.push([command, JSON.parse(realm.JSON.stringify(args))]);
        return answer(name, args);
      },
      transformCallback: (callback) => callbacks.push(callback) - 1,
      unregisterCallback: () => {},
    },
  });
  window.opener = null;
  window.top = inFrame ? new EventTarget() : window;
  window.addEventListener = EventTarget.prototype.addEventListener.bind(window);
  window.dispatchEvent = EventTarget.prototype.dispatchEvent.bind(window);

  const before = new Set(Object.keys(window));
  const context = vm.createContext(window);
  // Errors must be those of the page: the script tells them by their class.
  const realm = vm.runInContext("({ JSON, Error })", context);
  const inject = () => vm.runInContext(injection({ ...BOOTSTRAP, ...bootstrap }), context);
  inject();
  const sent = [];
  /** Sends a message through a channel that the page has opened, the first being 0. */
  const push = (channel, message) => {
    const index = sent[channel] ?? 0;
    sent[channel] = index + 1;
    callbacks[channel]({ index, message });
  };
  return {
    window,
    calls,
    errors,
    logged,
    /** Questions for the token. */
    questions,
    realm,
    inject,
    Desktopr: window.Desktopr,
    newGlobals: Object.keys(window).filter((name) => !before.has(name)),
    /** Sends through the channel that the page opened as this one, counted from 0. */
    sendTo: (channel, index, message) => callbacks[channel]({ index, message }),
    /** Sends an event as the native side does, through the channel that the page has opened. */
    send: (event, payload) => push(0, { event, payload, source: null }),
    push,
  };
}

/** The command of a recorded call, without its plugin. */
export function commandsOf(page) {
  return page.calls.map(([command]) => command.replace("plugin:bridge|", ""));
}

/** A matcher for `assert.rejects`: a DesktoprError of this code and module. */
export function refusal(code, module) {
  return (error) => {
    assert.deepEqual([error.name, error.code, error.module], ["DesktoprError", code, module]);
    assert.notEqual(error.message, "");
    return true;
  };
}
