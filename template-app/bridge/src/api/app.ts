/**
 * The module `app`: the running app as a whole.
 */
import type { AppInfo } from "../generated.js";

/** `Desktopr.app`, switched on by `bridge.modules.app`. */
export interface AppModule {
  /**
   * What is known about the app, its windows and the screens. Host paths are in it only when the config says
   * `"app": {"paths": true}`.
   *
   * @example
   * ```ts
   * const { name, version, os } = await Desktopr.app.info();
   * ```
   */
  info(): Promise<AppInfo>;

  /**
   * Ends the app, all its windows included, without asking.
   *
   * @param code - Exit code of the process; 0 when left out.
   * @example
   * ```ts
   * await Desktopr.app.exit();
   * ```
   */
  exit(code?: number): Promise<void>;

  /**
   * Ends the app and starts it again.
   *
   * @example
   * ```ts
   * await saveEverything();
   * await Desktopr.app.relaunch();
   * ```
   */
  relaunch(): Promise<void>;
}
