//! Commands of the module `files`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Files,
        name: "files_open",
        signature: "files.open(options?: OpenOptions): Promise<OpenedFiles>",
        summary: "Lets the user choose files or a folder; nothing chosen is an empty list. `openWithBytes` gives the bytes of files too.",
        errors: &[ErrorCode::FilesDialogOpen, ErrorCode::BridgeTooManyOpen],
    },
    Command {
        module: Module::Files,
        name: "files_save",
        signature: "files.saveHandle(defaultName?: string, options?: SaveOptions): Promise<FileHandle | null>",
        summary: "Lets the user choose a place for a file; `null` when nothing was chosen. `save` writes to it and gives its path.",
        errors: &[ErrorCode::FilesDialogOpen, ErrorCode::BridgeTooManyOpen],
    },
    Command {
        module: Module::Files,
        name: "files_read",
        signature: "handle.read(): Promise<Uint8Array>",
        summary: "All of the file, in pieces on its way; also `readText()` and `stream()`.",
        errors: FILE_ERRORS,
    },
    Command {
        module: Module::Files,
        name: "files_write",
        signature: "handle.write(content: Uint8Array | ArrayBuffer | string): Promise<void>",
        summary: "Replaces what is in the file: all of it is there afterwards, or what was there before. `append` adds to it.",
        errors: &[
            ErrorCode::FilesClosed,
            ErrorCode::FilesNotFound,
            ErrorCode::FilesReadOnly,
            ErrorCode::FilesIo,
        ],
    },
    Command {
        module: Module::Files,
        name: "files_entries",
        signature: "directory.entries(path?: string): Promise<FsEntry[]>",
        summary: "What is in a folder that the user picked, or below it.",
        errors: FOLDER_ERRORS,
    },
    Command {
        module: Module::Files,
        name: "files_get",
        signature: "directory.file(path: string): Promise<FileHandle>",
        summary: "A file in a folder that the user picked, for reading.",
        errors: FOLDER_ERRORS,
    },
    Command {
        module: Module::Files,
        name: "files_close",
        signature: "handle.close(): Promise<void>",
        summary: "Gives a handle up; it ends with its page anyway.",
        errors: &[],
    },
    Command {
        module: Module::Files,
        name: "files_accept_drops",
        signature: "events.onDragDrop(listener: (event: string, drop: Drop) => void, options?: { includeHover?: boolean }): Promise<() => void>",
        summary: "Listens to files that are dragged over this window and dropped on it; needs the module `events` too.",
        errors: &[],
    },
    Command {
        module: Module::Files,
        name: "events_on_open_files",
        signature: "events.onOpenFiles(listener: (opened: OpenFiles) => void): Promise<() => void>",
        summary: "Listens in the main window to files that the user opens with the app, as handles; needs the module `events` too. Files that came before are kept for the first listener.",
        errors: &[ErrorCode::EventsUnsupported],
    },
];

const FILE_ERRORS: &[ErrorCode] = &[
    ErrorCode::FilesClosed,
    ErrorCode::FilesNotFound,
    ErrorCode::FilesIsADirectory,
    ErrorCode::FilesNotUtf8,
    ErrorCode::FilesIo,
];

const FOLDER_ERRORS: &[ErrorCode] = &[
    ErrorCode::FilesClosed,
    ErrorCode::FilesNotFound,
    ErrorCode::FilesNotADirectory,
    ErrorCode::FilesIsADirectory,
    ErrorCode::FilesOutsideFolder,
    ErrorCode::FilesIo,
];
