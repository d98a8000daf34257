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
  return table.split(";").flatMap((group) => {
    const [head = "", rows = ""] = group.split(":");
    const [part = "", module = part] = head.split("=");
    return rows.split(",").map((row) => {
      const [name = "", ...words] = row.split(" ");
      const path = part ? `${part}.${name}` : name;
      const command = isPlain ? snakeCase(path.replace("!", "")) : words[0];
      return { module, path, command, isPlain, words } as PublicFunction;
    });
  });
}

function snakeCase(path: string): string {
  return path.replace(/\.|(?=[A-Z])/g, "_").toLowerCase();
}

/** The module that a command belongs to: that of the functions whose commands begin alike. */
export function moduleOf(command: Command): Module {
  const first = (name?: string) => name?.split("_")[0];
  return PUBLIC_FUNCTIONS.find((known) => known.command === command)?.module ??
    PUBLIC_FUNCTIONS.find((known) => first(known.command) === first(command))?.module ??
    (/^fs_/.test(command) ? "fs" : "core");
}

/** Functions of every scope of files. */
export const FS_READ_FUNCTIONS = ["listContent", "stat", "exists", "readText", "readBytes", "readStream"] as const;
/** Functions of a scope that the page writes. */
export const FS_FUNCTIONS = [
  ...FS_READ_FUNCTIONS,
  "newDirectory",
  "remove",
  "writeText",
  "writeBytes",
  "writeStream",
  "move",
  "copy",
  "clear",
  "usage",
  "watch",
] as const;
/** Functions of the trash, and of the diagnostics. */
export const FS_TRASH_FUNCTIONS = [...FS_READ_FUNCTIONS, "recover", "clear"] as const;
export const FS_DIAGNOSTICS_FUNCTIONS = [...FS_READ_FUNCTIONS, "list", "read", "remove", "clear"] as const;

/** `fs.base`: the scopes' own names. */
export const FS_BASE: FsBase = { data: "data", cache: "cache", trash: "trash", diagnostics: "diagnostics" };

/** What is supported when these scopes are open. */
export function fsFunctions(scopes: readonly string[]): string[] {
  const of = (scope: string, names: readonly string[]) =>
    scopes.includes(scope) ? [`fs.${scope}`, ...names.map((name) => `fs.${scope}.${name}`)] : [];
  return [
    "fs.paths",
    ...of("data", FS_FUNCTIONS),
    ...of("cache", FS_FUNCTIONS),
    ...of("trash", FS_TRASH_FUNCTIONS),
    ...of("diagnostics", FS_DIAGNOSTICS_FUNCTIONS),
    ...(scopes.includes("plugins") ? ["fs.pluginFs"] : []),
  ];
}
