/**
 * Which functions there are, out of the contract's tables: what the script makes, and what `supports()` answers from.
 */
import type { FsBase } from "./api/fs.js";
import { type Command, FUNCTIONS, type Module, OTHER_FUNCTIONS } from "./generated.js";

/** A public function, or a property. */
export interface PublicFunction {
  module: Module;
  /** As written after `Desktopr.`. */
  path: string;
  /** The command that it calls or needs; none when it always works. */
  command?: Command;
  /** Whether it is one call of its command, and so needs no more than these words: its arguments, each with its mark. */
  isPlain: boolean;
  words: string[];
}

/** Every one, as the tables have them. */
export const PUBLIC_FUNCTIONS = [...read(FUNCTIONS, true), ...read(OTHER_FUNCTIONS, false)];

function read(table: string, isPlain: boolean): PublicFunction[] {
  let before = "";
  return table.split(";").flatMap((group) => {
    const [head = "", rows = ""] = group.split(":");
    const [part = "", module = part] = head.split("=");
    return rows.split(",").map((row) => {
      const [name = "", ...words] = row.split(" ");
      const path = part ? `${part}.${name}` : name;
      if (words[0] !== "=") before = words[0] ?? "";
      const command = isPlain ? snakeCase(path.replace("!", "")) : words.length ? before : undefined;
      return { module, path, command, isPlain, words } as PublicFunction;
    });
  });
}

/** A path of the API in the form of command names. */
export function snakeCase(path: string): string {
  return path.replace(/\.|(?=[A-Z])/g, "_").toLowerCase();
}

/** The module that a command belongs to: that of the functions whose commands begin alike. */
export function moduleOf(command: Command): Module {
  const first = (name?: string) => name?.split("_")[0];
  return PUBLIC_FUNCTIONS.find((known) => known.command === command)?.module ??
    PUBLIC_FUNCTIONS.find((known) => first(known.command) === first(command))?.module ??
    (/^fs_/.test(command) ? "fs" : "core");
}

/** `fs.base`: the scopes' own names. */
export const FS_BASE: FsBase = { data: "data", cache: "cache", trash: "trash", diagnostics: "diagnostics" };
