/**
 * The module `window`: the app's windows. Every function means the caller's own window when no label is given.
 */
import type { WindowInfo } from "../generated.js";

/** `Desktopr.window`, switched on by `bridge.modules.window`. */
export interface WindowModule {
  /**
   * Closes a window. The app ends with its last one.
   *
   * @param label - Label of the window; the caller's when left out.
   * @example
   * ```ts
   * await Desktopr.window.close();
   * ```
   */
  close(label?: string): Promise<void>;

  /**
   * Minimises a window.
   *
   * @example
   * ```ts
   * await Desktopr.window.minimize();
   * ```
   */
  minimize(label?: string): Promise<void>;

  /**
   * Maximises a window, or restores a maximised one.
   *
   * @example
   * ```ts
   * titleBar.addEventListener("dblclick", () => Desktopr.window.maximizeToggle());
   * ```
   */
  maximizeToggle(label?: string): Promise<void>;

  /**
   * Puts a window into fullscreen, or takes it out.
   *
   * @param on - `true` for fullscreen.
   * @example
   * ```ts
   * const { fullscreen } = await Desktopr.window.getInfo();
   * await Desktopr.window.fullscreen(!fullscreen);
   * ```
   */
  fullscreen(on: boolean, label?: string): Promise<void>;

  /**
   * Title, state, size and position of a window, in physical pixels.
   *
   * @example
   * ```ts
   * const { inner_size, scale_factor } = await Desktopr.window.getInfo();
   * ```
   */
  getInfo(label?: string): Promise<WindowInfo>;
}
