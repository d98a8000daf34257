/**
 * The panels beside the cards: the result of the last call, the log of events, and the question before some calls.
 */

/** Entries kept in the log; the oldest go first. */
const MAX_LOG_ENTRIES = 50;

const copy = document.getElementById("copy");
const result = document.getElementById("result");
const log = document.getElementById("log");
const dialog = document.getElementById("confirm");

/** Shows that a call is under way: the state is `idle` until it ends. */
export function showPending(name) {
  document.getElementById("result-call").textContent = name;
  result.dataset.state = "idle";
  result.dataset.call = name;
  result.textContent = "";
}

/** Shows how a call ended: `state` is `ok` or `error`, `value` anything that JSON can hold. */
export function showResult(name, state, value) {
  document.getElementById("result-call").textContent = name;
  result.textContent = JSON.stringify(value ?? null, null, 2);
  result.dataset.call = name;
  result.dataset.state = state;
  copy.disabled = false;
}

/** Adds an event on top of the log; repeats of the newest one are counted instead. */
export function logEvent(name, payload) {
  const text = JSON.stringify(payload);
  const newest = log.firstElementChild;
  const repeats = newest?.dataset.event === name ? Number(newest.dataset.count) + 1 : 1;
  const entry = document.createElement("li");
  Object.assign(entry.dataset, { event: name, count: repeats });
  const parts = { code: name, span: text, b: repeats > 1 ? `×${repeats}` : "" };
  for (const [tag, content] of Object.entries(parts)) {
    entry.append(Object.assign(document.createElement(tag), { textContent: content }));
  }
  if (repeats > 1) newest.replaceWith(entry);
  else log.prepend(entry);
  while (log.childElementCount > MAX_LOG_ENTRIES) log.lastElementChild.remove();
}

/** Asks in the page; answers with `true` when the user wants to go on. */
export function askFirst(question) {
  document.getElementById("confirm-question").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function copyResult() {
  try {
    await navigator.clipboard.writeText(result.textContent);
    copy.textContent = "Copied";
  } catch {
    // Where the page may not write to the clipboard, it prepares the keys for it.
    getSelection().selectAllChildren(result);
    copy.textContent = "Press Ctrl+C";
  }
}

copy.addEventListener("click", copyResult);
copy.addEventListener("blur", () => (copy.textContent = "Copy"));
document.getElementById("clear").addEventListener("click", () => log.replaceChildren());
