/**
 * The module `notifications` in a plain browser: the web's own, which has no buttons outside service workers.
 */
import type { NotificationState, NotificationsModule } from "../api/notifications.js";
import { requireFunction, requireString, requireText } from "../arguments.js";
import { DesktoprError } from "../error.js";
import { createListeners } from "../events/listeners.js";
import type { NotificationClick, NotificationOptions } from "../generated.js";
import { orRefused } from "./refused.js";
import { unavailable } from "./unavailable.js";

const CLICK = "notification:click";

/** Functions that this browser has. */
export function browserNotificationFunctions(): string[] {
  const names = ["state", "request", "show", "onClick"];
  return isThere() ? names.map((name) => `notifications.${name}`) : [];
}

function isThere(): boolean {
  return typeof Notification === "function";
}

/** `Desktopr.notifications` in a browser. */
export function createBrowserNotifications(): NotificationsModule {
  const listeners = createListeners();
  let last = 0;

  function show({ title, body, icon, tag, silent }: NotificationOptions): number {
    if (Notification.permission !== "granted") {
      const message = `the user has not allowed notifications: \`${Notification.permission}\`; ask with \`notifications.request()\``;
      throw new DesktoprError({ code: "notifications/unsupported", module: "notifications", message });
    }
    const options = Object.entries({ body, icon, tag, silent }).filter(([, value]) => value !== undefined);
    const id = (last += 1);
    const notification = new Notification(title, Object.fromEntries(options));
    notification.onclick = () => {
      window.focus();
      listeners.deliver(CLICK, { id, tag: tag ?? null, action: "default" });
    };
    return id;
  }

  return {
    state: async () => (isThere() ? (Notification.permission as NotificationState) : "denied"),
    request: async () => (isThere() ? ((await Notification.requestPermission()) as NotificationState) : "denied"),
    async show(first, body) {
      if (!isThere()) return unavailable("notifications", "notifications.show");
      const options = typeof first === "object" && first !== null ? first : { title: first, body };
      requireString("notifications", "title", options.title);
      requireText("notifications", "body", options.body);
      // Some browsers let service workers show notifications, and no page.
      const id = await orRefused("notifications", "notifications/unsupported", () => show(options as NotificationOptions));
      return { shown: true, id, actions: false };
    },
    async onClick(listener) {
      requireFunction("notifications", "listener", listener);
      return listeners.add(CLICK, (click) => listener(click as NotificationClick));
    },
  };
}
