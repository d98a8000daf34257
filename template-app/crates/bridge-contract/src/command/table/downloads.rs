//! Commands of the module `downloads`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Downloads,
        name: "downloads_list",
        signature: "downloads.list(): Promise<Download[]>",
        summary: "Downloads of this run of the app, newest first; the latest 100.",
        errors: &[],
    },
    Command {
        module: Module::Downloads,
        name: "downloads_reveal",
        signature: "downloads.reveal(id: number): Promise<void>",
        summary: "Shows the file of a finished download in the system's file manager.",
        errors: &[ErrorCode::DownloadsNotFound, ErrorCode::DownloadsNoFile, ErrorCode::DownloadsIo],
    },
    Command {
        module: Module::Downloads,
        name: "downloads_cancel",
        signature: "downloads.cancel(id: number): Promise<boolean>",
        summary: "Stops a download; `false` when it has ended already. Linux only.",
        errors: &[ErrorCode::DownloadsNotFound, ErrorCode::DownloadsUnsupported],
    },
];
