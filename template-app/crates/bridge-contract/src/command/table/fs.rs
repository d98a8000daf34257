//! Commands of the module `fs`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Fs,
        name: "fs_list",
        signature: "fs.data.listContent(path?: string): Promise<FsEntry[]>",
        summary: "What is in a folder, sorted by name. What no page can name is left out: a name that is no UTF-8, or that not every system takes.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_new_directory",
        signature: "fs.data.newDirectory(path: string): Promise<void>",
        summary: "Makes a folder and those above it; one that is there is fine.",
        errors: WRITE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_remove",
        signature: "fs.data.remove(path: string, recursive?: boolean): Promise<void>",
        summary: "Removes a file or a folder; one with something in it only with `recursive`. In `data` it goes to the trash, when the config opens that; elsewhere it is gone.",
        errors: REMOVE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_stat",
        signature: "fs.data.stat(path?: string): Promise<FsEntry>",
        summary: "Kind, size and time of a file or folder.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_read_text",
        signature: "fs.data.readText(path: string): Promise<string>",
        summary: "A whole file as text.",
        errors: READ_FILE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_write_text",
        signature: "fs.data.writeText(path: string, text: string): Promise<void>",
        summary: "Writes a whole file, and makes the folders above it: all of it is there afterwards, or what was there before.",
        errors: WRITE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_read_bytes",
        signature: "fs.data.readBytes(path: string): Promise<Uint8Array>",
        summary: "A whole file, of 2 GiB at most; larger ones are read as streams.",
        errors: READ_FILE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_write_bytes",
        signature: "fs.data.writeBytes(path: string, bytes: Uint8Array | ArrayBuffer): Promise<void>",
        summary: "The same as `writeText`, for bytes, of 2 GiB at most.",
        errors: WRITE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_read_stream",
        signature: "fs.data.readStream(path: string, options?: { offset?: number, length?: number }): Promise<ReadableStream<Uint8Array>>",
        summary: "A file, or a part of one, piece by piece, however large it is.",
        errors: READ_FILE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_write_stream",
        signature: "fs.data.writeStream(path: string, options?: { append?: boolean }): Promise<WritableStream<Uint8Array | ArrayBuffer>>",
        summary: "Writes a file piece by piece, with `append` after what is there. It is in its place when the stream is closed; until then, and after an abort, what was there before is.",
        errors: WRITE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_exists",
        signature: "fs.data.exists(path: string): Promise<boolean>",
        summary: "Whether there is a file or folder.",
        errors: PATH_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_move",
        signature: "fs.data.move(src: string, dest: string, options?: { overwrite?: boolean }): Promise<void>",
        summary: "Moves a file or folder, and makes the folders above the new place.",
        errors: MOVE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_copy",
        signature: "fs.data.copy(src: string, dest: string, options?: { recursive?: boolean, overwrite?: boolean }): Promise<void>",
        summary: "Copies a file, or with `recursive` a folder.",
        errors: MOVE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_clear",
        signature: "fs.data.clear(): Promise<void>",
        summary: "Removes everything for good, past the trash; a plugin's `clearStorage` is the same.",
        errors: PATH_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_usage",
        signature: "fs.data.usage(): Promise<FsUsage>",
        summary: "How much is there, and how much may be.",
        errors: PATH_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_recover",
        signature: "fs.trash.recover(path: string): Promise<string>",
        summary: "Puts something that was removed back to where it was, or beside what is there now, and gives its path.",
        errors: RECOVER_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_watch",
        signature: "fs.data.watch(path: string, callback: (change: FsChange) => void, options?: { recursive?: boolean }): Promise<() => void>",
        summary: "Tells what happens to a file or in a folder, until the function that it resolves to is called; 64 at most in a page. The end of a folder is the last that is told of it.",
        errors: WATCH_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_unwatch",
        signature: "",
        summary: "Stops a watch; one that has ended is fine.",
        errors: &[],
    },
];

const PATH_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsScopeDisabled,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
    ErrorCode::FsIo,
    ErrorCode::PluginsNotFound,
    ErrorCode::PluginsStorageFailed,
];

const READ_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsNotFound,
    ErrorCode::FsNotADirectory,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
];

const READ_FILE_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsNotFound,
    ErrorCode::FsIsADirectory,
    ErrorCode::FsTooLarge,
    ErrorCode::FsNotUtf8,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
];

const WRITE_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsQuotaExceeded,
    ErrorCode::FsTooLarge,
    ErrorCode::FsAlreadyExists,
    ErrorCode::FsNotADirectory,
    ErrorCode::FsIsADirectory,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
];

const REMOVE_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsNotFound,
    ErrorCode::FsNotEmpty,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
];

const MOVE_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsNotFound,
    ErrorCode::FsAlreadyExists,
    ErrorCode::FsIsADirectory,
    ErrorCode::FsQuotaExceeded,
    ErrorCode::FsTooLarge,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
];

const RECOVER_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsScopeDisabled,
    ErrorCode::FsNotFound,
    ErrorCode::FsQuotaExceeded,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
];

const WATCH_ERRORS: &[ErrorCode] = &[
    ErrorCode::FsScopeDisabled,
    ErrorCode::FsNotFound,
    ErrorCode::FsTooLarge,
    ErrorCode::FsOutsideScope,
    ErrorCode::FsInvalidName,
    ErrorCode::FsIo,
    ErrorCode::BridgeTooManyOpen,
];
