/**
 * The table of the page: the functions of each module, what they do, and how a button calls them.
 */
import { CHOSEN } from "./functions-chosen.js";
import { CACHE, DATA, DOWNLOADS, TRASH } from "./functions-files.js";
import { DIAGNOSTICS, START, VARIABLES } from "./functions-start.js";
import { MENU } from "./functions-menu.js";
import { ACCOUNT, NETWORK } from "./functions-network.js";
import { CLIPBOARD, NOTIFICATIONS, SHORTCUTS } from "./functions-system.js";
import { WINDOW } from "./functions-window.js";
import { remember, unlistenAll } from "./subscriptions.js";

/** A second event name, so that `onMany` has two to listen to. */
const SECOND_EVENT = "demo:pong";

function payload({ field }) {
  return JSON.parse(field("payload"));
}

async function waitOnce({ api, field, log }) {
  const event = field("event");
  const received = await api.events.once(event);
  // The call that emits it answers right after, and its result takes the place of this one.
  log(`once ${event}`, received);
  return received;
}

function listen({ api, field, log }) {
  const event = field("event");
  return remember(
    api.events.on(event, (received) => log(event, received)),
    [event],
  );
}

function listenToMany({ api, field, log }) {
  const events = [field("event"), SECOND_EVENT];
  return remember(api.events.onMany(events, log), events);
}

function listenToWindow({ api, field, log }) {
  const kind = field("kind");
  const event = `window:${kind}`;
  return remember(
    api.events.onWindow(kind, (received) => log(event, received)),
    [event],
  );
}

const TOP_LEVEL = {
  title: "Top level",
  summary: "There wherever the bridge is.",
  fields: [
    { id: "url", label: "URL", value: "https://example.com/" },
    { id: "function", label: "Function", value: "window.close" },
  ],
  functions: [
    { name: "isAvailable", property: true, summary: "Is the bridge there?", run: ({ api }) => api.isAvailable },
    { name: "isDesktop", property: true, summary: "Is this the app?", run: ({ api }) => api.isDesktop },
    { name: "apiVersion", property: true, summary: "Version of the contract.", run: ({ api }) => api.apiVersion },
    {
      name: "ready",
      property: true,
      summary: "A promise that is already kept.",
      run: ({ api }) => api.ready.then(() => "ready"),
    },
    {
      name: "onReady",
      summary: "Calls back, also when called late.",
      run: ({ api }) => new Promise((resolve) => api.onReady(() => resolve("called back"))),
    },
    {
      name: "supports",
      summary: "Does the function work here?",
      run: ({ api, field }) => api.supports(field("function")),
    },
    {
      name: "openBrowser",
      summary: "Opens the URL outside the app.",
      run: ({ api, field }) => api.openBrowser(field("url")),
    },
  ].map((entry) => ({ ...entry, browser: true })),
};

const APP = {
  title: "app",
  summary: "The app and its process.",
  fields: [{ id: "code", label: "Exit code", value: "0" }],
  functions: [
    { name: "app.info", summary: "Name, version, system, windows, screens.", run: ({ api }) => api.app.info() },
    {
      name: "app.relaunch",
      summary: "Ends the app and starts it again.",
      confirm: "Relaunch the app? This page is gone for a moment.",
      run: ({ api }) => api.app.relaunch(),
    },
    {
      name: "app.exit",
      summary: "Ends the app with the exit code.",
      confirm: "Exit the app? All its windows close.",
      run: ({ api, field }) => api.app.exit(Number(field("code"))),
    },
  ],
};

const EVENTS = {
  title: "events",
  summary: "Between windows, and from the native side.",
  fields: [
    { id: "event", label: "Event", value: "demo:ping" },
    { id: "payload", label: "Payload (JSON)", value: '{"hello": "world"}' },
    { id: "label", label: "To window", value: "main" },
    {
      id: "kind",
      label: "Window event",
      options: ["focus", "blur", "resized", "moved", "close-requested", "theme"],
    },
  ],
  functions: [
    { name: "events.on", summary: "Listens; what comes is in the log.", browser: true, run: listen },
    { name: "events.once", summary: "Waits for the next one.", browser: true, run: waitOnce },
    { name: "events.onMany", summary: `The event and ${SECOND_EVENT}.`, browser: true, run: listenToMany },
    { name: "events.onWindow", summary: "One kind of window event.", run: listenToWindow },
    { name: "unlisten", local: true, summary: "Ends what the buttons above began.", run: unlistenAll },
    {
      name: "events.emit",
      summary: "To this window only.",
      browser: true,
      run: (page) => page.api.events.emit(page.field("event"), payload(page)),
    },
    {
      name: "events.emitToAll",
      summary: "To all windows.",
      browser: true,
      run: (page) => page.api.events.emitToAll(page.field("event"), payload(page)),
    },
    {
      name: "events.emitTo",
      summary: "To one window.",
      run: (page) => page.api.events.emitTo(page.field("label"), page.field("event"), payload(page)),
    },
  ],
};

/**
 * Cards in the order of the page. `run` gets the API, a reader of the card's fields and the event log; `browser` marks
 * what the npm package does in a browser too; `confirm` is asked before a call that ends the page; a `local` button
 * belongs to this page and not to the API.
 */
export const MODULES = [
  TOP_LEVEL,
  APP,
  WINDOW,
  EVENTS,
  MENU,
  CLIPBOARD,
  NOTIFICATIONS,
  SHORTCUTS,
  CHOSEN,
  DATA,
  TRASH,
  CACHE,
  DOWNLOADS,
  NETWORK,
  ACCOUNT,
  START,
  VARIABLES,
  DIAGNOSTICS,
];
