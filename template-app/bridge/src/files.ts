/**
 * What `files` is alike in the app and in a browser: checks of what a page passes in, and what is made of handles.
 */
import type { FileHandle, FilesModule, OpenOptions, OpenedBytes, SaveOptions } from "./api/files.js";
import { copyBytes, requireBoolean, requireOptions, requireSize, requireText } from "./arguments.js";
import { DesktoprError } from "./error.js";

/** What is asked of the system, checked. */
export interface OpenRequest extends OpenOptions {
  directory?: boolean;
}

/** The functions that both sides have to make. */
export interface FileSource {
  open(options: OpenRequest): ReturnType<FilesModule["open"]>;
  saveHandle(name: string, options: SaveOptions): Promise<FileHandle | null>;
  /** Saves without a handle, where that is another way. */
  savePath?(name: string, content: Uint8Array): Promise<string>;
}

/** `Desktopr.files` over what a side can do. */
export function createFilesModule(source: FileSource): FilesModule {
  const open = async (options: OpenRequest = {}) => source.open(checkedOpen(options));
  const saveHandle = async (defaultName?: string, options: SaveOptions = {}) => {
    requireText("files", "defaultName", defaultName);
    return source.saveHandle(defaultName ?? "", checkedSave(options));
  };
  return {
    open: open as FilesModule["open"],
    async openWithBytes(options = {}): Promise<OpenedBytes> {
      const { handles, rejected } = await (open as FilesModule["open"])({ ...requireOptions("files", options), directory: false });
      const files: OpenedBytes["files"] = [];
      for (const handle of handles) {
        const { name, path } = handle;
        files.push({ name, path, bytes: await handle.read().finally(() => handle.close()) });
      }
      return { files, rejected };
    },
    async save(defaultName, options = {}) {
      requireOptions("files", options);
      const { bytes, text } = options;
      requireText("files", "text", text);
      const given = bytes ?? text;
      // Now, so that what the page changes while its user chooses changes nothing.
      const content = given === undefined ? undefined : toBytes(given);
      if (source.savePath && content) return source.savePath(defaultName ?? "", content);
      const handle = await saveHandle(defaultName, options);
      if (handle === null) return "";
      try {
        if (content) await handle.write(content);
      } finally {
        await handle.close();
      }
      return handle.path;
    },
    saveHandle,
  };
}

/** The bytes of what a page writes. */
export function toBytes(content: unknown): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : copyBytes("files", "content", content);
}

/** The text of what was read. */
export function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DesktoprError({ code: "files/not-utf8", module: "files", message: "the file is no text in UTF-8" });
  }
}

function checkedOpen(options: unknown): OpenRequest {
  const { multi = false, directory = false, allowed = [], maxBytes } = requireOptions("files", options) as OpenRequest;
  requireBoolean("files", "multi", multi);
  requireBoolean("files", "directory", directory);
  requireSize("files", "maxBytes", maxBytes);
  requireTexts("allowed", allowed);
  return { multi, directory, allowed, ...(maxBytes === undefined ? {} : { maxBytes }), ...checkedSave(options as object) };
}

function checkedSave(options: unknown): SaveOptions {
  const { title, filters } = requireOptions("files", options) as SaveOptions;
  requireText("files", "title", title);
  const isFilter = ({ name, extensions }: Partial<NonNullable<SaveOptions["filters"]>[number]>) =>
    typeof name === "string" && Array.isArray(extensions) && extensions.every((extension) => typeof extension === "string");
  if (filters !== undefined && !(Array.isArray(filters) && filters.every((filter) => filter && isFilter(filter)))) {
    refuse("filters", "an array of `{ name, extensions }`");
  }
  return { ...(title === undefined ? {} : { title }), ...(filters === undefined ? {} : { filters }) };
}

function requireTexts(name: string, value: unknown): void {
  if (!(Array.isArray(value) && value.every((text) => typeof text === "string"))) refuse(name, "an array of strings");
}

function refuse(name: string, expected: string): never {
  const message = `argument \`${name}\` must be ${expected}`;
  throw new DesktoprError({ code: "bridge/invalid-argument", module: "files", message });
}
