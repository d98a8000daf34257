/**
 * The module `files` and dropped files, over commands and streams.
 */
import type { DirectoryHandle, Drop, FileHandle, FilesModule, OpenedFiles } from "../api/files.js";
import type { EventsModule } from "../api/events.js";
import { requireFunction, requireOptions, requireString } from "../arguments.js";
import { createFilesModule, toBytes, toText } from "../files.js";
import { deepFreeze } from "../freeze.js";
import type { FileDrop, FilePicked, FilesOpened, FilesPicked, FsItem, FsOpened } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";
import { announced } from "./events.js";
import { createStreams, type StreamId } from "./streams.js";

/** What happens to something that is dragged over a window. */
const DROP_EVENTS = ["dragdrop:enter", "dragdrop:drop", "dragdrop:cancel"];
const HOVER_EVENT = "dragdrop:hover";

/** Makes a handle of what the native side gives. */
export type Handles = (picked: FilePicked) => FileHandle | DirectoryHandle;

/** `Desktopr.files` in the app. */
export function createFiles(call: Call, handles: Handles): FilesModule {
  return createFilesModule({
    async open(options) {
      const { picked, rejected } = await call<FilesPicked>("files_open", { options });
      return { files: picked.map(({ path }) => path), handles: picked.map(handles), rejected } as OpenedFiles;
    },
    async saveHandle(name, options) {
      const picked = await call<FilePicked | null>("files_save", { name, options });
      return picked && (handles(picked) as FileHandle);
    },
  });
}

/** `Desktopr.events.onDragDrop` in the app. */
export function createOnDragDrop(
  call: Call,
  handles: Handles,
  events: Pick<EventsModule, "onMany">,
): EventsModule["onDragDrop"] {
  return async (listener, options = {}) => {
    requireFunction("events", "listener", listener);
    const { includeHover } = requireOptions("events", options) as { includeHover?: boolean };
    const names = includeHover ? [...DROP_EVENTS, HOVER_EVENT] : DROP_EVENTS;
    const subscription = events.onMany<FileDrop>(names, (event, drop) => {
      listener(event, { ...drop, files: drop.files.map(handles) } satisfies Drop);
    });
    return announced(call, "files_accept_drops", subscription, { hover: includeHover });
  };
}

/** `Desktopr.events.onOpenFiles` in the app. */
export function createOnOpenFiles(
  call: Call,
  handles: Handles,
  events: Pick<EventsModule, "on">,
): EventsModule["onOpenFiles"] {
  return async (listener) => {
    requireFunction("events", "listener", listener);
    const subscription = events.on<FilesOpened>("app:opened-files", ({ files, rejected }) => {
      listener({ files: files.map(handles) as FileHandle[], rejected });
    });
    return announced(call, "events_on_open_files", subscription);
  };
}

/** Makes handles of what the native side gives. */
export function createHandles(call: Call, bytes: Bytes): Handles {
  const streams = createStreams(call, bytes, "files");
  const file = ({ id, name, path, size }: FilePicked): FileHandle => {
    const open = () => call<FsOpened>("files_read", { id });
    const read = async () => {
      const opened = await open();
      return streams.readAll(opened.stream, opened.size);
    };
    const write = async (content: unknown, append: boolean) => {
      const whole = toBytes(content);
      await streams.writeAll(await call<StreamId>("files_write", { id, append }), whole);
    };
    return deepFreeze<FileHandle>({
      kind: "file",
      name,
      path,
      size,
      read,
      readText: async () => toText(await read()),
      stream: async () => streams.readable((await open()).stream),
      write: (content) => write(content, false),
      append: (content) => write(content, true),
      close: () => close(id),
    });
  };
  const directory = ({ id, name, path }: FilePicked): DirectoryHandle =>
    deepFreeze<DirectoryHandle>({
      kind: "directory",
      name,
      path,
      async entries(below = "") {
        requireString("files", "path", below);
        const items = await call<FsItem[]>("files_entries", { id, path: below });
        return items.map(({ modifiedMs, ...item }) => ({ ...item, lastModified: new Date(modifiedMs) }));
      },
      async file(below) {
        requireString("files", "path", below);
        return file(await call<FilePicked>("files_get", { id, path: below }));
      },
      close: () => close(id),
    });
  const close = async (id: number) => {
    await call("files_close", { id });
  };
  return (picked) => (picked.isDirectory ? directory(picked) : file(picked));
}
