/**
 * The functions of the modules `menu`, `contextMenu` and `tray`.
 */
import { remember } from "./subscriptions.js";

const WRAP = { type: "custom", id: "wrap", label: "Wrap lines", interaction: "check", accelerator: "CmdOrCtrl+Shift+W" };
/** What a page gives the app. */
const CONFIG = {
  file: { items: [{ type: "custom", id: "save", label: "&Save" }, { type: "predefined", item: "quit" }] },
  edit: { items: ["undo", "cut", "copy", "paste"].map((item) => ({ type: "predefined", item })) },
  sections: [{ id: "tools", label: "&Tools", items: [WRAP] }],
};
const ENTRIES = [
  { type: "item", id: "rename", text: "Rename" },
  { type: "predefined", kind: "copy" },
];

/** A function of the app's menu, called with the card's fields. */
function menu(name, summary, run) {
  return { name: `menu.${name}`, summary, run };
}

export const MENU = {
  title: "menu and tray",
  summary: "The app's menu, menus in the page, the icon in the tray.",
  fields: [
    { id: "id", label: "Id", value: "wrap" },
    { id: "label", label: "Label", value: "Wrap" },
  ],
  functions: [
    menu("init.fromConfig", "Shows a menu above the page.", ({ api }) => api.menu.init.fromConfig(CONFIG)),
    menu("init.fromJson", "The same from JSON.", ({ api }) => api.menu.init.fromJson(JSON.stringify(CONFIG))),
    menu("init.fromJsonFile", "JSON, or a file of fs.data.", ({ api }) =>
      api.menu.init.fromJsonFile(JSON.stringify(CONFIG)),
    ),
    menu("setEnabled", "The item cannot be chosen.", ({ api, field }) => api.menu.setEnabled(field("id"), false)),
    menu("setChecked", "The item gets its mark.", ({ api, field }) => api.menu.setChecked(field("id"), true)),
    menu("setLabel", "The item gets the label.", ({ api, field }) => api.menu.setLabel(field("id"), field("label"))),
    {
      name: "events.onMenuEvent",
      summary: "What is chosen.",
      run: ({ api, log }) => remember(api.events.onMenuEvent((item) => log("menu:event", item)), ["menu:event"]),
    },
    {
      name: "contextMenu.show",
      summary: "A menu at the pointer.",
      run: ({ api }) => api.contextMenu.show(ENTRIES, { timeoutMs: 10_000 }),
    },
    {
      name: "contextMenu.handler.init",
      summary: "Tells of right clicks.",
      browser: true,
      run: ({ api, log }) => api.contextMenu.handler.init(({ targetTag }) => log("contextmenu", targetTag)),
    },
    {
      name: "contextMenu.handler.remove",
      summary: "No more.",
      browser: true,
      run: ({ api }) => api.contextMenu.handler.remove(),
    },
    {
      name: "tray.set",
      summary: "An icon, where the desktop has a tray.",
      run: ({ api }) => api.tray.set({ menu: [{ type: "custom", id: "pause", label: "Pause" }] }),
    },
    { name: "tray.remove", summary: "Takes it away.", run: ({ api }) => api.tray.remove() },
    {
      name: "events.onTrayIconEvent",
      summary: "The pointer at the icon.",
      run: ({ api, log }) => remember(api.events.onTrayIconEvent((event) => log("tray", event)), ["tray:icon"]),
    },
  ],
};
