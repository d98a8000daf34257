/**
 * What `files` is alike in the app and in a browser: what is made of handles.
 */
import type { FileHandle, FilesModule, OpenOptions, OpenedBytes, SaveOptions } from "./api/files.js";
import { copyBytes, requireOptions, requireText } from "./arguments.js";
import { decodeText } from "./text.js";

/** What is asked of the system, as the page says it. */
export interface OpenRequest extends OpenOptions {
  directory?: boolean;
}

/** The functions that both sides have to make. */
export interface FileSource {
  open(options: OpenRequest): ReturnType<FilesModule["open"]>;
  saveHandle(name: string, options: SaveOptions): Promise<FileHandle | null>;
}

/** `Desktopr.files` over what a side can do. */
export function createFilesModule(source: FileSource): FilesModule {
  const open = async (options: OpenRequest = {}) => {
    requireOptions("files", options);
    return source.open(options);
  };
  const saveHandle = async (defaultName?: string, options: SaveOptions = {}) => {
    requireText("files", "defaultName", defaultName);
    requireOptions("files", options);
    return source.saveHandle(defaultName ?? "", options);
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
      const { bytes, text, ...rest } = requireOptions("files", options) as Parameters<FilesModule["save"]>[1] & object;
      requireText("files", "text", text);
      const given = bytes ?? text;
      // Now, so that what the page changes while its user chooses changes nothing.
      const content = given === undefined ? undefined : toBytes(given);
      const handle = await saveHandle(defaultName, rest);
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
  // A mark of the byte order is no part of the text.
  return decodeText("files/not-utf8", bytes).replace(/^\uFEFF/, "");
}
