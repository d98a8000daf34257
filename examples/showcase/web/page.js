/**
 * Brings the page to life: cards for all functions, calls at their buttons, and a log of what the native side reports.
 */
import { makeCard } from "./cards.js";
import { MODULES } from "./functions.js";
import { askFirst, logEvent, showPending, showResult } from "./panels.js";

/** Native events that are in the log from the start. */
const NATIVE_EVENTS = [
  "window:focus",
  "window:blur",
  "window:resized",
  "window:moved",
  "window:close-requested",
  "window:theme",
  "app:second-instance",
];

const api = window.Desktopr;
const field = (id) => document.getElementById(`field-${id}`).value;

function isAvailable({ name, property, local }) {
  return api !== undefined && (property || local || api.supports(name));
}

/** What the chip of a function says; a function that is not there can still be called, to see its error. */
function chipOf(entry) {
  if (isAvailable(entry)) return { state: "yes", text: "available", disabled: false };
  if (api !== undefined) return { state: "no", text: "not here", disabled: false };
  if (entry.browser) return { state: "sdk", text: "browser too", disabled: true };
  return { state: "app", text: "app only", disabled: true };
}

async function call({ name, confirm, run }) {
  if (confirm !== undefined && !(await askFirst(confirm))) return;
  showPending(name);
  try {
    showResult(name, "ok", await run({ api, field, log: logEvent }));
  } catch (error) {
    // An error of the bridge knows its fields; one of this page, such as a payload that is no JSON, has only a text.
    showResult(name, "error", "toJSON" in error ? error : { name: error.name, message: error.message });
  }
}

function showPlace() {
  const place = document.getElementById("place");
  document.getElementById("notice").hidden = api !== undefined;
  if (api === undefined) {
    place.textContent = "In a browser, without a bridge";
    document.documentElement.classList.add("in-browser");
    return;
  }
  const functions = MODULES.flatMap((module) => module.functions).filter(({ local }) => !local);
  const available = functions.filter(isAvailable).length;
  place.textContent = `Bridge ${api.apiVersion}: ${available} of ${functions.length} functions are available`;
}

document.getElementById("modules").append(...MODULES.map((module) => makeCard(module, chipOf, call)));
showPlace();
if (api?.supports("events.onMany")) await api.events.onMany(NATIVE_EVENTS, logEvent);
