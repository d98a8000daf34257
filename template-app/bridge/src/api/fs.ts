/**
 * The module `fs`: files of the app's own. In this version those are the storages of plugins.
 */
import type { FsUsage } from "../generated.js";

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

/**
 * The storage of a plugin: what it sees as its working directory. Paths are relative, with `/` or `\`; those that lead out of
 * it reject with `fs/outside-scope`. What is removed is gone at once.
 */
export interface PluginFs {
  /**
   * What is in a folder, sorted by name.
   *
   * @param path - The storage itself when left out.
   * @example
   * ```ts
   * const names = (await Desktopr.fs.pluginFs("csv.wasm").listContent("in")).map((entry) => entry.name);
   * ```
   */
  listContent(path?: string): Promise<FsEntry[]>;

  /**
   * Makes a folder and those above it. One that is there is fine.
   *
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").newDirectory("out/2026");
   * ```
   */
  newDirectory(path: string): Promise<void>;

  /**
   * Removes a file or a folder.
   *
   * @param recursive - Needed for a folder with something in it.
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").remove("out", true);
   * ```
   */
  remove(path: string, recursive?: boolean): Promise<void>;

  /**
   * Kind, size and time of a file or folder.
   *
   * @param path - The storage itself when left out.
   * @example
   * ```ts
   * const { size } = await Desktopr.fs.pluginFs("csv.wasm").stat("in/data.csv");
   * ```
   */
  stat(path?: string): Promise<FsEntry>;

  /**
   * A whole file as text, of 64 MiB at most.
   *
   * @example
   * ```ts
   * const settings = JSON.parse(await Desktopr.fs.pluginFs("csv.wasm").readText("config/settings.json"));
   * ```
   */
  readText(path: string): Promise<string>;

  /**
   * Writes a whole file, and makes the folders above it. All of it is there afterwards, or what was there before.
   *
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").writeText("config/settings.json", "{}");
   * ```
   */
  writeText(path: string, text: string): Promise<void>;

  /**
   * A whole file, of 64 MiB at most.
   *
   * @example
   * ```ts
   * const bytes = await Desktopr.fs.pluginFs("csv.wasm").readBytes("out/data.bin");
   * ```
   */
  readBytes(path: string): Promise<Uint8Array>;

  /**
   * The same as `writeText`, for bytes.
   *
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").writeBytes("in/data.bin", await file.arrayBuffer());
   * ```
   */
  writeBytes(path: string, bytes: Uint8Array | ArrayBuffer): Promise<void>;

  /**
   * Is there a file or folder?
   *
   * @example
   * ```ts
   * if (await Desktopr.fs.pluginFs("csv.wasm").exists("out")) showResults();
   * ```
   */
  exists(path: string): Promise<boolean>;

  /**
   * Moves a file or folder, and makes the folders above its new place.
   *
   * @param options - `overwrite` replaces what is there; it is back when the move fails.
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").move("draft.csv", "done/final.csv");
   * ```
   */
  move(src: string, dest: string, options?: { overwrite?: boolean }): Promise<void>;

  /**
   * Copies a file, or with `recursive` a folder.
   *
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").copy("done", "backup", { recursive: true, overwrite: true });
   * ```
   */
  copy(src: string, dest: string, options?: { recursive?: boolean; overwrite?: boolean }): Promise<void>;

  /**
   * Removes everything in the storage.
   *
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").clear();
   * ```
   */
  clear(): Promise<void>;

  /**
   * The same as `clear`.
   *
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").clearStorage();
   * ```
   */
  clearStorage(): Promise<void>;

  /**
   * How much is there, and how much may be.
   *
   * @example
   * ```ts
   * const { bytes, quota } = await Desktopr.fs.pluginFs("csv.wasm").usage();
   * ```
   */
  usage(): Promise<FsUsage>;
}

/** `Desktopr.fs`, switched on by `bridge.modules.fs`. */
export interface FsModule {
  /**
   * The storage of a plugin. It is there at once; awaiting it gives the same.
   *
   * @param module - Name of the module, with or without `.wasm`.
   * @example
   * ```ts
   * const storage = Desktopr.fs.pluginFs("my-plugin.wasm");
   * await storage.writeText("hello.txt", "Hello, world!");
   * ```
   */
  pluginFs(module: string): PluginFs;
}
