/**
 * Keys of the page, one after the other. What they are comes parsed.
 */
import type { LocalShortcutOptions } from "./api/shortcuts.js";
import type { Unlisten } from "./api/events.js";
import { callSafely } from "./events/listeners.js";

/** A key: what is held (1 Shift, 2 Ctrl, 4 Alt, 8 Command or Super), and its name as in `KeyboardEvent.code`. */
export type Stroke = readonly [number, string];

/** Longest time between two keys of a sequence, in milliseconds: who has forgotten the first one starts anew. */
const SEQUENCE_MS = 1500;
/** Bits of a stroke: Ctrl, Alt, and Command or Super. Shift alone is typing. */
const COMMANDS = 14;

/** Adds a shortcut; what it gives ends it. */
export type AddKeys = (
  strokes: readonly Stroke[],
  listener: (event: KeyboardEvent) => void,
  options?: LocalShortcutOptions,
) => Unlisten;

/** The shortcuts of this page; it listens from the first one on. */
export function createKeys(): AddKeys {
  const entries = new Set<(event: KeyboardEvent, stroke: Stroke) => void>();
  let swallowed = "";

  function onKeyDown(event: KeyboardEvent): void {
    const { key, code, repeat } = event;
    // A key that is held counts once, and the page hears of it as little as the first time.
    if (repeat && code === swallowed) event.preventDefault();
    if (repeat || event.isComposing || /^(Control|Shift|Alt|Meta)$/.test(key) || event.getModifierState("AltGraph")) return;
    swallowed = "";
    const held = +event.shiftKey | (+event.ctrlKey << 1) | (+event.altKey << 2) | (+event.metaKey << 3);
    if (!(held & COMMANDS) && isField(event.composedPath()[0])) return;
    const letter = /^[a-z]$/i.test(key) && `Key${key.toUpperCase()}`;
    for (const entry of [...entries]) entry(event, [held, letter || code]);
    if (event.defaultPrevented) swallowed = code;
  }

  return (strokes, listener, { preventDefault = true } = {}) => {
    let next = 0;
    let last = 0;
    const fits = (stroke: Stroke) => String(stroke) === String(strokes[next]);
    const entry = (event: KeyboardEvent, stroke: Stroke) => {
      if (event.timeStamp - last > SEQUENCE_MS || !fits(stroke)) next = 0;
      if (!fits(stroke)) return;
      [next, last] = [next + 1, event.timeStamp];
      if (preventDefault) event.preventDefault();
      if (next < strokes.length) return;
      next = 0;
      callSafely(listener as (event: unknown) => void, event);
    };
    if (entries.size === 0) addEventListener("keydown", onKeyDown, true);
    entries.add(entry);
    return () => {
      entries.delete(entry);
      if (entries.size === 0) removeEventListener("keydown", onKeyDown, true);
    };
  };
}

/** Is this where people type? */
function isField(target: unknown): boolean {
  const { tagName, isContentEditable } = target as Partial<HTMLElement>;
  return isContentEditable === true || /^(INPUT|TEXTAREA|SELECT)$/.test(tagName ?? "");
}
