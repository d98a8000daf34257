/**
 * The module `fs`: files of the app's own, in folders that no path leads out of.
 */
import type { FsReadable, FsScope } from "./fs-scope.js";

export type { FsEntry, FsReadable, FsScope } from "./fs-scope.js";

/** The storage of a plugin: what it sees as its working directory. What is removed is gone at once. */
export interface PluginFs extends FsScope {
  /**
   * The same as `clear`.
   *
   * @example
   * ```ts
   * await Desktopr.fs.pluginFs("csv.wasm").clearStorage();
   * ```
   */
  clearStorage(): Promise<void>;
}

/** What was removed from `fs.data`: as much as the app's config keeps; the oldest goes first. */
export interface TrashFs extends FsReadable {
  /**
   * Puts something that was removed back to where it was, or beside what is there now, as `name (2).ext`.
   *
   * @param path - As `listContent` names it; only what was removed as a whole comes back.
   * @returns Its path in `fs.data`.
   * @example
   * ```ts
   * const [last] = await Desktopr.fs.trash.listContent();
   * if (last) await Desktopr.fs.trash.recover(last.path);
   * ```
   */
  recover(path: string): Promise<string>;

  /**
   * Removes everything in it for good.
   *
   * @example
   * ```ts
   * await Desktopr.fs.trash.clear();
   * ```
   */
  clear(): Promise<void>;
}

/** Records of the runtime: to read and to remove. */
export interface DiagnosticsFs extends FsReadable {
  /**
   * The same as `listContent`.
   *
   * @example
   * ```ts
   * const records = await Desktopr.fs.diagnostics.list();
   * ```
   */
  list: FsReadable["listContent"];

  /**
   * The same as `readText`.
   *
   * @example
   * ```ts
   * for (const { isFile, path } of await Desktopr.fs.diagnostics.list()) {
   *   if (isFile) console.log(await Desktopr.fs.diagnostics.read(path));
   * }
   * ```
   */
  read: FsReadable["readText"];

  /**
   * Removes a record, or with `recursive` a folder of them.
   *
   * @example
   * ```ts
   * for (const { path } of await Desktopr.fs.diagnostics.list()) await Desktopr.fs.diagnostics.remove(path, true);
   * ```
   */
  remove(path: string, recursive?: boolean): Promise<void>;

  /**
   * Removes every record.
   *
   * @example
   * ```ts
   * await Desktopr.fs.diagnostics.clear();
   * ```
   */
  clear(): Promise<void>;
}

/** Names of the scopes. Where their folders are is not told to pages. */
export interface FsBase {
  readonly data: string;
  readonly cache: string;
  readonly trash: string;
  readonly diagnostics: string;
}

/** `Desktopr.fs`, switched on by `bridge.modules.fs`, which lists the scopes that it opens; the others reject with `fs/scope-disabled`. */
export interface FsModule {
  /** Files that stay until the page or the user removes them. */
  readonly data: FsScope;
  /** Files that the app can do without. A `cacheOnly` window has one of its own, that goes with the window. */
  readonly cache: FsScope;
  /** What was removed from `data`. */
  readonly trash: TrashFs;
  /** Records of the runtime. */
  readonly diagnostics: DiagnosticsFs;
  /** Names of the scopes, as the config has them; no paths of the computer. */
  readonly base: FsBase;

  /**
   * The same as `base`.
   *
   * @example
   * ```ts
   * const { data } = await Desktopr.fs.paths();
   * ```
   */
  paths(): Promise<FsBase>;

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
