/**
 * The module `downloads`: what the app's pages have downloaded. Downloads themselves need no call and no module: a link with
 * `download`, an attachment, a `blob:` or `data:` URL is saved as in a browser.
 */
import type { Download } from "../generated.js";
import type { Unlisten } from "./events.js";

/** `Desktopr.downloads`, switched on by `bridge.modules.downloads`. Listening needs `bridge.modules.events` too. */
export interface DownloadsModule {
  /**
   * Downloads of this run of the app, newest first: the latest 100.
   *
   * @example
   * ```ts
   * const running = (await Desktopr.downloads.list()).filter(({ state }) => state === "running");
   * ```
   */
  list(): Promise<Download[]>;

  /**
   * Shows the file of a finished download in the system's file manager.
   *
   * @example
   * ```ts
   * await Desktopr.downloads.onDone(async ({ id, state }) => {
   *   if (state === "done") await Desktopr.downloads.reveal(id);
   * });
   * ```
   */
  reveal(id: number): Promise<void>;

  /**
   * Stops a download: its state becomes `cancelled`, and nothing of its file stays. Linux only; elsewhere it rejects with
   * `downloads/unsupported`.
   *
   * @returns `false` when it had ended already.
   * @example
   * ```ts
   * stopButton.hidden = !Desktopr.supports("downloads.cancel");
   * stopButton.onclick = () => Desktopr.downloads.cancel(id);
   * ```
   */
  cancel(id: number): Promise<boolean>;

  /**
   * Listens to the beginnings of downloads of this window, when their names are known. Where the user is asked for a place, the
   * state is `asking` then. The event is `download:start`.
   *
   * @example
   * ```ts
   * await Desktopr.downloads.onStart(({ id, name }) => addRow(id, name));
   * ```
   */
  onStart(listener: (download: Download) => void): Promise<Unlisten>;

  /**
   * Listens to the ends of downloads of this window, whether they are `done`, `failed` or `cancelled`. The event is
   * `download:done`.
   *
   * @example
   * ```ts
   * await Desktopr.downloads.onDone(({ name, state, error }) => notify(state === "done" ? `${name} is there` : error));
   * ```
   */
  onDone(listener: (download: Download) => void): Promise<Unlisten>;

  /**
   * Listens to the progress of downloads of this window, up to ten times a second for each. Linux only; elsewhere it rejects with
   * `downloads/unsupported`. The event is `download:progress`.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("downloads.onProgress")) {
   *   await Desktopr.downloads.onProgress(({ id, received, total }) => setBar(id, total ? received / total : undefined));
   * }
   * ```
   */
  onProgress(listener: (download: Download) => void): Promise<Unlisten>;
}
