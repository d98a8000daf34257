/**
 * The cards of what the app shares with the rest of the desktop: clipboard, notifications, keys, the number at its icon.
 */
import { remember } from "./subscriptions.js";

/** A square in the colour of the page's mark, as pixels. */
function square(side) {
  const pixel = [0xc2, 0x5b, 0x2e, 0xff];
  return { width: side, height: side, rgba: Uint8Array.from({ length: side * side * 4 }, (_, at) => pixel[at % 4]) };
}

async function readImage({ api }) {
  const image = await api.clipboard.readImage();
  return image === null ? "no picture" : `${image.width} × ${image.height} pixels`;
}

export const CLIPBOARD = {
  title: "clipboard",
  summary: "Text, HTML and pictures, to and from other programs.",
  fields: [
    { id: "copied", label: "Text", value: "From the showcase" },
    { id: "html", label: "HTML", value: "<b>From the showcase</b>" },
  ],
  functions: [
    {
      name: "clipboard.writeText",
      summary: "Copies the text.",
      browser: true,
      run: ({ api, field }) => api.clipboard.writeText(field("copied")),
    },
    { name: "clipboard.readText", summary: "What is there.", browser: true, run: ({ api }) => api.clipboard.readText() },
    {
      name: "clipboard.writeHtml",
      summary: "Copies the HTML, and the text for programs that take none.",
      browser: true,
      run: ({ api, field }) => api.clipboard.writeHtml(field("html"), field("copied")),
    },
    { name: "clipboard.readHtml", summary: "What is there.", browser: true, run: ({ api }) => api.clipboard.readHtml() },
    {
      name: "clipboard.writeImage",
      summary: "Copies a square.",
      browser: true,
      run: ({ api }) => api.clipboard.writeImage(square(64)),
    },
    { name: "clipboard.readImage", summary: "How large what is there is.", browser: true, run: readImage },
  ],
};

function notify({ api, field }) {
  const actions = [{ id: "reply", title: "Reply" }];
  return api.notifications.show({ title: field("notice-title"), body: field("notice-body"), tag: "showcase", actions });
}

export const NOTIFICATIONS = {
  title: "notifications",
  summary: "Notifications of the system, and the number at the app's icon.",
  fields: [
    { id: "notice-title", label: "Title", value: "New message" },
    { id: "notice-body", label: "Text", value: "Shall we meet at ten?" },
    { id: "count", label: "Number", value: "3" },
  ],
  functions: [
    {
      name: "notifications.state",
      summary: "Can they be shown?",
      browser: true,
      run: ({ api }) => api.notifications.state(),
    },
    {
      name: "notifications.request",
      summary: "Asks, where that is needed.",
      browser: true,
      run: ({ api }) => api.notifications.request(),
    },
    { name: "notifications.show", summary: "With a button.", browser: true, run: notify },
    {
      name: "notifications.onClick",
      summary: "Clicks are in the log.",
      browser: true,
      run: ({ api, log }) =>
        remember(
          api.notifications.onClick((click) => log("notification:click", click)),
          ["notification:click"],
        ),
    },
    {
      name: "badge.set",
      summary: "The number at the icon.",
      browser: true,
      run: ({ api, field }) => api.badge.set(Number(field("count"))),
    },
    { name: "badge.clear", summary: "No number.", browser: true, run: ({ api }) => api.badge.clear() },
  ],
};

/** Registers the field's keys; what they do is in the log. */
async function take({ api, field, log }) {
  const key = field("key");
  await api.globalShortcut.register(key, ({ state }) => log("globalShortcut", { key, state }));
  return { registered: key };
}

function takeHere({ api, field, log }) {
  const keys = field("sequence");
  return remember(
    api.shortcuts.register(keys, () => log("shortcuts", { keys })),
    [keys],
  );
}

export const SHORTCUTS = {
  title: "shortcuts",
  summary: "Keys of the whole desktop, and keys of this page.",
  fields: [
    { id: "key", label: "Key", value: "CmdOrCtrl+Alt+K" },
    { id: "sequence", label: "In the page", value: "Ctrl+K Ctrl+C" },
  ],
  functions: [
    { name: "globalShortcut.register", summary: "Whatever program has the focus.", run: take },
    {
      name: "globalShortcut.isRegistered",
      summary: "Has this page the key?",
      run: ({ api, field }) => api.globalShortcut.isRegistered(field("key")),
    },
    {
      name: "globalShortcut.unregister",
      summary: "Gives it back.",
      run: ({ api, field }) => api.globalShortcut.unregister(field("key")),
    },
    {
      name: "globalShortcut.unregisterAll",
      summary: "Gives all of them back.",
      run: ({ api }) => api.globalShortcut.unregisterAll(),
    },
    {
      name: "events.onShortcut",
      summary: "Keys of the app's config.",
      run: ({ api, log }) =>
        remember(
          api.events.onShortcut((event) => log("shortcut", event)),
          ["shortcut:event"],
        ),
    },
    { name: "shortcuts.register", summary: "One after the other, here.", browser: true, run: takeHere },
  ],
};
