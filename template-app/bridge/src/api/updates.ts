/**
 * The module `updates`: newer versions of the app.
 */
import type { UpdateInfo, UpdateProgress } from "../generated.js";

/**
 * `Desktopr.updates`, switched on by `bridge.modules.updates`. What is found and done is told by the events `update:available`,
 * `update:progress` and `update:installed`.
 */
export interface UpdatesModule {
  /**
   * Is there a newer version on the app's channel? `null` when there is none; an older one is none.
   *
   * @example
   * ```ts
   * const look = async () => (await Desktopr.updates.check())?.version ?? "the newest one is here";
   * ```
   */
  check(): Promise<UpdateInfo | null>;

  /**
   * Fetches the version that {@link check} has found, and verifies that its signature is the app's owner's.
   *
   * @example
   * ```ts
   * async function update() {
   *   if (!(await Desktopr.updates.check())) return;
   *   await Desktopr.updates.download(({ received, total }) => setBar(total ? received / total : undefined));
   *   await Desktopr.updates.install({ relaunch: true });
   * }
   * ```
   */
  download(onProgress?: (progress: UpdateProgress) => void): Promise<void>;

  /**
   * Installs what {@link download} has fetched. On Linux the system asks the user for a password. On Windows the app ends here.
   *
   * @param options - `relaunch`: starts the app again afterwards, as its new version.
   * @example
   * ```ts
   * restartButton.onclick = () => Desktopr.updates.install({ relaunch: true });
   * ```
   */
  install(options?: { relaunch?: boolean }): Promise<void>;

  /**
   * The channel that this copy of the app was built for, such as `stable`.
   *
   * @example
   * ```ts
   * const channel = await Desktopr.updates.channel();
   * ```
   */
  channel(): Promise<string>;
}
