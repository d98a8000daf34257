//! Commands of the module `fs`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Fs,
        name: "fs_list",
        signature: "fs.pluginFs(module).listContent(path?: string): Promise<FsEntry[]>",
        summary: "What is in a folder of a plugin's storage, sorted by name.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_new_directory",
        signature: "fs.pluginFs(module).newDirectory(path: string): Promise<void>",
        summary: "Makes a folder and those above it; one that is there is fine.",
        errors: WRITE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_remove",
        signature: "fs.pluginFs(module).remove(path: string, recursive?: boolean): Promise<void>",
        summary: "Removes a file or a folder; one with something in it only with `recursive`.",
        errors: REMOVE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_stat",
        signature: "fs.pluginFs(module).stat(path?: string): Promise<FsEntry>",
        summary: "Kind, size and time of a file or folder.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_read_text",
        signature: "fs.pluginFs(module).readText(path: string): Promise<string>",
        summary: "A whole file as text, of 64 MiB at most.",
        errors: READ_FILE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_write_text",
        signature: "fs.pluginFs(module).writeText(path: string, text: string): Promise<void>",
        summary: "Writes a whole file, and makes the folders above it: all of it is there afterwards, or what was there before.",
        errors: WRITE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_read_bytes",
        signature: "fs.pluginFs(module).readBytes(path: string): Promise<Uint8Array>",
        summary: "A whole file, of 64 MiB at most.",
        errors: READ_FILE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_write_bytes",
        signature: "fs.pluginFs(module).writeBytes(path: string, bytes: Uint8Array | ArrayBuffer): Promise<void>",
        summary: "The same as `writeText`, for bytes.",
        errors: WRITE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_exists",
        signature: "fs.pluginFs(module).exists(path: string): Promise<boolean>",
        summary: "Whether there is a file or folder.",
        errors: PATH_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_move",
        signature: "fs.pluginFs(module).move(src: string, dest: string, options?: { overwrite?: boolean }): Promise<void>",
        summary: "Moves a file or folder, and makes the folders above the new place.",
        errors: MOVE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_copy",
        signature: "fs.pluginFs(module).copy(src: string, dest: string, options?: { recursive?: boolean, overwrite?: boolean }): Promise<void>",
        summary: "Copies a file, or with `recursive` a folder.",
        errors: MOVE_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_clear",
        signature: "fs.pluginFs(module).clear(): Promise<void>",
        summary: "Removes everything; `clearStorage` is the same.",
        errors: PATH_ERRORS,
    },
    Command {
        module: Module::Fs,
        name: "fs_usage",
        signature: "fs.pluginFs(module).usage(): Promise<FsUsage>",
        summary: "How much is there, and how much may be.",
        errors: PATH_ERRORS,
    },
];

const PATH_ERRORS: &[ErrorCode] = &[
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
