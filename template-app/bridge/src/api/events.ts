/**
 * The module `events`: messages between windows, and what the native side reports.
 */
import type {
  Deeplink,
  Download,
  FilesOpened,
  MenuEvent,
  NetworkChange,
  TrayIconEvent,
  UpdateInfo,
  UpdateProgress,
  VariableChange,
} from "../generated.js";
import type { Drop, OpenFiles } from "./files.js";
import type { NetworkModule } from "./network.js";

/** Ends a subscription; calling it again does nothing. */
export type Unlisten = () => void;

/** Events of the native side, by name. No page can emit them. */
export interface NativeEvents {
  "window:focus": { label: string };
  "window:blur": { label: string };
  "window:resized": { label: string; width: number; height: number };
  "window:moved": { label: string; x: number; y: number };
  "window:close-requested": { label: string };
  "window:theme": { label: string; theme: "light" | "dark" };
  "app:second-instance": { args: string[] };
  /** As it travels; {@link EventsModule.onOpenFiles} makes handles of it. */
  "app:opened-files": FilesOpened;
  "app:variable-changed": VariableChange;
  deeplink: Deeplink;
  "download:start": Download;
  "download:progress": Download;
  "download:done": Download;
  "menu:event": MenuEvent;
  "tray:icon": TrayIconEvent;
  "navigation:blocked": NavigationBlocked;
  "network:status": NetworkChange;
  "update:available": UpdateInfo;
  "update:progress": UpdateProgress;
  "update:installed": { version: string };
}

/** A URL that a window of the app does not show, because `navigation` in app.json says so. */
export interface NavigationBlocked {
  /** Label of the window that wanted to go there, or to open a window for it. Only its own page hears of it. */
  label: string;
  /** Of web addresses without query and fragment: at the end of a redirect they are another site's secrets. */
  url: string;
  /**
   * `external-blocked`: the address is not the app's; `scheme`: no webview shows what has this scheme; `popup`: it was to open a
   * window.
   */
  reason: "external-blocked" | "scheme" | "popup";
  /** `browser`: it opened in the user's browser, or in the system's program for its scheme; `blocked`: nothing opened. */
  action: "browser" | "blocked";
}

/** What {@link EventsModule.onWindow} can listen to: the part of a `window:` event's name after the colon. */
export type WindowEventKind = "focus" | "blur" | "resized" | "moved" | "close-requested" | "theme";

/** `Desktopr.events`, switched on by `bridge.modules.events`. */
export interface EventsModule {
  /**
   * Sends an event to the listeners of this window only.
   *
   * @param event - 1 to 128 of `A-Z a-z 0-9 _ : . / -`, and no name of the native side (`events/reserved-name`).
   * @param payload - Anything that JSON can hold, at most 1 MiB of it; `null` when left out.
   * @example
   * ```ts
   * await Desktopr.events.emit("draft:saved", { id: 7 });
   * ```
   */
  emit(event: string, payload?: unknown): Promise<void>;

  /**
   * Sends an event to the listeners of all windows of the app, this one included. `cacheOnly` windows are alone: what they send
   * reaches themselves only, and what others send does not reach them.
   *
   * @example
   * ```ts
   * await Desktopr.events.emitToAll("settings:changed", settings);
   * ```
   */
  emitToAll(event: string, payload?: unknown): Promise<void>;

  /**
   * Sends an event to the listeners of one window.
   *
   * @param label - Label of the window; an unknown one rejects with `events/unknown-label`, and so does a `cacheOnly` one.
   * @example
   * ```ts
   * await Desktopr.events.emitTo("main", "player:pause");
   * ```
   */
  emitTo(label: string, event: string, payload?: unknown): Promise<void>;

  /**
   * Listens to an event. Resolves when the subscription is up: nothing sent after that is missed.
   *
   * @returns A function that ends the subscription.
   * @example
   * ```ts
   * const unlisten = await Desktopr.events.on("draft:saved", ({ id }) => markSaved(id));
   * // later
   * unlisten();
   * ```
   */
  on<Name extends keyof NativeEvents>(
    event: Name,
    listener: (payload: NativeEvents[Name]) => void,
  ): Promise<Unlisten>;
  // `any`, not `unknown`: the payload of a page's own event is what that page says it is.
  on<Payload = any>(event: string, listener: (payload: Payload) => void): Promise<Unlisten>;

  /**
   * Waits for the next event of a name.
   *
   * @returns The payload of that event.
   * @example
   * ```ts
   * const { args } = await Desktopr.events.once("app:second-instance");
   * ```
   */
  once<Name extends keyof NativeEvents>(event: Name): Promise<NativeEvents[Name]>;
  once<Payload = any>(event: string): Promise<Payload>;

  /**
   * Listens to several events with one listener, which gets the name first.
   *
   * @example
   * ```ts
   * await Desktopr.events.onMany(["window:focus", "window:blur"], (name) => setActive(name === "window:focus"));
   * ```
   */
  onMany<Payload = any>(
    events: readonly string[],
    listener: (event: string, payload: Payload) => void,
  ): Promise<Unlisten>;

  /**
   * Listens to an event of the app's windows. Each payload carries the `label` of the window it is about. Pages of `cacheOnly`
   * windows hear of their own window, and others do not hear of those.
   *
   * @example
   * ```ts
   * await Desktopr.events.onWindow("resized", ({ label, width, height }) => layout(label, width, height));
   * ```
   */
  onWindow<Kind extends WindowEventKind>(
    kind: Kind,
    listener: (payload: NativeEvents[`window:${Kind}`]) => void,
  ): Promise<Unlisten>;

  /**
   * Listens to targets that begin or cease to answer, once {@link NetworkModule.setMonitor} asks them. The event is
   * `network:status`.
   *
   * @example
   * ```ts
   * await Desktopr.events.onNetworkStatus(({ target, online, reason }) => show(target, online, reason));
   * await Desktopr.network.setMonitor(60_000);
   * ```
   */
  onNetworkStatus(listener: (status: NetworkChange) => void): Promise<Unlisten>;

  /**
   * Links of the schemes that app.json names in `deepLinks`, which open the app or bring it to the front. Links that came before
   * any page listened, at the start of the app or while a page loads, go to the first that does. Not in `cacheOnly` windows.
   *
   * Where app.json names no schemes it rejects with `events/unsupported`.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("events.onDeeplink")) {
   *   await Desktopr.events.onDeeplink(({ segments, query }) => route(segments.list, query));
   * }
   * ```
   */
  onDeeplink(listener: (link: Deeplink) => void): Promise<Unlisten>;

  /**
   * The link that opened the app or brought it to the front last; `null` when none has since its start.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("events.lastDeeplink")) console.log((await Desktopr.events.lastDeeplink())?.raw);
   * ```
   */
  lastDeeplink(): Promise<Deeplink | null>;

  /**
   * Files that the user opens with the app: by a double click, from the menu of a file manager, or as an argument. Their types are
   * those of `fileAssociations` in app.json. The main window gets them, as handles like those of dropped files; files that came
   * before it listens are kept for it. Needs `bridge.modules.files` too.
   *
   * Where app.json names no types, and in other windows, it rejects with `events/unsupported`.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("events.onOpenFiles")) {
   *   await Desktopr.events.onOpenFiles(async ({ files }) => {
   *     for (const file of files) show(file.name, await file.readText());
   *   });
   * }
   * ```
   */
  onOpenFiles(listener: (opened: OpenFiles) => void): Promise<Unlisten>;

  /**
   * Global shortcuts. Not in this version: rejects with `events/unsupported`.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("events.onShortcut")) await Desktopr.events.onShortcut(run);
   * ```
   */
  onShortcut(listener: (payload: unknown) => void): Promise<Unlisten>;

  /**
   * Files that are dragged over this window and dropped on it, with handles of what was dropped. Needs `bridge.modules.files` too.
   * The events are `dragdrop:enter`, `dragdrop:drop`, `dragdrop:cancel`, and with `includeHover` `dragdrop:hover`. Where the module
   * is on, files from outside cause no `drop` event of the page's own, and on Windows nothing that is dragged does.
   *
   * @example
   * ```ts
   * await Desktopr.events.onDragDrop(async (event, { kind, files }) => {
   *   zone.classList.toggle("active", kind === "enter");
   *   for (const file of files) if (file.kind === "file") take(file.name, await file.read());
   * });
   * ```
   */
  onDragDrop(
    listener: (event: string, drop: Drop) => void,
    options?: { includeHover?: boolean },
  ): Promise<Unlisten>;

  /**
   * What the user chooses in the app's menu, or in that of the tray icon. Pages of `cacheOnly` windows are not told.
   *
   * @example
   * ```ts
   * await Desktopr.events.onMenuEvent(({ id, checked }) => {
   *   if (id === "save") save();
   *   if (id === "wrap") wrapLines(checked);
   * });
   * ```
   */
  onMenuEvent(listener: (item: MenuEvent) => void): Promise<Unlisten>;

  /**
   * What the pointer does at the tray icon. Linux tells nothing of it, and it rejects there with `events/unsupported`; what is
   * chosen in the icon's menu comes as {@link onMenuEvent} everywhere.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("events.onTrayIconEvent")) await Desktopr.events.onTrayIconEvent(({ type }) => show(type));
   * ```
   */
  onTrayIconEvent(listener: (event: TrayIconEvent) => void): Promise<Unlisten>;
}
