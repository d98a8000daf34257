/**
 * `contextMenu.handler`: tells where the user wants a menu. Needs no more than the page, so it works in a browser too.
 */
import type { ContextMenuDetails, ContextMenuModule } from "./api/menu.js";
import { requireBoolean, requireFunction } from "./arguments.js";

/** What can be clicked or filled in. */
const ACTIONABLE = "a[href],button,input,select,textarea,summary,label,[role=button],[contenteditable],[tabindex]";

/** Fields of the event that are told. */
const FIELDS =
  "pageX,pageY,clientX,clientY,screenX,screenY,altKey,ctrlKey,shiftKey,metaKey".split(",") as (keyof MouseEvent)[];

/** The functions. */
export function createContextMenuHandler(): ContextMenuModule["handler"] {
  let current: ((event: MouseEvent) => void) | undefined;
  const remove = async () => {
    if (current) removeEventListener("contextmenu", current);
  };
  return {
    async init(listener, preventDefault = true) {
      requireFunction("menu", "listener", listener);
      requireBoolean("menu", "preventDefault", preventDefault);
      await remove();
      current = (event) => {
        if (preventDefault) event.preventDefault();
        listener(details(event));
      };
      addEventListener("contextmenu", current);
    },
    remove,
  };
}

function details(event: MouseEvent): ContextMenuDetails {
  const target = event.target instanceof Element ? event.target : document.documentElement;
  return {
    event,
    targetTag: target.tagName.toLowerCase(),
    targetId: target.id,
    targetClasses: [...target.classList],
    parentActionable: target.closest(ACTIONABLE) !== null,
    childActionable: target.querySelector(ACTIONABLE) !== null,
    ...Object.fromEntries(FIELDS.map((name) => [name, event[name]])),
  } as ContextMenuDetails;
}
