/**
 * The module `files`: files and folders that the user picks or drops. A page is told their paths, and works with handles: no call
 * takes a path.
 */
import type { FileRejected } from "../generated.js";
import type { FsEntry } from "./fs.js";

/** A file that the user picked or dropped. It belongs to this page: it ends when the page is left. */
export interface FileHandle {
  readonly kind: "file";
  readonly name: string;
  /** As the user picked it. In a browser, which tells none, the name. */
  readonly path: string;
  /** In bytes, when it was picked. */
  readonly size: number;

  /**
   * All that is in the file, of any size that the page has memory for. What is larger than some hundred megabytes is better read
   * with `stream`.
   *
   * @example
   * ```ts
   * const { handles: [file] } = await Desktopr.files.open();
   * if (file) show(await file.read());
   * ```
   */
  read(): Promise<Uint8Array>;

  /**
   * The file as text in UTF-8; another rejects with `files/not-utf8`.
   *
   * @example
   * ```ts
   * const settings = JSON.parse(await file.readText());
   * ```
   */
  readText(): Promise<string>;

  /**
   * The file piece by piece, as fast as it is read. Cancel it when the rest is not wanted.
   *
   * @example
   * ```ts
   * const text = (await file.stream()).pipeThrough(new DecompressionStream("gzip"));
   * ```
   */
  stream(): Promise<ReadableStream<Uint8Array>>;

  /**
   * Replaces what is in the file; it keeps its permissions. All of the content is there afterwards, or what was there before. A
   * file in a folder whose other files cannot be written is written in place.
   *
   * @example
   * ```ts
   * await file.write(JSON.stringify(settings));
   * ```
   */
  write(content: Uint8Array | ArrayBuffer | string): Promise<void>;

  /**
   * Adds to the end of the file.
   *
   * @example
   * ```ts
   * await log.append(`${new Date().toISOString()} saved\n`);
   * ```
   */
  append(content: Uint8Array | ArrayBuffer | string): Promise<void>;

  /**
   * Gives the handle up. What is being read or written goes on.
   *
   * @example
   * ```ts
   * await file.close();
   * ```
   */
  close(): Promise<void>;
}

/** A folder that the user picked or dropped: what is in it can be read, at any depth. */
export interface DirectoryHandle {
  readonly kind: "directory";
  readonly name: string;
  readonly path: string;

  /**
   * What is in the folder, sorted by name.
   *
   * @param path - Of a folder below it, with `/`; the folder itself when left out.
   * @example
   * ```ts
   * const names = (await folder.entries("photos")).map((entry) => entry.name);
   * ```
   */
  entries(path?: string): Promise<FsEntry[]>;

  /**
   * A file in the folder, for reading: writing rejects with `files/read-only`.
   *
   * @param path - From the folder, with `/`; one that leads out of it rejects with `files/outside-folder`.
   * @example
   * ```ts
   * const readme = await (await folder.file("docs/readme.md")).readText();
   * ```
   */
  file(path: string): Promise<FileHandle>;

  /**
   * Gives the handle up.
   *
   * @example
   * ```ts
   * await folder.close();
   * ```
   */
  close(): Promise<void>;
}

/** Files that the user has opened with the app. */
export interface OpenFiles {
  files: FileHandle[];
  /** What could not be given, with the reasons. */
  rejected: FileRejected[];
}

/** A kind of files that the dialog can be narrowed to. */
export interface FileFilter {
  name: string;
  /** Without a dot, as in `["png", "jpg"]`. */
  extensions: string[];
}

/** What the user is asked for. */
export interface OpenOptions {
  /** More than one file. */
  multi?: boolean;
  /** Extensions (`png`) and kinds of content (`image/png`, `image/*`); other files come back as `rejected`. */
  allowed?: string[];
  /** Larger files come back as `rejected`. */
  maxBytes?: number;
  title?: string;
  /** What the dialog shows; `allowed` when left out. */
  filters?: FileFilter[];
}

/** What the user is asked for a place for. */
export interface SaveOptions {
  title?: string;
  filters?: FileFilter[];
}

/** What the user chose; empty lists when nothing. */
export interface OpenedFiles<Handle = FileHandle> {
  /** Paths, in the order of `handles`. */
  files: string[];
  handles: Handle[];
  /** What the user chose and the page does not get, with the reason. */
  rejected: FileRejected[];
}

/** The same with the bytes of each file, and without handles. */
export interface OpenedBytes {
  files: { name: string; path: string; bytes: Uint8Array }[];
  rejected: FileRejected[];
}

/** What is dragged over the window, or was dropped on it. */
export interface Drop {
  kind: "enter" | "hover" | "drop" | "cancel";
  /** Of all that is dragged: with `enter` and `drop`. */
  names: string[];
  /** With `drop`: where the files are. */
  paths: string[];
  /** With `drop`: handles of the files and folders. */
  files: (FileHandle | DirectoryHandle)[];
  /** With `drop`: what the page does not get. */
  rejected: FileRejected[];
  /** In pixels of the page, from its upper left corner; absent with `cancel`. */
  position?: { x: number; y: number };
}

/** `Desktopr.files`, switched on by `bridge.modules.files`. */
export interface FilesModule {
  /**
   * Lets the user choose files, or a folder.
   *
   * @example
   * ```ts
   * const { handles, rejected } = await Desktopr.files.open({ multi: true, allowed: ["image/*"], maxBytes: 10_000_000 });
   * for (const file of handles) await upload(file.name, await file.read());
   * for (const { name, reason } of rejected) warn(`${name}: ${reason}`);
   * ```
   */
  open(options: OpenOptions & { directory: true }): Promise<OpenedFiles<DirectoryHandle>>;
  open(options?: OpenOptions & { directory?: false }): Promise<OpenedFiles>;

  /**
   * The same with all bytes of the files, for small ones.
   *
   * @example
   * ```ts
   * const { files: [photo] } = await Desktopr.files.openWithBytes({ allowed: ["png", "jpg"], maxBytes: 5_000_000 });
   * ```
   */
  openWithBytes(options?: OpenOptions): Promise<OpenedBytes>;

  /**
   * Lets the user choose a place, and writes there.
   *
   * @param defaultName - What the dialog proposes; characters that no file name has are replaced.
   * @param options - `bytes` or `text` is what is written; without either nothing is, and only the path is told.
   * @returns The path; empty when the user chose none.
   * @example
   * ```ts
   * const path = await Desktopr.files.save("report.csv", { text: csv });
   * if (path) notify(`Saved as ${path}`);
   * ```
   */
  save(defaultName?: string, options?: SaveOptions & { bytes?: Uint8Array | ArrayBuffer; text?: string }): Promise<string>;

  /**
   * Lets the user choose a place, for writing now and again.
   *
   * @returns `null` when the user chose none. The file is there once something is written.
   * @example
   * ```ts
   * const file = await Desktopr.files.saveHandle("drawing.svg");
   * saveButton.onclick = () => file?.write(drawing.outerHTML);
   * ```
   */
  saveHandle(defaultName?: string, options?: SaveOptions): Promise<FileHandle | null>;
}
