/**
 * The module `tray`: the app's icon in the system's tray.
 */
import type { MenuItem, MenuLabel } from "./menu.js";

/** What the icon shall be like; what is left out stays as it is. */
export interface TrayOptions {
  /** A PNG: its path in the packed content, such as `icons/tray.png`, or its bytes. */
  icon?: string | Uint8Array;
  /** The text beside the icon, on macOS and some Linux desktops. */
  title?: MenuLabel;
  /** The text below the pointer; Linux shows none. */
  tooltip?: MenuLabel;
  /**
   * From top to bottom. Clicks come as `menu:event` with the section `tray`. Where the main window hides behind the icon, items
   * that show it and that end the app follow, as they do in a menu without items.
   */
  menu?: MenuItem[];
}

/** `Desktopr.tray`, switched on by `bridge.modules.tray`. */
export interface TrayModule {
  /**
   * Shows the icon, or changes it. Desktops without a tray reject with `tray/unsupported`: no app can rely on one.
   *
   * @example
   * ```ts
   * const menu = [{ type: "custom", id: "pause", label: "Pause" }];
   * await Desktopr.tray.set({ tooltip: "Syncing", menu }).catch((error) => {
   *   if (error.code !== "tray/unsupported") throw error;
   * });
   * ```
   */
  set(options?: TrayOptions): Promise<void>;

  /**
   * Takes the icon away. Where the main window hides behind it, the app's own icon takes its place.
   *
   * @example
   * ```ts
   * await Desktopr.tray.remove();
   * ```
   */
  remove(): Promise<void>;
}
