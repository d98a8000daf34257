/**
 * The modules `menu` and `contextMenu`: the app's menu, and menus at a place in the page.
 */

/** A text, or one for each language of the app's: `{ en: "Export", de: "Exportieren" }`. */
export type MenuLabel = string | Record<string, string>;

/** What the system does itself, or the runtime in its place. `hide_others`, `services` and `show_all` exist on macOS only. */
export type PredefinedItem =
  | "about"
  | "close_window"
  | "copy"
  | "cut"
  | "fullscreen"
  | "hide"
  | "hide_others"
  | "maximize"
  | "minimize"
  | "paste"
  | "quit"
  | "redo"
  | "select_all"
  | "separator"
  | "services"
  | "show_all"
  | "undo";

/** One line of a menu. In labels, `&` stands before the letter that Alt goes with, and `&&` is an ampersand. */
export type MenuItem =
  | {
      type: "custom";
      /** What events and calls name the item by: unique in the whole menu. */
      id: string;
      label: MenuLabel;
      /** `true` when left out. */
      enabled?: boolean;
      /** `check` has a mark that each click sets or takes away. */
      interaction?: "click" | "check";
      checked?: boolean;
      /** Such as `CmdOrCtrl+Shift+S` or `F5`. */
      accelerator?: string;
    }
  | { type: "predefined"; item: PredefinedItem; customLabel?: MenuLabel }
  | { type: "submenu"; id?: string; label: MenuLabel; enabled?: boolean; items: MenuItem[] }
  | { type: "separator" };

/** One of the menus that most apps have. */
export interface MenuSection {
  /** The section's name once more, as documents from elsewhere have it. */
  section?: string;
  /** The system's usual word when left out. */
  label?: MenuLabel;
  /** Without them the menu is not there. */
  items?: MenuItem[];
}

/** A menu of the app's own in the bar. */
export interface CustomMenuSection {
  id: string;
  label: MenuLabel;
  /** The section that it follows; `view` when left out. */
  after?: "file" | "edit" | "view" | "window";
  items: MenuItem[];
}

/** The app's whole menu. */
export interface MenuConfig {
  /** `false`: no menu. */
  enabled?: boolean;
  /** The systems that have it; all when left out. */
  platforms?: ("macos" | "windows" | "linux")[];
  /** The language of labels for a user whose own they do not have; `en` when left out. */
  fallbackLanguage?: string;
  /** The menu with the app's name, on macOS only. */
  macosRoot?: MenuSection;
  file?: MenuSection;
  edit?: MenuSection;
  view?: MenuSection;
  window?: MenuSection;
  sections?: CustomMenuSection[];
  /** The menu of the icon in the system's tray, which is shown if it is not. */
  tray?: MenuSection;
}

/** `Desktopr.menu`, switched on by `bridge.modules.menu`. */
export interface MenuModule {
  /** Gives the app a menu. A new one replaces all of the one before. */
  readonly init: {
    /**
     * Shows a menu: in the main window, on macOS on the screen. What the user chooses comes as `menu:event`, see
     * {@link EventsModule.onMenuEvent}. A menu with a fault is refused as a whole; the error's `details` list all of them.
     *
     * @example
     * ```ts
     * await Desktopr.menu.init.fromConfig({
     *   file: {
     *     items: [
     *       { type: "custom", id: "save", label: { en: "&Save", de: "&Sichern" }, accelerator: "CmdOrCtrl+S" },
     *       { type: "separator" },
     *       { type: "predefined", item: "quit" },
     *     ],
     *   },
     *   view: { items: [{ type: "custom", id: "wrap", label: "Wrap lines", interaction: "check", checked: true }] },
     * });
     * ```
     */
    fromConfig(config: MenuConfig): Promise<void>;

    /**
     * The same from JSON, of up to 1 MiB.
     *
     * @example
     * ```ts
     * await Desktopr.menu.init.fromJson('{ "file": { "items": [{ "type": "predefined", "item": "quit" }] } }');
     * ```
     */
    fromJson(text: string): Promise<void>;

    /**
     * The same from a file of `fs.data`, which must be open to the page; never from a path of the computer. A text that begins
     * with `{` is taken for JSON.
     *
     * @example
     * ```ts
     * await Desktopr.menu.init.fromJsonFile('{ "edit": { "items": [{ "type": "predefined", "item": "copy" }] } }');
     * ```
     */
    fromJsonFile(file: string): Promise<void>;
  };

  /**
   * Lets the user choose an item, or a menu with an id, or not. An unknown id rejects with `menu/unknown-id`.
   *
   * @example
   * ```ts
   * await Desktopr.menu.init.fromConfig({ file: { items: [{ type: "custom", id: "save", label: "Save" }] } });
   * await Desktopr.menu.setEnabled("save", false);
   * ```
   */
  setEnabled(id: string, on: boolean): Promise<void>;

  /**
   * Sets the mark of an item, or takes it away. No event comes of it.
   *
   * @example
   * ```ts
   * const wrap = { type: "custom", id: "wrap", label: "Wrap lines", interaction: "check" };
   * await Desktopr.menu.init.fromConfig({ view: { items: [wrap] } });
   * await Desktopr.menu.setChecked("wrap", true);
   * ```
   */
  setChecked(id: string, on: boolean): Promise<void>;

  /**
   * Gives an item, or a menu with an id, another text.
   *
   * @example
   * ```ts
   * await Desktopr.menu.init.fromConfig({ file: { items: [{ type: "custom", id: "save", label: "Save" }] } });
   * await Desktopr.menu.setLabel("save", { en: "Save all", de: "Alles sichern" });
   * ```
   */
  setLabel(id: string, label: MenuLabel): Promise<void>;
}

/** One line of a menu at a place in the page. */
export type CmNode =
  | { type: "item"; id: string; text: MenuLabel; enabled?: boolean; shortcut?: string }
  | { type: "check"; id: string; text: MenuLabel; checked?: boolean; enabled?: boolean; shortcut?: string }
  | { type: "separator" }
  | { type: "submenu"; text: MenuLabel; items: CmNode[] }
  | {
      type: "predefined";
      text?: MenuLabel;
      kind:
        | "about"
        | "undo"
        | "redo"
        | "cut"
        | "copy"
        | "paste"
        | "selectAll"
        | "minimize"
        | "maximize"
        | "fullscreen"
        | "closeWindow"
        | "hide"
        | "hideOthers"
        | "showAll"
        | "quit"
        | "services";
    };

/** Where and how long a menu opens. */
export interface CmPopupOptions {
  /** In the page's pixels, as `clientX` and `clientY` of an event; at the pointer when left out. */
  at?: { x: number; y: number };
  /** The answer is null after so many milliseconds. The menu closes then on Linux; elsewhere the user closes it. */
  timeoutMs?: number;
}

/** Where the user wants a menu. */
export interface ContextMenuDetails {
  event: MouseEvent;
  /** Of the element below the pointer. */
  targetTag: string;
  targetId: string;
  targetClasses: string[];
  /** The element, or one around it, is a link, a button, a field or the like. */
  parentActionable: boolean;
  /** There is such a one in it. */
  childActionable: boolean;
  pageX: number;
  pageY: number;
  clientX: number;
  clientY: number;
  screenX: number;
  screenY: number;
  altKey: boolean;
  ctrlKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
}

/** `Desktopr.contextMenu`, switched on by `bridge.modules.menu`. */
export interface ContextMenuModule {
  /**
   * Shows a menu in the page. One at a time: while one is open, in any window, another one rejects with `menu/already-open`.
   *
   * @returns The id of what the user chose; null as soon as the user has chosen nothing, or something predefined.
   * @example
   * ```ts
   * const id = await Desktopr.contextMenu.show(
   *   [{ type: "item", id: "rename", text: "Rename" }, { type: "predefined", kind: "copy" }],
   *   { at: { x: 20, y: 20 }, timeoutMs: 300 },
   * );
   * ```
   */
  show(entries: CmNode[], options?: CmPopupOptions): Promise<string | null>;

  /** What happens when the user wants a menu: a click of the right button, or the key for it. */
  readonly handler: {
    /**
     * Calls back each time, in place of any listener given before. The webview's own menu stays away unless `preventDefault` is
     * `false`.
     *
     * @example
     * ```ts
     * await Desktopr.contextMenu.handler.init(async ({ clientX: x, clientY: y }) => {
     *   const id = await Desktopr.contextMenu.show([{ type: "item", id: "rename", text: "Rename" }], { at: { x, y } });
     *   if (id === "rename") rename();
     * });
     * ```
     */
    init(listener: (details: ContextMenuDetails) => void, preventDefault?: boolean): Promise<void>;

    /**
     * Calls back no more.
     *
     * @example
     * ```ts
     * await Desktopr.contextMenu.handler.remove();
     * ```
     */
    remove(): Promise<void>;
  };
}
