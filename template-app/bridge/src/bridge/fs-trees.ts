/**
 * Files and folders as such: what there is, and where.
 */
import type { FsEntry, FsScope } from "../api/fs.js";
import { requireOptions, requireString } from "../arguments.js";
import type { Command, FsItem, FsListing } from "../generated.js";
import type { Call } from "./call.js";
import type { Files } from "./fs-files.js";
import { createWatch } from "./fs-watch.js";

/** Names a scope to the native side. */
export type ScopeName = "data" | "cache" | "trash" | "diagnostics" | { plugin: string };

/** The functions that are here. */
export type Trees = Omit<FsScope, keyof Files>;

/** The functions of one scope. */
export function createTrees(call: Call, scope: ScopeName): Trees {
  const twoPaths = async (command: Command, src: string, dest: string, options: unknown, names: readonly string[]) => {
    requireString("fs", "src", src);
    requireString("fs", "dest", dest);
    const given = requireOptions("fs", options) as Record<string, unknown>;
    const flags = Object.fromEntries(names.map((name) => [name, given[name] === true]));
    await call(command, { scope, src, dest, ...flags });
  };
  return {
    async listContent(path = "") {
      requireString("fs", "path", path);
      return toEntries(await call<FsListing>("fs_list", { scope, path }));
    },
    async newDirectory(path) {
      requireString("fs", "path", path);
      await call("fs_new_directory", { scope, path });
    },
    async remove(path, recursive = false) {
      requireString("fs", "path", path);
      await call("fs_remove", { scope, path, recursive: recursive === true });
    },
    async stat(path = "") {
      requireString("fs", "path", path);
      const { modifiedMs, ...item } = await call<FsItem>("fs_stat", { scope, path });
      return { ...item, lastModified: new Date(modifiedMs) };
    },
    async exists(path) {
      requireString("fs", "path", path);
      return call("fs_exists", { scope, path });
    },
    move: (src, dest, options = {}) => twoPaths("fs_move", src, dest, options, ["overwrite"]),
    copy: (src, dest, options = {}) => twoPaths("fs_copy", src, dest, options, ["recursive", "overwrite"]),
    async clear() {
      await call("fs_clear", { scope });
    },
    usage: () => call("fs_usage", { scope }),
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
