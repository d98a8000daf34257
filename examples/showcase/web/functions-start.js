/**
 * The cards of what starts the app, what all its windows share, and what it records of itself.
 */
import { remember } from "./subscriptions.js";

function listenToLinks({ api, log }) {
  return remember(
    api.events.onDeeplink((link) => log("deeplink", link)),
    ["deeplink"],
  );
}

function listenToFiles({ api, log }) {
  const take = ({ files, rejected }) => log("opened", { files: files.map(({ name, size }) => ({ name, size })), rejected });
  return remember(api.events.onOpenFiles(take), ["app:opened-files"]);
}

function listenToVariables({ api, log }) {
  return remember(
    api.globalVariables.onChange(null, (change) => log("variable", change)),
    ["app:variable-changed"],
  );
}

export const START = {
  title: "links, files, autostart",
  summary: "What starts the app besides its icon.",
  fields: [{ id: "mode", label: "Autostart mode", options: ["shown", "minimized", "hidden"] }],
  functions: [
    { name: "events.onDeeplink", summary: "Open deskwright-showcase://a/b?c=d.", run: listenToLinks },
    { name: "events.lastDeeplink", summary: "The latest one.", run: ({ api }) => api.events.lastDeeplink() },
    { name: "events.onOpenFiles", summary: "Open a file of the type .showcase.", run: listenToFiles },
    { name: "autostart.isEnabled", summary: "Does the system start it?", run: ({ api }) => api.autostart.isEnabled() },
    { name: "autostart.mode.get", summary: "How it appears then.", run: ({ api }) => api.autostart.mode.get() },
    {
      name: "autostart.mode.set",
      summary: "How it shall appear.",
      run: ({ api, field }) => api.autostart.mode.set(field("mode")),
    },
    { name: "autostart.enable", summary: "From the next sign-in on.", run: ({ api }) => api.autostart.enable() },
    { name: "autostart.disable", summary: "No longer.", run: ({ api }) => api.autostart.disable() },
  ],
};

export const VARIABLES = {
  title: "globalVariables",
  summary: "Short texts that all windows share.",
  fields: [
    { id: "variable", label: "Key", value: "colour" },
    { id: "variable-value", label: "Value", value: "green" },
  ],
  functions: [
    { name: "globalVariables.onChange", summary: "Changes are in the log.", run: listenToVariables },
    {
      name: "globalVariables.set",
      summary: "The value of the key.",
      run: ({ api, field }) => api.globalVariables.set(field("variable"), field("variable-value")),
    },
    {
      name: "globalVariables.get",
      summary: "What it is.",
      run: ({ api, field }) => api.globalVariables.get(field("variable")),
    },
    { name: "globalVariables.list", summary: "All of them.", run: ({ api }) => api.globalVariables.list() },
    {
      name: "globalVariables.remove",
      summary: "No longer.",
      run: ({ api, field }) => api.globalVariables.remove(field("variable")),
    },
  ],
};

export const DIAGNOSTICS = {
  title: "diagnostics",
  summary: "Records of what went wrong, on this computer only.",
  fields: [
    { id: "area", label: "Area", options: ["crashes", "logs", "runtime"] },
    { id: "error", label: "Error", value: "Something failed" },
  ],
  functions: [
    { name: "diagnostics.lastExit", summary: "How it ended before.", run: ({ api }) => api.diagnostics.lastExit() },
    { name: "diagnostics.settings.get", summary: "What is recorded.", run: ({ api }) => api.diagnostics.settings.get() },
    {
      name: "diagnostics.newError.js",
      summary: "Records the error.",
      run: ({ api, field }) => api.diagnostics.newError.js({ message: field("error") }),
    },
    {
      name: "diagnostics.newRecord",
      summary: "A record of use, if the settings allow it.",
      run: ({ api }) => api.diagnostics.newRecord("demo", { name: "button" }),
    },
    {
      name: "diagnostics.listRecordsFiles",
      summary: "Files of the area.",
      run: ({ api, field }) => api.diagnostics.listRecordsFiles(field("area")),
    },
    { name: "diagnostics.runRetention", summary: "Deletes old ones.", run: ({ api }) => api.diagnostics.runRetention() },
    { name: "diagnostics.export", summary: "A ZIP file of all.", run: ({ api }) => api.diagnostics.export() },
  ],
};
