/**
 * Accelerators in a plain browser. What they are, the runtime says (`runtime-settings/src/accelerator.rs`); this is the same grammar.
 */
import { DesktoprError } from "../error.js";
import type { Stroke } from "../keys.js";

/** Accelerators of a sequence (count). */
const MAX_STROKES = 4;
/** Bits of modifiers, by their names. */
const MODIFIERS: Readonly<Record<string, number>> = {
  shift: 1,
  ctrl: 2,
  control: 2,
  alt: 4,
  option: 4,
  super: 8,
  meta: 8,
  cmd: 8,
  command: 8,
};
const CMD_OR_CTRL = /^(cmd|command)or(ctrl|control)$/;
/** Keys by code, and other names of theirs. */
const NAMED =
  "Space Tab Enter=return Escape=esc Backspace Delete=del Insert=ins Home End PageUp PageDown ArrowUp=up ArrowDown=down " +
  "ArrowLeft=left ArrowRight=right Minus=- Equal==|plus BracketLeft=[ BracketRight=] Backslash=\\ Semicolon=; Quote=' Comma=, Period=. " +
  "Slash=/ Backquote=` PrintScreen ScrollLock Pause NumpadAdd NumpadSubtract NumpadMultiply NumpadDivide NumpadDecimal NumpadEnter " +
  "MediaPlayPause MediaStop MediaTrackNext MediaTrackPrevious AudioVolumeUp=volumeup AudioVolumeDown=volumedown AudioVolumeMute=volumemute";

/** Reads accelerators that are pressed one after the other. */
export function parseSequence(text: string, isMac: boolean): Stroke[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length < 1 || words.length > MAX_STROKES) {
    refuse(`a sequence has 1 to ${MAX_STROKES} accelerators, found: ${words.length}`);
  }
  return words.map((word) => parse(word, isMac));
}

function parse(text: string, isMac: boolean): Stroke {
  const words = text.toLowerCase().split("+");
  const key = words.pop() ?? "";
  if (key === "") refuse(`no key in the accelerator: \`${text}\``);
  const code = codeOf(key) ?? refuse(`not a key: \`${key}\``);
  let held = 0;
  for (const word of words) {
    const bit = CMD_OR_CTRL.test(word) ? (isMac ? 8 : 2) : (MODIFIERS[word] ?? refuse(`not a modifier: \`${word}\``));
    if (held & bit) refuse(`the same modifier twice: \`${word}\``);
    held |= bit;
  }
  return [held, code];
}

function codeOf(key: string): string | undefined {
  const letter = /^(?:key)?([a-z])$/.exec(key)?.[1];
  if (letter) return `Key${letter.toUpperCase()}`;
  const digit = /^(?:digit)?(\d)$/.exec(key)?.[1];
  if (digit) return `Digit${digit}`;
  if (/^numpad\d$/.test(key)) return `Numpad${key.slice(-1)}`;
  if (/^f([1-9]|1\d|2[0-4])$/.test(key)) return key.toUpperCase();
  for (const entry of NAMED.split(" ")) {
    const [, code = "", aliases] = /^(\w+)(?:=(.+))?$/.exec(entry) ?? [];
    if (key === code.toLowerCase() || aliases?.split("|").includes(key)) return code;
  }
  return undefined;
}

function refuse(message: string): never {
  throw new DesktoprError({ code: "shortcuts/invalid-accelerator", module: "shortcuts", message });
}
