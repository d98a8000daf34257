/**
 * Files and folders of the origin's private file system, below one folder.
 */
import type { FsUsage } from "../generated.js";
import { viewBytes } from "../arguments.js";
import { refusal, refusalOf } from "./paths.js";

/** Folder of the origin that has the scopes. */
const ROOT = "deskwright";
/** Name of a copy that is tried; no path can name it. */
const HIDDEN = ".deskwright-copy.tmp";
/** Files and folders that a scope may hold, as in the app. */
const MAX_ENTRIES = 1_000_000;

/** A path, parsed and as it was asked for. */
export interface Place {
  names: string[];
  path: string;
}

type Folder = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };
type Handle = FileSystemFileHandle | Folder;

/** The operations of a scope. */
export function createTree(scope: string) {
  async function root(): Promise<Folder> {
    const origin = await navigator.storage.getDirectory();
    const all = await origin.getDirectoryHandle(ROOT, { create: true });
    return (await all.getDirectoryHandle(scope, { create: true })) as Folder;
  }

  /** The folder at these names. */
  async function folder({ names, path }: Place, create = false): Promise<Folder> {
    let at = await root();
    for (const name of names) {
      const next = at.getDirectoryHandle(name, { create }).catch((error: Error) => {
        throw error.name === "TypeMismatchError" ? refusal("fs/not-a-directory", "not a folder", path) : error;
      });
      at = (await next) as Folder;
    }
    return at;
  }

  const above = ({ names, path }: Place): Place => ({ names: names.slice(0, -1), path });
  const nameOf = ({ names }: Place) => names[names.length - 1] ?? "";

  async function find(place: Place): Promise<Handle | undefined> {
    if (place.names.length === 0) return root();
    try {
      const parent = await folder(above(place));
      const file = parent.getFileHandle(nameOf(place));
      return await file.catch((error: Error) => {
        if (error.name !== "TypeMismatchError") throw error;
        return parent.getDirectoryHandle(nameOf(place)) as Promise<Folder>;
      });
    } catch (error) {
      const isNowhere = ["NotFoundError", "DesktoprError"].includes((error as Error).name);
      if (isNowhere) return undefined;
      throw error;
    }
  }

  async function found(place: Place): Promise<Handle> {
    const handle = await find(place);
    if (!handle) throw refusal("fs/not-found", "there is nothing at", place.path);
    return handle;
  }

  async function all(at: Folder): Promise<Handle[]> {
    const handles: Handle[] = [];
    for await (const handle of at.values()) {
      if (handle.name !== HIDDEN) handles.push(handle as Handle);
    }
    return handles;
  }

  function requireBelow({ names, path }: Place): void {
    if (names.length === 0) throw refusal("fs/invalid-name", "the scope itself cannot be moved or removed", path);
  }

  async function remove(place: Place, recursive: boolean): Promise<void> {
    requireBelow(place);
    await found(place);
    await (await folder(above(place))).removeEntry(nameOf(place), { recursive });
  }

  async function writable(place: Place, append: boolean): Promise<WritableStream<Uint8Array | ArrayBuffer>> {
    const old = await find(place);
    if (old?.kind === "directory") throw refusal("fs/is-a-directory", "a folder", place.path);
    const parent = await folder(above(place), true);
    // The browser makes an empty file at once, and locks it: so nothing is made before the end. Blobs may leave the memory.
    const parts: Blob[] = append && old ? [await old.getFile()] : [];
    return new WritableStream({
      write: (chunk) => void parts.push(new Blob([viewBytes("fs", "chunk", chunk) as BlobPart])),
      close: () =>
        put(parent, nameOf(place), new Blob(parts)).catch((error) => {
          throw refusalOf(error, place.path);
        }),
    });
  }

  async function put(parent: Folder, name: string, content: Blob): Promise<void> {
    const handle = await parent.getFileHandle(name, { create: true });
    if (!handle.createWritable) throw refusal("bridge/unavailable", "this browser writes no files here", name);
    await content.stream().pipeTo(await handle.createWritable());
  }

  async function copyInto(from: Handle, to: Folder, name: string): Promise<void> {
    if (from.kind === "file") {
      await put(to, name, await from.getFile());
      return;
    }
    const copy = (await to.getDirectoryHandle(name, { create: true })) as Folder;
    for (const handle of await all(from as Folder)) await copyInto(handle, copy, handle.name);
  }

  async function copy(src: Place, dest: Place, recursive: boolean, overwrite: boolean): Promise<void> {
    requireBelow(src);
    requireBelow(dest);
    const from = await found(src);
    if (from.kind === "directory" && !recursive) {
      throw refusal("fs/is-a-directory", "a folder, copied only with `recursive`", src.path);
    }
    if (isIn(dest, src) && isIn(src, dest)) return;
    if (isIn(dest, src)) throw refusal("fs/invalid-name", "a folder cannot go into itself", dest.path);
    if (isIn(src, dest)) throw refusal("fs/invalid-name", "what replaces a folder cannot come from it", src.path);
    const old = await find(dest);
    if (old && !overwrite) throw refusal("fs/already-exists", "there is something already at", dest.path);
    const parent = await folder(above(dest), true);
    const isSwapped = from.kind === "file" && old?.kind === "file";
    if (old && !isSwapped) {
      // What is there goes only when it is known that a copy succeeds.
      try {
        await copyInto(from, parent, HIDDEN);
      } finally {
        await parent.removeEntry(HIDDEN, { recursive: true }).catch(() => {});
      }
      await remove(dest, true);
    }
    await copyInto(from, parent, nameOf(dest));
  }

  return {
    find,
    found,
    remove,
    writable,
    copy,
    async list(place: Place): Promise<Handle[]> {
      const handle = await found(place);
      if (handle.kind === "file") throw refusal("fs/not-a-directory", "not a folder", place.path);
      return all(handle);
    },
    async file(place: Place): Promise<File> {
      const handle = await found(place);
      if (handle.kind === "directory") throw refusal("fs/is-a-directory", "a folder", place.path);
      return handle.getFile();
    },
    async makeFolder(place: Place): Promise<void> {
      if ((await find(place))?.kind === "file") throw refusal("fs/already-exists", "there is something already at", place.path);
      await folder(place, true);
    },
    async move(src: Place, dest: Place, overwrite: boolean): Promise<void> {
      await copy(src, dest, true, overwrite);
      if (!isIn(dest, src)) await remove(src, true);
    },
    async clear(): Promise<void> {
      const at = await root();
      // What a copy that was cut off has left goes too.
      const names = [HIDDEN, ...(await all(at)).map(({ name }) => name)];
      for (const name of names) {
        await at.removeEntry(name, { recursive: true }).catch((error: Error) => {
          if (name !== HIDDEN || error.name !== "NotFoundError") throw error;
        });
      }
    },
    async usage(): Promise<FsUsage> {
      const { quota = 0 } = await navigator.storage.estimate();
      const usage = { bytes: 0, quota, entries: 0, entriesQuota: MAX_ENTRIES };
      const count = async (at: Folder): Promise<void> => {
        for (const handle of await all(at)) {
          usage.entries += 1;
          if (handle.kind === "file") usage.bytes += (await handle.getFile()).size;
          else await count(handle);
        }
      };
      await count(await root());
      return usage;
    },
  };
}

/** Is it this folder, or in it? */
function isIn({ names }: Place, folder: Place): boolean {
  return folder.names.every((name, index) => names[index] === name);
}
