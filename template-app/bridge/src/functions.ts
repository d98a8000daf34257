/**
 * Which functions there are, out of the contract's tables: what the script makes, and what `supports()` answers from. A page waits
 * for what is read while the script runs, so what can wait is read when it is asked for.
 */
import type { FsBase } from "./api/fs.js";
import { type Command, FUNCTIONS, type Module, OTHER_FUNCTIONS } from "./generated.js";

/** A public function, or a property. */
interface PublicFunction {
  module: Module;
  /** As written after `Desktopr.`. */
  path: string;
  /** The command that it calls or needs; none when it always works. */
  command: Command | undefined;
}

/** Calls `use` with each row of a table, which begins with the function's path. */
export function forEachRow(table: string, use: (module: Module, row: string) => void): void {
  for (const group of table.split(";")) {
    const [head = "", rows = ""] = group.split(":");
    const [part = "", module = part] = head.split("=");
    for (const row of rows.split(",")) use(module as Module, part ? `${part}.${row}` : row);
  }
}

/** Every function, as the tables have them. */
export function publicFunctions(): PublicFunction[] {
  const all: PublicFunction[] = [];
  let before = "";
  const add = (isPlain: boolean) => (module: Module, row: string) => {
    const [path = "", need] = row.replace("!", "").split(" ");
    if (need !== "=") before = need ?? "";
    all.push({ module, path, command: (isPlain ? snakeCase(path) : need && before) as Command | undefined });
  };
  forEachRow(FUNCTIONS, add(true));
  forEachRow(OTHER_FUNCTIONS, add(false));
  return all;
}

/** A path of the API in the form of command names. */
export function snakeCase(path: string): string {
  return path.replace(/\.|(?=[A-Z])/g, "_").toLowerCase();
}

/** The module that a command belongs to: that of the functions whose commands begin alike. */
export function moduleOf(command: Command): Module {
  const first = (name?: string) => name?.split("_")[0];
  const all = publicFunctions();
  return all.find((known) => known.command === command)?.module ??
    all.find((known) => first(known.command) === first(command))?.module ??
    (/^fs_/.test(command) ? "fs" : "core");
}

/** `fs.base`: the scopes' own names. */
export const FS_BASE: FsBase = { data: "data", cache: "cache", trash: "trash", diagnostics: "diagnostics" };
