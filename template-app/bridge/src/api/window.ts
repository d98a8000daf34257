/**
 * The module `window`: the app's windows. Every function means the caller's own window when no label is given.
 *
 * Sizes and places that go in are logical pixels, as in CSS; what `getInfo` tells is in physical ones, with the factor between.
 */
import type { WindowInfo } from "../generated.js";
import type { Unlisten } from "./events.js";

/** What {@link WindowModule.new} can be told. Sizes and places are logical pixels. */
export interface NewWindowOptions {
  /** 1 to 64 letters, digits, `_` and `-`, and not `main`; `window-` and a number when left out. */
  label?: string;
  /** Relative to where the app's content begins, which is also what opens when it is left out. */
  url?: string;
  /** The title; when left out, the window has that of its document, if there is one, and else the app's. */
  title?: string;
  /** Of the content; as the main window's config when left out. */
  width?: number;
  height?: number;
  /** Together with `y`; where the system puts new windows when left out. */
  x?: number;
  y?: number;
  fullscreen?: boolean;
  /** `true` when left out. */
  resizable?: boolean;
  /** Frame and title bar; as the main window's config when left out. */
  decorations?: boolean;
  alwaysOnTop?: boolean;
  /** A window of its own: see {@link WindowModule.new}. */
  cacheOnly?: boolean;
}

/** Asked before the window closes: `false`, or a promise of it, keeps the window. */
export type CloseListener = () => unknown;

/** `Desktopr.window`, switched on by `bridge.modules.window`. */
export interface WindowModule {
  /**
   * Opens a window of the app's own; resolves when it is shown, which is when its page has loaded, or 3 s later. A window of
   * that label that is open already is brought to the front instead.
   *
   * Windows have the rights of the main window. With `cacheOnly` a window is alone: it has cookies, storage and files of its own,
   * which go with it, only the modules of `bridge.cacheOnly.modules`, and neither sees other windows nor exchanges events with
   * them; what it opens is `cacheOnly` too.
   *
   * With `window.rememberGeometry` a window with a label opens where and as large as it was closed; what the call says about size
   * and place counts the first time.
   *
   * Needs `{ "window": { "open": true } }` in the config, else it rejects with `window/open-forbidden`. The URL must be one that
   * `navigation` keeps in the app.
   *
   * @example
   * ```ts
   * const { label } = await Desktopr.window.new({ label: "settings", url: "settings.html", width: 480, height: 600 });
   * ```
   */
  "new"(options?: NewWindowOptions): Promise<WindowInfo>;

  /**
   * Asks a window to close, as its close button does: {@link onCloseRequested} can keep it. The app ends with its last window.
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
   * Brings a window to the front: shown, restored, and with the focus. Some systems only mark it when another app is in use.
   *
   * @example
   * ```ts
   * await Desktopr.window.focus("player");
   * ```
   */
  focus(label?: string): Promise<void>;

  /**
   * Shows a window that {@link hide} hid.
   *
   * @example
   * ```ts
   * await Desktopr.window.show("player");
   * ```
   */
  show(label?: string): Promise<void>;

  /**
   * Hides a window. Its page goes on, and the app with it: something must show it again.
   *
   * @example
   * ```ts
   * await Desktopr.window.hide("player");
   * ```
   */
  hide(label?: string): Promise<void>;

  /**
   * Puts a window into the middle of its screen.
   *
   * @example
   * ```ts
   * await Desktopr.window.center();
   * ```
   */
  center(label?: string): Promise<void>;

  /**
   * Sets the title of a window.
   *
   * @example
   * ```ts
   * await Desktopr.window.setTitle(`${unread} unread`);
   * ```
   */
  setTitle(title: string, label?: string): Promise<void>;

  /**
   * Sets the size of a window's content.
   *
   * @param width - In logical pixels, from 1 to 32,767.
   * @param height - The same.
   * @example
   * ```ts
   * await Desktopr.window.setSize(800, 600);
   * ```
   */
  setSize(width: number, height: number, label?: string): Promise<void>;

  /**
   * Moves a window. Wayland lets no app do that, and leaves the window where it is.
   *
   * @param x - Left edge of the frame in logical pixels, from -32,767 to 32,767.
   * @param y - Upper edge of the frame, the same.
   * @example
   * ```ts
   * await Desktopr.window.setPosition(0, 0);
   * ```
   */
  setPosition(x: number, y: number, label?: string): Promise<void>;

  /**
   * Keeps a window above others, or no longer.
   *
   * @example
   * ```ts
   * await Desktopr.window.setAlwaysOnTop(pinned.checked);
   * ```
   */
  setAlwaysOnTop(on: boolean, label?: string): Promise<void>;

  /**
   * Zooms the page of a window.
   *
   * @param factor - From 0.25 to 5; 1 is 100 %.
   * @example
   * ```ts
   * await Desktopr.window.setZoom(1.25);
   * ```
   */
  setZoom(factor: number, label?: string): Promise<void>;

  /**
   * Sets the theme of a window. On Linux and macOS it is that of all windows of the app.
   *
   * @example
   * ```ts
   * await Desktopr.window.setTheme("dark");
   * ```
   */
  setTheme(theme: "light" | "dark" | "system", label?: string): Promise<void>;

  /**
   * Opens the system's print dialog for the page of a window. Resolves when it is asked for: nobody tells what the user does.
   *
   * @example
   * ```ts
   * await Desktopr.window.print();
   * ```
   */
  print(label?: string): Promise<void>;

  /**
   * Title, state, size and position of a window, in physical pixels.
   *
   * @example
   * ```ts
   * const { inner_size, scale_factor } = await Desktopr.window.getInfo();
   * ```
   */
  getInfo(label?: string): Promise<WindowInfo>;

  /**
   * The same of every window, the oldest first. Pop-ups are not among them; a `cacheOnly` window sees itself only.
   *
   * @example
   * ```ts
   * const labels = (await Desktopr.window.list()).map(({ label }) => label);
   * ```
   */
  list(): Promise<WindowInfo[]>;

  /**
   * Asks before this window closes, each time, whoever wants to close it: the user, the system or {@link close}. `false`, or a
   * promise of it, keeps the window; no answer within 3 s closes it. So a question to the user cannot wait for the answer in
   * here: keep the window, ask, and close it when the user agrees.
   *
   * @returns A function that ends the subscription.
   * @example
   * ```ts
   * let agreed = false;
   * await Desktopr.window.onCloseRequested(() => {
   *   if (agreed || !isUnsaved()) return;
   *   void askToDiscard().then((discard) => {
   *     agreed = discard;
   *     if (discard) return Desktopr.window.close();
   *   });
   *   return false;
   * });
   * ```
   */
  onCloseRequested(listener: CloseListener): Promise<Unlisten>;
}
