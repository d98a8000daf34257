/**
 * The card of files that the user picks or drops. A page gets handles, and works with those alone.
 */
import { remember } from "./subscriptions.js";

/** What a page may know of a handle; the rest of it is functions. */
function described({ kind, name, path, size }) {
  return { kind, name, path, size };
}

async function open({ api, field }) {
  const { handles, rejected } = await api.files.open({ multi: true, maxBytes: Number(field("max-bytes")) });
  return { handles: handles.map(described), rejected };
}

async function openFolder({ api }) {
  const { handles: [folder] } = await api.files.open({ directory: true });
  return folder === undefined ? "nothing was picked" : (await folder.entries()).map(({ name }) => name);
}

async function readFirst({ api }) {
  const { handles: [file] } = await api.files.open();
  return file === undefined ? "nothing was picked" : (await file.readText()).slice(0, 400);
}

async function openWithBytes({ api }) {
  const { files } = await api.files.openWithBytes();
  return files.map(({ name, bytes }) => ({ name, bytes: bytes.length }));
}

async function saveHandle({ api, field }) {
  const file = await api.files.saveHandle("note.txt");
  await file?.write(field("chosen-text"));
  return file === null ? "nothing was picked" : described(file);
}

function listenToDrops({ api, log }) {
  const take = (event, { files, ...drop }) => log(event, { ...drop, files: files.map(described) });
  return remember(api.events.onDragDrop(take), ["dragdrop:*"]);
}

export const CHOSEN = {
  title: "files",
  summary: "What the user picks in a dialog, or drops on the window.",
  fields: [
    { id: "max-bytes", label: "Largest, in bytes", value: "1000000" },
    { id: "chosen-text", label: "Text", value: "Written by a page" },
  ],
  functions: [
    { name: "files.open", summary: "Any number of files; larger ones are rejected.", run: open },
    { name: "read", local: true, summary: "The beginning of a file, by its handle.", run: readFirst },
    { name: "folder", local: true, summary: "What is in a folder that is picked.", run: openFolder },
    { name: "files.openWithBytes", summary: "With what is in them.", run: openWithBytes },
    {
      name: "files.save",
      summary: "The text, to a place that is picked.",
      run: ({ api, field }) => api.files.save("note.txt", { text: field("chosen-text") }),
    },
    { name: "files.saveHandle", summary: "The same by a handle.", run: saveHandle },
    { name: "events.onDragDrop", summary: "Drops are in the log.", run: listenToDrops },
  ],
};
