/**
 * The functions of a folder of the app's own, whichever it is.
 */
import type { FsChange, FsUsage } from "../generated.js";
import type { Unlisten } from "./events.js";

/** A file or folder. */
export interface FsEntry {
  /** Empty for the scope itself. */
  name: string;
  /** From the scope, with `/`; no path of the computer. */
  path: string;
  isFile: boolean;
  isDirectory: boolean;
  /** In bytes; 0 for a folder. */
  size: number;
  lastModified: Date;
}

/** Functions that only look. Paths are relative, with `/` or `\`; those that lead out reject with `fs/outside-scope`. */
export interface FsReadable {
  /**
   * What is in a folder, sorted by name. Left out is what no path can name: names that are no UTF-8, or that not every system
   * takes. `clear` removes that too.
   *
   * @param path - The scope itself when left out.
   * @example
   * ```ts
   * const names = (await Desktopr.fs.data.listContent("notes")).map((entry) => entry.name);
   * ```
   */
  listContent(path?: string): Promise<FsEntry[]>;

  /**
   * Kind, size and time of a file or folder.
   *
   * @param path - The scope itself when left out.
   * @example
   * ```ts
   * const { size } = await Desktopr.fs.data.stat("notes/today.md");
   * ```
   */
  stat(path?: string): Promise<FsEntry>;

  /**
   * Is there a file or folder?
   *
   * @example
   * ```ts
   * if (await Desktopr.fs.data.exists("settings.json")) applySettings();
   * ```
   */
  exists(path: string): Promise<boolean>;

  /**
   * A whole file as text; `fs/not-utf8` when it is none.
   *
   * @example
   * ```ts
   * const settings = JSON.parse(await Desktopr.fs.data.readText("settings.json"));
   * ```
   */
  readText(path: string): Promise<string>;

  /**
   * A whole file, of 2 GiB at most (`fs/too-large`).
   *
   * @example
   * ```ts
   * const bytes = await Desktopr.fs.data.readBytes("photos/1.jpg");
   * ```
   */
  readBytes(path: string): Promise<Uint8Array>;

  /**
   * A file piece by piece, however large it is. Nothing is read before it is asked for; cancelling closes the file.
   *
   * @param options - `offset` skips bytes at the beginning, `length` is the most that is read.
   * @example
   * ```ts
   * const stream = await Desktopr.fs.data.readStream("video.webm", { offset: 1024 });
   * const size = (await new Response(stream).arrayBuffer()).byteLength;
   * ```
   */
  readStream(path: string, options?: { offset?: number; length?: number }): Promise<ReadableStream<Uint8Array>>;
}

/** A folder that the page reads and writes: `fs.data`, `fs.cache`, and the storage of a plugin. */
export interface FsScope extends FsReadable {
  /**
   * Makes a folder and those above it. One that is there is fine.
   *
   * @example
   * ```ts
   * await Desktopr.fs.data.newDirectory("notes/2026");
   * ```
   */
  newDirectory(path: string): Promise<void>;

  /**
   * Removes a file or a folder. In `fs.data` it goes to the trash, if the app's config opens that; elsewhere it is gone.
   *
   * @param recursive - Needed for a folder with something in it.
   * @example
   * ```ts
   * await Desktopr.fs.data.remove("notes/2025", true);
   * ```
   */
  remove(path: string, recursive?: boolean): Promise<void>;

  /**
   * Writes a whole file, and makes the folders above it. All of it is there afterwards, or what was there before.
   *
   * @example
   * ```ts
   * await Desktopr.fs.data.writeText("settings.json", JSON.stringify(settings));
   * ```
   */
  writeText(path: string, text: string): Promise<void>;

  /**
   * The same as `writeText`, for bytes, of 2 GiB at most (`fs/too-large`). More than 64 MiB travel in pieces; they must stay as
   * they are until it resolves.
   *
   * @example
   * ```ts
   * await Desktopr.fs.data.writeBytes("photos/1.jpg", await file.arrayBuffer());
   * ```
   */
  writeBytes(path: string, bytes: Uint8Array | ArrayBuffer): Promise<void>;

  /**
   * Writes a file piece by piece. It is in its place when the stream is closed. Until then, and after an abort, what was there
   * before is there, and nothing else; so it is when the page goes.
   *
   * @param options - `append` begins with what is there.
   * @example
   * ```ts
   * const { body } = await fetch("/large.bin");
   * await body?.pipeTo(await Desktopr.fs.data.writeStream("large.bin"));
   * ```
   */
  writeStream(path: string, options?: { append?: boolean }): Promise<WritableStream<Uint8Array | ArrayBuffer>>;

  /**
   * Moves a file or folder, and makes the folders above its new place.
   *
   * @param options - `overwrite` replaces what is there; it is back when the move fails.
   * @example
   * ```ts
   * await Desktopr.fs.data.move("draft.md", "notes/final.md", { overwrite: true });
   * ```
   */
  move(src: string, dest: string, options?: { overwrite?: boolean }): Promise<void>;

  /**
   * Copies a file, or with `recursive` a folder.
   *
   * @example
   * ```ts
   * await Desktopr.fs.data.copy("notes", "backup", { recursive: true, overwrite: true });
   * ```
   */
  copy(src: string, dest: string, options?: { recursive?: boolean; overwrite?: boolean }): Promise<void>;

  /**
   * Removes everything for good, past the trash.
   *
   * @example
   * ```ts
   * await Desktopr.fs.cache.clear();
   * ```
   */
  clear(): Promise<void>;

  /**
   * How much is there, and how much may be. What would be more rejects with `fs/quota-exceeded`.
   *
   * @example
   * ```ts
   * const { bytes, quota } = await Desktopr.fs.data.usage();
   * ```
   */
  usage(): Promise<FsUsage>;

  /**
   * Tells what happens to a file or in a folder, whoever does it, until the function that it resolves to is called or the page
   * goes. What happens to one path within some 50 milliseconds is told once. When the watched folder itself is removed, that is
   * the last thing told.
   *
   * @param path - Of a file or folder; empty for the scope itself.
   * @param options - `recursive` tells of folders below too.
   * @example
   * ```ts
   * const stop = await Desktopr.fs.data.watch("notes", ({ kind, path }) => console.log(kind, path), { recursive: true });
   * ```
   */
  watch(path: string, callback: (change: FsChange) => void, options?: { recursive?: boolean }): Promise<Unlisten>;
}
