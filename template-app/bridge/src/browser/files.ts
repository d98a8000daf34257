/**
 * The module `files` in a plain browser: an input element for opening, the File System Access API where there is one, else a
 * download, for saving. Paths are names.
 */
import type { FileHandle, FilesModule, OpenedFiles } from "../api/files.js";
import { createFilesModule, type OpenRequest, toBytes, toText } from "../files.js";
import { fail } from "../error.js";
import { deepFreeze } from "../freeze.js";
import type { FileRejected } from "../generated.js";
import { checkedOpen, checkedSave } from "./file-options.js";
import { orRefused } from "./refused.js";
import { unavailable } from "./unavailable.js";

/** The parts of the File System Access API that are used here; not every browser has them. */
interface Writable {
  write(bytes: Uint8Array): Promise<void>;
  seek(position: number): Promise<void>;
  close(): Promise<void>;
}
interface NativeHandle {
  name: string;
  getFile(): Promise<File>;
  createWritable(options?: { keepExistingData: boolean }): Promise<Writable>;
}
type ShowSave = (options: { suggestedName?: string }) => Promise<NativeHandle>;

/** Functions that this browser has. */
export function browserFilesFunctions(): string[] {
  if (typeof document === "undefined") return [];
  const names = ["files.open", "files.openWithBytes", "files.save"];
  return showSave() ? [...names, "files.saveHandle"] : names;
}

function showSave(): ShowSave | undefined {
  return (globalThis as { showSaveFilePicker?: ShowSave }).showSaveFilePicker;
}

/** `Desktopr.files` in a browser. */
export function createBrowserFiles(): FilesModule {
  const open = async (given: OpenRequest): Promise<OpenedFiles> => {
    const options = checkedOpen(given);
    if (options.directory === true) return unavailable("files", "files.open");
    return sort(await ask(options), options);
  };
  const picking = createFilesModule({
    open,
    async saveHandle(name, options) {
      checkedSave(options);
      const show = showSave();
      if (show === undefined) return unavailable("files", "files.saveHandle");
      return refusable(async () => {
        try {
          return await handleOf(await show(name === "" ? {} : { suggestedName: name }));
        } catch (error) {
          if (error instanceof DOMException && error.name === "AbortError") return null;
          throw error;
        }
      });
    },
  });
  // A browser's own downloads need no right and ask where the user wants that.
  const downloading = createFilesModule({
    open,
    async saveHandle(name, options) {
      checkedSave(options);
      return downloadHandle(name);
    },
  });
  return {
    ...picking,
    save(name, options) {
      const hasContent = (options?.bytes ?? options?.text) !== undefined;
      return (hasContent ? downloading : picking).save(name, options);
    },
  };
}

function refusable<Result>(act: () => Promise<Result>): Promise<Result> {
  return orRefused("files", "files/io", act);
}

/** A file that goes to the downloads when it is written. */
function downloadHandle(name: string): FileHandle {
  const readOnly = () => unavailable("files", "files.open");
  const write = async (content: unknown) => {
    if (typeof document === "undefined") return unavailable("files", "files.save");
    const url = URL.createObjectURL(new Blob([toBytes(content) as BlobPart]));
    Object.assign(document.createElement("a"), { href: url, download: name }).click();
    // The download has taken its bytes when the click is done with.
    setTimeout(() => URL.revokeObjectURL(url), 0);
  };
  return fileHandle(name, 0, readOnly, write, readOnly);
}

function ask({ multi = false, allowed = [] }: OpenRequest): Promise<File[]> {
  if (typeof document === "undefined") return unavailable("files", "files.open");
  // Without one, browsers show nothing and never say so.
  if (navigator.userActivation?.isActive === false) fail("bridge/not-allowed", "a browser opens files after a click only", "files");
  const input = Object.assign(document.createElement("input"), { type: "file", multiple: multi });
  input.accept = allowed.map((word) => (word.includes("/") || word.startsWith(".") ? word : `.${word}`)).join(",");
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])]), { once: true });
    input.addEventListener("cancel", () => resolve([]), { once: true });
    input.click();
  });
}

function sort(files: readonly File[], { allowed = [], maxBytes = Infinity }: OpenRequest): OpenedFiles {
  const handles: FileHandle[] = [];
  const rejected: FileRejected[] = [];
  for (const file of files) {
    if (allowed.length > 0 && !allowed.some((word) => fits(file, word.toLowerCase()))) {
      rejected.push({ name: file.name, reason: "type" });
    } else if (file.size > maxBytes) rejected.push({ name: file.name, reason: "too-large" });
    else handles.push(readHandle(file));
  }
  return { files: handles.map(({ path }) => path), handles, rejected };
}

function fits({ name, type }: File, word: string): boolean {
  if (word.endsWith("/*")) return type.startsWith(word.slice(0, -1));
  if (word.includes("/")) return type === word;
  return name.toLowerCase().endsWith(`.${word.replace(/^\*?\./, "")}`);
}

/** A file that a browser lets the page read and no more. */
function readHandle(file: File): FileHandle {
  const readOnly = (name: string) => () => unavailable("files", `files.${name}`);
  return fileHandle(file.name, file.size, async () => file, readOnly("write"), readOnly("append"));
}

async function handleOf(native: NativeHandle): Promise<FileHandle> {
  const put = async (content: unknown, append: boolean) => {
    const whole = toBytes(content);
    await refusable(async () => {
      const writable = await native.createWritable({ keepExistingData: append });
      if (append) await writable.seek((await native.getFile()).size);
      await writable.write(whole);
      await writable.close();
    });
  };
  const { size } = await native.getFile();
  return fileHandle(native.name, size, () => native.getFile(), (content) => put(content, false), (content) => put(content, true));
}

function fileHandle(
  name: string,
  size: number,
  get: () => Promise<File>,
  write: FileHandle["write"],
  append: FileHandle["append"],
): FileHandle {
  const read = () => refusable(async () => new Uint8Array(await (await get()).arrayBuffer()));
  return deepFreeze<FileHandle>({
    kind: "file",
    name,
    path: name,
    size,
    read,
    readText: async () => toText(await read()),
    stream: () => refusable(async () => (await get()).stream()),
    write,
    append,
    async close() {},
  });
}
