/**
 * The module `notifications`: notifications of the desktop. The web's own `Notification` stays as the webview has it.
 */
import type { NotificationClick, NotificationOptions, NotificationShown } from "../generated.js";
import type { Unlisten } from "./events.js";

/** Whether notifications can be shown; `default`, in a browser only: the user has not been asked. */
export type NotificationState = "granted" | "denied" | "default";

/** `Desktopr.notifications`, switched on by `bridge.modules.notifications`. */
export interface NotificationsModule {
  /**
   * `granted` where notifications can be shown, `denied` where nobody shows them, such as on a Linux desktop without a service for it.
   *
   * @example
   * ```ts
   * const canNotify = (await Desktopr.notifications.state()) === "granted";
   * ```
   */
  state(): Promise<NotificationState>;

  /**
   * Asks the user where that is needed, which is in a browser only; gives the state.
   *
   * @example
   * ```ts
   * if ((await Desktopr.notifications.request()) !== "granted") showInPage();
   * ```
   */
  request(): Promise<NotificationState>;

  /**
   * Shows a notification: up to 10 within 10 seconds, for the whole app. `body` is plain text. What the desktop does not have is left
   * out: the answer says whether buttons are there, and `tag` replaces on Linux only.
   *
   * @returns Its `id`, which {@link onClick} tells.
   * @example
   * ```ts
   * const state = await Desktopr.notifications.state();
   * if (state === "granted") {
   *   await Desktopr.notifications.show("Build finished", "No errors");
   *   await Desktopr.notifications.show({
   *     title: "New message",
   *     body: "Shall we meet at ten?",
   *     tag: "chat-7",
   *     actions: [{ id: "reply", title: "Reply" }],
   *   });
   * }
   * ```
   */
  show(title: string | NotificationOptions, body?: string): Promise<NotificationShown>;

  /**
   * Listens to clicks on notifications that this page has shown; needs `bridge.modules.events` too. A click on the notification
   * itself brings its window to the front, and its `action` is `default`. The event is `notification:click`.
   *
   * @example
   * ```ts
   * await Desktopr.notifications.onClick(({ tag, action }) => {
   *   if (action === "reply") openChat(tag);
   * });
   * ```
   */
  onClick(listener: (click: NotificationClick) => void): Promise<Unlisten>;
}
