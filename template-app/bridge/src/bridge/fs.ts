/**
 * The module `fs`, function by function over its commands.
 */
import type { FsEntry, FsModule, PluginFs } from "../api/fs.js";
import { copyBytes, requireOptions, requireString } from "../arguments.js";
import { deepFreeze } from "../freeze.js";
import type { Command } from "../functions.js";
import type { FsItem } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";

/** `Desktopr.fs` in the app. */
export function createFs(call: Call, bytes: Bytes): FsModule {
  return {
    pluginFs(module) {
      requireString("fs", "module", module);
      const scope = { plugin: module };
      return deepFreeze({ ...createFiles(call, bytes, scope), ...createTrees(call, scope) });
    },
  };
}

/** Names a scope to the native side. */
interface ScopeName {
  plugin: string;
}

type Files = "readText" | "writeText" | "readBytes" | "writeBytes";

function createFiles(call: Call, bytes: Bytes, scope: ScopeName): Pick<PluginFs, Files> {
  return {
    async readText(path) {
      requireString("fs", "path", path);
      return call("fs_read_text", { scope, path });
    },
    async writeText(path, text) {
      requireString("fs", "path", path);
      requireString("fs", "text", text);
      await call("fs_write_text", { scope, path, text });
    },
    async readBytes(path) {
      requireString("fs", "path", path);
      return bytes.receive("fs_read_bytes", { scope, path });
    },
    async writeBytes(path, content) {
      requireString("fs", "path", path);
      await bytes.send("fs_write_bytes", { scope, path }, copyBytes("fs", "bytes", content));
    },
  };
}

function createTrees(call: Call, scope: ScopeName): Omit<PluginFs, Files> {
  const clear = async () => {
    await call("fs_clear", { scope });
  };
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
      return (await call<FsItem[]>("fs_list", { scope, path })).map(toEntry);
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
      return toEntry(await call<FsItem>("fs_stat", { scope, path }));
    },
    async exists(path) {
      requireString("fs", "path", path);
      return call("fs_exists", { scope, path });
    },
    move: (src, dest, options = {}) => twoPaths("fs_move", src, dest, options, ["overwrite"]),
    copy: (src, dest, options = {}) => twoPaths("fs_copy", src, dest, options, ["recursive", "overwrite"]),
    clear,
    clearStorage: clear,
    usage: () => call("fs_usage", { scope }),
  };
}

function toEntry({ modifiedMs, ...item }: FsItem): FsEntry {
  return { ...item, lastModified: new Date(modifiedMs) };
}
