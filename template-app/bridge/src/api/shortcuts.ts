/**
 * The module `shortcuts`: keys of the whole desktop (`globalShortcut`), and keys of the page, also one after the other.
 *
 * An accelerator is modifiers and one key, such as `CmdOrCtrl+Shift+K`. Modifiers: `Ctrl`, `Alt` (`Option`), `Shift`, `Super` (`Cmd`),
 * and `CmdOrCtrl`, which is Command on macOS and Ctrl elsewhere. Keys: letters, digits, `F1` to `F24`, signs such as `/`, and names as in
 * `KeyboardEvent.code`, such as `Space`, `ArrowUp` or `MediaPlayPause`.
 */
import type { ShortcutEvent } from "../generated.js";
import type { Unlisten } from "./events.js";

/** `Desktopr.globalShortcut`, switched on by `bridge.modules.shortcuts`. */
export interface GlobalShortcutModule {
  /**
   * Takes a key of the whole desktop: it works whatever program has the focus, and no other gets it. It ends with the page. The
   * listener hears when the key is pressed and when it is released. Keys that people type with need Ctrl, Alt, Command or Super.
   *
   * @param options - `emitEvent`: the event `shortcut:event` tells of it too.
   * @example
   * ```ts
   * if (Desktopr.supports("globalShortcut.register")) {
   *   await Desktopr.globalShortcut.register("CmdOrCtrl+Alt+R", ({ state }) => {
   *     if (state === "Pressed") recorder.toggle();
   *   });
   * }
   * ```
   */
  register(
    accelerator: string,
    listener: (event: ShortcutEvent) => void,
    options?: { emitEvent?: boolean },
  ): Promise<void>;

  /**
   * Gives a key back, however it was written.
   *
   * @returns `false` when this page does not have it.
   * @example
   * ```ts
   * await Desktopr.globalShortcut.unregister("CmdOrCtrl+Alt+R");
   * ```
   */
  unregister(accelerator: string): Promise<boolean>;

  /**
   * Gives every key of this page back.
   *
   * @example
   * ```ts
   * await Desktopr.globalShortcut.unregisterAll();
   * ```
   */
  unregisterAll(): Promise<void>;

  /**
   * Has this page the key?
   *
   * @example
   * ```ts
   * const isTaken = await Desktopr.globalShortcut.isRegistered("CmdOrCtrl+Alt+R");
   * ```
   */
  isRegistered(accelerator: string): Promise<boolean>;
}

/** How a shortcut of the page behaves. */
export interface LocalShortcutOptions {
  /** Whether the page's own reaction to the keys is left out (default: yes). */
  preventDefault?: boolean;
}

/** `Desktopr.shortcuts`, switched on by `bridge.modules.shortcuts`; works in a browser too. */
export interface ShortcutsModule {
  /**
   * Listens to keys while this page has the focus: one accelerator, or up to four, each within 1.5 seconds of the one before. In
   * fields that are typed in, only those with Ctrl, Alt, Command or Super count. Letters are those that the keyboard types; other keys
   * are meant by their places.
   *
   * @returns A function that ends it.
   * @example
   * ```ts
   * const unregister = await Desktopr.shortcuts.register("Ctrl+K Ctrl+C", () => editor.comment());
   * // later
   * unregister();
   * ```
   */
  register(
    sequence: string,
    listener: (event: KeyboardEvent) => void,
    options?: LocalShortcutOptions,
  ): Promise<Unlisten>;
}
