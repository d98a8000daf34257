/**
 * Paths in a plain browser, by the rules of the app: what works here works there.
 */
import { DesktoprError } from "../error.js";
import type { ErrorCode } from "../generated.js";

/** Names that Windows opens a device for. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i;
/** Longest name and path, in bytes, and levels of folders. */
const [MAX_NAME, MAX_PATH, MAX_DEPTH] = [255, 4096, 64];

/** The names on the way from the scope; none for the scope itself. */
export function parsePath(text: string): string[] {
  const outside = () => refusal("fs/outside-scope", "the path leads out of its folder", text);
  if (sizeOf(text) > MAX_PATH) throw refusal("fs/invalid-name", "the path is too long", text);
  if (/^[/\\]|^[a-z]:|\0/i.test(text)) throw outside();
  const names: string[] = [];
  for (const name of text.split(/[/\\]/)) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (names.pop() === undefined) throw outside();
      continue;
    }
    if (DEVICE.test(name.split(".", 1)[0]?.trimEnd() ?? "")) throw outside();
    const isInvalid = sizeOf(name) > MAX_NAME || /[:\p{Cc}]|[. ]$|^\.deskwright-.*\.tmp$/u.test(name);
    if (isInvalid) throw refusal("fs/invalid-name", "a name that not every system takes", text);
    names.push(name);
  }
  if (names.length > MAX_DEPTH) throw refusal("fs/invalid-name", "too many levels of folders", text);
  return names;
}

/** An error of the module, with the path as it was asked for. */
export function refusal(code: ErrorCode, why: string, path: string): DesktoprError {
  return new DesktoprError({ code, module: "fs", message: `${why}: \`${path}\`` });
}

/** What the browser's refusals mean. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  NotFoundError: "fs/not-found",
  QuotaExceededError: "fs/quota-exceeded",
  InvalidModificationError: "fs/not-empty",
  TypeError: "fs/invalid-name",
};

/** What the browser refuses with, as an error of the module. */
export function refusalOf(error: unknown, path: string): DesktoprError {
  if (error instanceof DesktoprError) return error;
  const { name, message } = error instanceof Error ? error : { name: "", message: "the browser refused" };
  return refusal(CODES[name] ?? "fs/io", message, path);
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
