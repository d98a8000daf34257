/**
 * The module `globalVariables`: short texts by name that all windows of the app share, and that are there at its next start.
 */
import type { VariableChange } from "../generated.js";
import type { Unlisten } from "./events.js";

/** `Desktopr.globalVariables`, switched on by `bridge.modules.globalVariables`. */
export interface GlobalVariablesModule {
  /**
   * The value of a variable; `null` when there is none.
   *
   * @example
   * ```ts
   * const theme = (await Desktopr.globalVariables.get("theme")) ?? "light";
   * ```
   */
  get(key: string): Promise<string | null>;

  /**
   * Sets a variable. It is on the disk when this resolves: a crash afterwards loses nothing.
   *
   * @param key - 1 to 128 characters, none of them a control character; at most 1,000 keys.
   * @param value - At most 64 KiB, and all of them together 1 MiB.
   * @example
   * ```ts
   * await Desktopr.globalVariables.set("theme", "dark");
   * ```
   */
  set(key: string, value: string): Promise<void>;

  /**
   * Removes a variable.
   *
   * @returns `false` when there was none.
   * @example
   * ```ts
   * await Desktopr.globalVariables.remove("theme");
   * ```
   */
  remove(key: string): Promise<boolean>;

  /**
   * Every variable with its value.
   *
   * @example
   * ```ts
   * for (const [key, value] of Object.entries(await Desktopr.globalVariables.list())) console.log(key, value);
   * ```
   */
  list(): Promise<Record<string, string>>;

  /**
   * Listens to changes by any window, this one included. The event is `app:variable-changed`; needs `bridge.modules.events` too.
   *
   * @param key - The variable; `null` for all of them.
   * @example
   * ```ts
   * await Desktopr.globalVariables.onChange("theme", ({ value, source }) => console.log(value, source));
   * ```
   */
  onChange(key: string | null, listener: (change: VariableChange) => void): Promise<Unlisten>;
}
