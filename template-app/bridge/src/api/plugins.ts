/**
 * The module `plugins`: WebAssembly modules that the app runs in a sandbox. `Desktopr.worker` is the same object.
 */
import type { PluginInfo, PluginInstalled, PluginRun, PluginStatus } from "../generated.js";

/** The result of a call. It is one whatever happened: `stdout` and `stderr` are there after a failure too. */
export interface PluginCallResult extends Omit<PluginRun, "answered"> {
  /**
   * `stdout` parsed: by the contract `{ ok: true, value }` or `{ ok: false, error }`; `null` where it is not one JSON object.
   */
  // `any`, not `unknown`: what a plugin answers is what that plugin says it is.
  value: any;
}

/** How a plugin is called. */
export interface PluginCallOptions {
  /** Time that the run may take, in milliseconds, up to the limit `maxTimeoutMs` of the plugin; its `timeoutMs` when left out. */
  timeoutMs?: number;
  /** A name for the call, by which `cancel` finds it: up to 128 bytes. One is made up when left out. */
  id?: string;
  /** Stops the call: its result then has the code `plugins/cancelled`. */
  signal?: AbortSignal;
}

/** What a module's author says of it: the content of `NAME.plugin.json`. */
export interface PluginManifest {
  version?: string;
  description?: string;
  /** SHA-256 of the module, as 64 hexadecimal digits; another module is refused. */
  sha256?: string;
  /** Limits that the plugin asks for. It gets no more than the app grants. */
  limits?: Partial<PluginInfo["limits"]>;
}

/** `Desktopr.plugins.modules`: the same functions under another name. */
export interface PluginModules {
  add: PluginsModule["add"];
  addFromBytes: PluginsModule["addFromBytes"];
  list: PluginsModule["list"];
  remove: PluginsModule["remove"];
}

/** `Desktopr.plugins`, switched on by `bridge.modules.plugins`. */
export interface PluginsModule {
  /**
   * Runs a plugin on a payload. It resolves whatever happens in the run: `ok` is whether the plugin ran to its end and printed
   * one JSON object, `value.ok` is what the plugin itself says.
   *
   * @param module - Name of the module, with or without `.wasm`.
   * @param payload - What the plugin reads from stdin, usually `{ fn, args }`.
   * @param options - More about the call; a number is `timeoutMs`.
   * @example
   * ```ts
   * const { value, error } = await Desktopr.plugins.call("math.wasm", { fn: "divide", args: { a: 20, b: 5 } }, 2000);
   * if (value?.ok) show(value.value);
   * else show(value?.error ?? error);
   * ```
   */
  call(module: string, payload: object, options?: number | PluginCallOptions): Promise<PluginCallResult>;

  /**
   * What runs plugins here, and how many calls run and wait.
   *
   * @example
   * ```ts
   * const { running, queued } = await Desktopr.plugins.status();
   * ```
   */
  status(): Promise<PluginStatus>;

  /**
   * Names of the modules that can be called, sorted, each with `.wasm`.
   *
   * @example
   * ```ts
   * const names = await Desktopr.plugins.list();
   * ```
   */
  list(): Promise<string[]>;

  /**
   * Size, hash, version, limits and rights of a module.
   *
   * @example
   * ```ts
   * const { sha256, limits } = await Desktopr.plugins.info("math.wasm");
   * ```
   */
  info(module: string): Promise<PluginInfo>;

  /**
   * Lets the user choose a `.wasm` file and adds it, with the `NAME.plugin.json` that lies beside it. The user is asked once
   * more, unless the app's config trusts the module.
   *
   * @param name - Name for the module; the file's when left out.
   * @param maxBytes - Largest file that is taken; the app's own limit when left out.
   * @returns `cancelled` is `true` when the user chose no file.
   * @example
   * ```ts
   * const { saved, name } = await Desktopr.plugins.add();
   * ```
   */
  add(name?: string, maxBytes?: number, options?: { replace?: boolean }): Promise<PluginInstalled>;

  /**
   * Adds a module. The user is asked first, unless the app's config trusts it; a no rejects with `plugins/refused-by-user`.
   *
   * @param options - `replace` lets it take the place of another module of this name.
   * @example
   * ```ts
   * const bytes = await (await fetch("/plugins/csv.wasm")).arrayBuffer();
   * await Desktopr.plugins.addFromBytes("csv.wasm", bytes, { replace: true });
   * ```
   */
  addFromBytes(
    name: string,
    bytes: Uint8Array | ArrayBuffer,
    options?: { replace?: boolean; manifest?: PluginManifest },
  ): Promise<PluginInstalled>;

  /**
   * Removes an added module with its storage. Modules that came with the app stay.
   *
   * @returns `false` when there is none of this name.
   * @example
   * ```ts
   * await Desktopr.plugins.remove("csv.wasm");
   * ```
   */
  remove(module: string): Promise<boolean>;

  /**
   * Stops every call, the waiting ones too: their results have the code `plugins/cancelled`.
   *
   * @returns `false` when there was none.
   * @example
   * ```ts
   * stopButton.onclick = () => Desktopr.plugins.killJobs();
   * ```
   */
  killJobs(): Promise<boolean>;

  /**
   * Stops one call by its id.
   *
   * @returns `false` when no call has this id.
   * @example
   * ```ts
   * const result = Desktopr.plugins.call("csv.wasm", { fn: "sum" }, { id: "sum" });
   * await Desktopr.plugins.cancel("sum");
   * ```
   */
  cancel(id: string): Promise<boolean>;

  /** The functions about modules by the names that the plugin document uses. */
  readonly modules: PluginModules;
}
