/**
 * The functions of the modules `fs` and `downloads`.
 */
import { remember } from "./subscriptions.js";

/** What a button of the page saves. */
const DOWNLOAD = { name: "showcase.txt", text: "Saved by a page, as in any browser.\n" };

/** Reads a stream to its end, piece by piece. */
async function readStream({ api, field }) {
  const reader = (await api.fs.data.readStream(field("path"))).getReader();
  const pieces = [];
  for (let read = await reader.read(); !read.done; read = await reader.read()) pieces.push(read.value.byteLength);
  return { pieces };
}

async function writeStream({ api, field }) {
  const stream = await api.fs.data.writeStream(field("path"), { append: true });
  const writer = stream.getWriter();
  await writer.write(new TextEncoder().encode(`${field("text")}\n`));
  await writer.close();
  return { appended: field("text") };
}

async function recoverLast({ api }) {
  const [last] = await api.fs.trash.listContent();
  return last === undefined ? "the trash is empty" : api.fs.trash.recover(last.path);
}

/** A function of a scope, called with the card's paths. */
function data(name, summary, run) {
  return { name: `fs.data.${name}`, summary, run };
}

export const DATA = {
  title: "fs.data",
  summary: "Files of the app's own, that stay.",
  fields: [
    { id: "path", label: "Path", value: "hello.txt" },
    { id: "dest", label: "Second path", value: "copy.txt" },
    { id: "text", label: "Text", value: "Hello, file" },
  ],
  functions: [
    data("writeText", "Writes the text, whole or not at all.", ({ api, field }) =>
      api.fs.data.writeText(field("path"), field("text")),
    ),
    data("readText", "Reads it.", ({ api, field }) => api.fs.data.readText(field("path"))),
    data("writeBytes", "Writes four bytes.", ({ api, field }) =>
      api.fs.data.writeBytes(field("path"), new Uint8Array([68, 97, 116, 97])),
    ),
    data("readBytes", "Reads bytes.", async ({ api, field }) => [...(await api.fs.data.readBytes(field("path")))]),
    data("writeStream", "Appends a line, as a stream.", writeStream),
    data("readStream", "Reads piece by piece.", readStream),
    data("stat", "Size and time.", ({ api, field }) => api.fs.data.stat(field("path"))),
    data("exists", "Is it there?", ({ api, field }) => api.fs.data.exists(field("path"))),
    data("copy", "To the second path.", ({ api, field }) =>
      api.fs.data.copy(field("path"), field("dest"), { overwrite: true }),
    ),
    data("move", "To the second path; a file that is there is replaced.", ({ api, field }) =>
      api.fs.data.move(field("path"), field("dest"), { overwrite: true }),
    ),
    data("newDirectory", "A folder beside them.", ({ api }) => api.fs.data.newDirectory("folder")),
    data("listContent", "What is there.", ({ api }) => api.fs.data.listContent()),
    data("watch", "Changes from now on are in the log.", ({ api, log }) =>
      remember(
        api.fs.data.watch("", (change) => log("fs.data", change)),
        ["fs.data"],
      ),
    ),
    data("usage", "Bytes used, and the quota.", ({ api }) => api.fs.data.usage()),
    data("remove", "The second path, into the trash.", ({ api, field }) => api.fs.data.remove(field("dest"))),
    {
      ...data("clear", "Removes everything, without the trash.", ({ api }) => api.fs.data.clear()),
      confirm: "Remove every file of this app?",
    },
  ],
};

export const TRASH = {
  title: "fs.trash",
  summary: "What was removed from fs.data.",
  fields: [],
  functions: [
    { name: "fs.trash.listContent", summary: "What is in it.", run: ({ api }) => api.fs.trash.listContent() },
    { name: "fs.trash.recover", summary: "The last one, to where it was.", run: recoverLast },
    { name: "fs.trash.clear", summary: "Removes all of it for good.", run: ({ api }) => api.fs.trash.clear() },
  ],
};

export const CACHE = {
  title: "fs.cache",
  summary: "Files that the app can do without; a cacheOnly window has its own.",
  fields: [{ id: "cache-text", label: "Text", value: "Kept for a while" }],
  functions: [
    {
      name: "fs.cache.writeText",
      summary: "Into draft.txt.",
      run: ({ api, field }) => api.fs.cache.writeText("draft.txt", field("cache-text")),
    },
    { name: "fs.cache.readText", summary: "From there.", run: ({ api }) => api.fs.cache.readText("draft.txt") },
    { name: "fs.cache.listContent", summary: "What is there.", run: ({ api }) => api.fs.cache.listContent() },
    { name: "fs.cache.clear", summary: "Removes everything.", run: ({ api }) => api.fs.cache.clear() },
  ],
};

/** A link with `download`, as any page has it: no call of the bridge is needed. */
function download() {
  const url = URL.createObjectURL(new Blob([DOWNLOAD.text], { type: "text/plain" }));
  Object.assign(document.createElement("a"), { href: url, download: DOWNLOAD.name }).click();
  return { saving: DOWNLOAD.name };
}

/** The newest download, for what is done to one. */
async function newest({ api }) {
  const [download] = await api.downloads.list();
  if (download === undefined) throw new Error("download something first");
  return download.id;
}

function listenTo(name, what) {
  return ({ api, log }) =>
    remember(
      api.downloads[name]((download) => log(`download ${what}`, download)),
      [`download ${what}`],
    );
}

export const DOWNLOADS = {
  title: "downloads",
  summary: "What pages of the app save, into the folder of downloads.",
  fields: [],
  functions: [
    { name: "downloads.onStart", summary: "Beginnings are in the log.", run: listenTo("onStart", "begins") },
    { name: "downloads.onProgress", summary: "So is how far they are.", run: listenTo("onProgress", "goes on") },
    { name: "downloads.onDone", summary: "And their ends.", run: listenTo("onDone", "ends") },
    { name: "download", local: true, summary: "A link that saves a file.", run: download },
    { name: "downloads.list", summary: "Those of this run.", run: ({ api }) => api.downloads.list() },
    {
      name: "downloads.cancel",
      summary: "Stops the newest, if it still runs.",
      run: async (page) => page.api.downloads.cancel(await newest(page)),
    },
    {
      name: "downloads.reveal",
      summary: "Shows the newest in the file manager.",
      run: async (page) => page.api.downloads.reveal(await newest(page)),
    },
  ],
};
