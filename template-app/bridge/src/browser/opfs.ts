/**
 * A scope of files in a plain browser, in the origin's private file system. Moving is copying and removing here, and there is no
 * trash.
 */
import type { FsEntry, FsScope } from "../api/fs.js";
import { requireOptions, requireSize, requireString, viewBytes } from "../arguments.js";
import { MAX_WHOLE_FILE_BYTES } from "../generated.js";
import { decodeText, tooLarge } from "../text.js";
import { createTree, type Place } from "./opfs-tree.js";
import { parsePath, refusalOf } from "./paths.js";
import { unavailable } from "./unavailable.js";

/** `fs.data` or `fs.cache`. */
export function createBrowserScope(scope: string): FsScope {
  const tree = createTree(scope);

  /** Parses the path, and turns what the browser refuses with into the bridge's errors. */
  async function at<Result>(path: unknown, act: (place: Place) => Promise<Result>): Promise<Result> {
    requireString("fs", "path", path);
    const names = parsePath(path);
    try {
      return await act({ names, path });
    } catch (error) {
      throw refusalOf(error, path);
    }
  }

  async function readFile(place: Place): Promise<Uint8Array> {
    const file = await tree.file(place);
    if (file.size > MAX_WHOLE_FILE_BYTES) throw tooLarge();
    return new Uint8Array(await file.arrayBuffer());
  }

  async function write(place: Place, content: Uint8Array): Promise<void> {
    if (content.length > MAX_WHOLE_FILE_BYTES) throw tooLarge();
    const writer = (await tree.writable(place, false)).getWriter();
    await writer.write(content);
    await writer.close();
  }

  const twoPaths = (src: string, dest: string, options: unknown, act: (from: Place, to: Place, flags: Flags) => Promise<void>) =>
    at(src, (from) => at(dest, (to) => act(from, to, requireOptions("fs", options) as Flags)));

  return {
    listContent: (path = "") => at(path, async (place) => entriesOf(place, await tree.list(place))),
    stat: (path = "") => at(path, async (place) => entryOf(place.names, await tree.found(place))),
    exists: (path) => at(path, async (place) => (await tree.find(place)) !== undefined),
    readText: (path) => at(path, async (place) => decodeText("fs/not-utf8", await readFile(place))),
    readBytes: (path) => at(path, readFile),
    readStream: (path, options = {}) =>
      at(path, async (place) => {
        const { offset = 0, length } = requireOptions("fs", options) as { offset?: number; length?: number };
        requireSize("fs", "offset", offset);
        requireSize("fs", "length", length);
        const file = await tree.file(place);
        return file.slice(offset, length === undefined ? undefined : offset + length).stream();
      }),
    newDirectory: (path) => at(path, tree.makeFolder),
    remove: (path, recursive = false) => at(path, (place) => tree.remove(place, recursive === true)),
    async writeText(path, text) {
      requireString("fs", "text", text);
      await at(path, (place) => write(place, new TextEncoder().encode(text)));
    },
    async writeBytes(path, bytes) {
      const content = viewBytes("fs", "bytes", bytes).slice();
      await at(path, (place) => write(place, content));
    },
    writeStream: (path, options = {}) =>
      at(path, (place) => tree.writable(place, (requireOptions("fs", options) as Flags).append === true)),
    move: (src, dest, options = {}) => twoPaths(src, dest, options, (from, to, flags) => tree.move(from, to, flags.overwrite === true)),
    copy: (src, dest, options = {}) =>
      twoPaths(src, dest, options, (from, to, flags) => tree.copy(from, to, flags.recursive === true, flags.overwrite === true)),
    clear: () => at("", tree.clear),
    usage: () => at("", tree.usage),
    watch: () => unavailable("fs", `fs.${scope}.watch`),
  };
}

interface Flags {
  append?: boolean;
  overwrite?: boolean;
  recursive?: boolean;
}

async function entriesOf({ names }: Place, found: FileSystemHandle[]): Promise<FsEntry[]> {
  const entries = await Promise.all(found.map((handle) => entryOf([...names, handle.name], handle)));
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function entryOf(names: string[], handle: FileSystemHandle): Promise<FsEntry> {
  const file = handle.kind === "file" ? await (handle as FileSystemFileHandle).getFile() : undefined;
  return {
    name: names[names.length - 1] ?? "",
    path: names.join("/"),
    isFile: file !== undefined,
    isDirectory: file === undefined,
    size: file?.size ?? 0,
    // The browser keeps no time of a folder.
    lastModified: new Date(file?.lastModified ?? 0),
  };
}
