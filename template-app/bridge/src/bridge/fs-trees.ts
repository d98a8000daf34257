/**
 * Files and folders as such: what there is, and where.
 */
import type { FsEntry, FsScope } from "../api/fs.js";
import { snakeCase } from "../functions.js";
import type { Command, FsItem, FsListing } from "../generated.js";
import type { Call } from "./call.js";
import type { Files } from "./fs-files.js";
import { createWatch } from "./fs-watch.js";
import { addFunction, type Part } from "./plain.js";

/** Names a scope to the native side. */
export type ScopeName = "data" | "cache" | "trash" | "diagnostics" | { plugin: string };

/** The functions that are here. */
export type Trees = Omit<FsScope, keyof Files>;

/** Those that are one call of a command each, in the form of the contract's table. The fields of options are arguments too. */
const FUNCTIONS =
  "list path?,stat path?,exists path,newDirectory! path,remove! path recursive!?,move! src dest options{?,copy! src dest options{?,clear!,usage";

/** The functions of one scope. */
export function createTrees(call: Call, scope: ScopeName): Trees {
  const plain: Part = {};
  for (const row of FUNCTIONS.split(",")) {
    addFunction(plain, "fs", row, ({ options, ...args }, name) =>
      call(snakeCase(`fs_${name}`) as Command, { scope, ...args, ...(options as object) }));
  }
  const { list, stat, ...rest } = plain as unknown as Omit<Trees, "stat"> & {
    list(path?: string): Promise<FsListing>;
    stat(path?: string): Promise<FsItem>;
  };
  return {
    ...rest,
    listContent: async (path) => toEntries(await list(path)),
    async stat(path) {
      const { modifiedMs, ...item } = await stat(path);
      return { ...item, lastModified: new Date(modifiedMs) };
    },
    watch: createWatch(call, scope),
  };
}

function toEntries({ path, entries }: FsListing): FsEntry[] {
  const folder = path === "" ? "" : `${path}/`;
  return entries.map(([name, kind, size, modifiedMs]) => ({
    name,
    path: folder + name,
    isFile: kind === 0,
    isDirectory: kind === 1,
    size,
    lastModified: new Date(modifiedMs),
  }));
}
