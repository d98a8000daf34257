/**
 * The whole API: what `window.Desktopr` is in the app, and what the SDK exports everywhere.
 */
import type { AppModule } from "./app.js";
import type { AuthModule } from "./auth.js";
import type { AutostartModule } from "./autostart.js";
import type { DiagnosticsModule } from "./diagnostics.js";
import type { DownloadsModule } from "./downloads.js";
import type { EventsModule } from "./events.js";
import type { FilesModule } from "./files.js";
import type { FsModule } from "./fs.js";
import type { GlobalVariablesModule } from "./global-variables.js";
import type { ContextMenuModule, MenuModule } from "./menu.js";
import type { NetworkModule } from "./network.js";
import type { PluginsModule } from "./plugins.js";
import type { TrayModule } from "./tray.js";
import type { UpdatesModule } from "./updates.js";
import type { WindowModule } from "./window.js";

/** The API object. It is frozen: neither it nor anything in it can be replaced. */
export interface DesktoprApi {
  /** `true` in the app, on a page that has the bridge. */
  readonly isAvailable: boolean;
  /** `true` in the app; the same as `isAvailable` for now. */
  readonly isDesktop: boolean;
  /** Version of the bridge contract, as `major.minor.patch`. */
  readonly apiVersion: string;

  /**
   * Resolves at once in the app, where the bridge is there before any script of the page. In a browser it resolves too
   * and never rejects: ready means that `isAvailable` is final, not that it is `true`.
   *
   * @example
   * ```ts
   * await Desktopr.ready;
   * ```
   */
  readonly ready: Promise<void>;

  /**
   * Calls back when the bridge is ready, also when it has been for long.
   *
   * @example
   * ```ts
   * Desktopr.onReady(() => start());
   * ```
   */
  onReady(callback: () => void): void;

  /**
   * Does a function work here? `false` for one whose module the app's config leaves off, for one that this version or
   * this system does not have, and for an unknown name.
   *
   * @param name - As written after `Desktopr.`, such as `window.close`; or a module's name.
   * @example
   * ```ts
   * fullscreenButton.hidden = !Desktopr.supports("window.fullscreen");
   * ```
   */
  supports(name: string): boolean;

  /**
   * Opens a URL outside the app, in the user's browser or mail program.
   *
   * @param url - An absolute http, https or mailto URL; others reject with `bridge/invalid-url`.
   * @example
   * ```ts
   * await Desktopr.openBrowser("https://example.com/help");
   * ```
   */
  openBrowser(url: string): Promise<void>;

  /** The running app. */
  readonly app: AppModule;
  /** Messages between windows and from the native side. */
  readonly events: EventsModule;
  /** The app's windows. */
  readonly window: WindowModule;
  /** WebAssembly modules that the app runs in a sandbox. */
  readonly plugins: PluginsModule;
  /** Another name of {@link plugins}. */
  readonly worker: PluginsModule;
  /** Files of the app's own. */
  readonly fs: FsModule;
  /** Files and folders that the user picks. */
  readonly files: FilesModule;
  /** What the app's pages have downloaded. */
  readonly downloads: DownloadsModule;
  /** The app starts with the user's session. */
  readonly autostart: AutostartModule;
  /** Short texts that all windows share. */
  readonly globalVariables: GlobalVariablesModule;
  /** Records of what went wrong. */
  readonly diagnostics: DiagnosticsModule;
  /** The app's menu. */
  readonly menu: MenuModule;
  /** Menus at a place in the page. */
  readonly contextMenu: ContextMenuModule;
  /** The icon in the system's tray. */
  readonly tray: TrayModule;
  /** Whether and how fast the network is there, and requests to listed hosts. */
  readonly network: NetworkModule;
  /** Signing in through the user's own browser. */
  readonly auth: AuthModule;
  /** Newer versions of the app. */
  readonly updates: UpdatesModule;
}
