/**
 * The module `fs`: its scopes, put together of the functions in `fs-files` and `fs-trees`.
 */
import type { FsModule, FsReadable } from "../api/fs.js";
import { requireString } from "../arguments.js";
import { deepFreeze } from "../freeze.js";
import { FS_BASE } from "../functions.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";
import { createFiles, type Files } from "./fs-files.js";
import { createTrees, type ScopeName, type Trees } from "./fs-trees.js";

/** `Desktopr.fs` in the app. */
export function createFs(call: Call, bytes: Bytes): FsModule {
  const scope = (name: ScopeName) => ({ ...createFiles(call, bytes, name), ...createTrees(call, name) });
  const [trash, diagnostics] = [scope("trash"), scope("diagnostics")];
  return {
    data: scope("data"),
    cache: scope("cache"),
    trash: {
      ...readable(trash),
      async recover(path) {
        requireString("fs", "path", path);
        return call("fs_recover", { path });
      },
      clear: trash.clear,
    },
    diagnostics: {
      ...readable(diagnostics),
      list: diagnostics.listContent,
      read: diagnostics.readText,
      remove: diagnostics.remove,
      clear: diagnostics.clear,
    },
    base: FS_BASE,
    paths: async () => FS_BASE,
    pluginFs(module) {
      requireString("fs", "module", module);
      const storage = scope({ plugin: module });
      return deepFreeze({ ...storage, clearStorage: storage.clear });
    },
  };
}

function readable({ listContent, stat, exists, readText, readBytes, readStream }: Files & Trees): FsReadable {
  return { listContent, stat, exists, readText, readBytes, readStream };
}
