/**
 * The module `autostart`: the system starts the app when the user signs in, if the user wants that.
 */

/** `shown`: like any start; `minimized`; `hidden` behind the icon in the tray. */
export type AutostartMode = "shown" | "minimized" | "hidden";

/** `Desktopr.autostart`, switched on by `bridge.modules.autostart`. */
export interface AutostartModule {
  /**
   * From now on the system starts the app when the user signs in. Ask the user first. Under `cargo xtask dev` it rejects with
   * `autostart/unsupported`.
   *
   * @example
   * ```ts
   * box.onchange = () => (box.checked ? Desktopr.autostart.enable() : Desktopr.autostart.disable());
   * ```
   */
  enable(): Promise<void>;

  /**
   * The system starts the app no longer.
   *
   * @example
   * ```ts
   * await Desktopr.autostart.disable();
   * ```
   */
  disable(): Promise<void>;

  /**
   * Whether the system starts the app. The user may have switched that off in the system's own settings.
   *
   * @example
   * ```ts
   * box.checked = await Desktopr.autostart.isEnabled();
   * ```
   */
  isEnabled(): Promise<boolean>;

  /** How the app appears when the system has started it. */
  readonly mode: AutostartModeModule;
}

/** `Desktopr.autostart.mode`. */
export interface AutostartModeModule {
  /**
   * What was set last, else `autostart.mode` of app.json.
   *
   * @example
   * ```ts
   * select.value = await Desktopr.autostart.mode.get();
   * ```
   */
  get(): Promise<AutostartMode>;

  /**
   * Sets it for the next time. `hidden` takes an icon in the tray (`window.onClose: "hideToTray"`); where there is none the window
   * is minimised, since nothing would bring it back.
   *
   * @example
   * ```ts
   * await Desktopr.autostart.mode.set("minimized");
   * ```
   */
  set(mode: AutostartMode): Promise<void>;
}
