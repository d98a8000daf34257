//! Commands that every page with the bridge has.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Core,
        name: "core_hello",
        signature: "",
        summary: "A document asks for its token; the one command that needs none.",
        errors: &[],
    },
    Command {
        module: Module::Core,
        name: "core_version",
        signature: "",
        summary: "Versions of the bridge and of the runtime.",
        errors: &[],
    },
    Command {
        module: Module::Core,
        name: "core_takes_bytes",
        signature: "",
        summary: "Gives back bytes that arrive as bytes: where the page's policy blocks Tauri's fast way, they would be numbers.",
        errors: &[],
    },
    Command {
        module: Module::Core,
        name: "navigate",
        signature: "",
        summary: "A click on a link that leads elsewhere: stays, goes outside or is refused, as `navigation` says.",
        errors: &[ErrorCode::BridgeInvalidUrl],
    },
    Command {
        module: Module::Core,
        name: "open_browser",
        signature: "openBrowser(url: string): Promise<void>",
        summary: "Opens an http, https or mailto URL in the user's browser or mail program.",
        errors: &[ErrorCode::BridgeInvalidUrl, ErrorCode::BridgeOpenFailed],
    },
    Command {
        module: Module::Core,
        name: "stream_read",
        signature: "",
        summary: "The next piece of a stream; one that is shorter than a piece is the last.",
        errors: STREAM_ERRORS,
    },
    Command {
        module: Module::Core,
        name: "stream_write",
        signature: "",
        summary: "Adds bytes to what a stream writes.",
        errors: STREAM_ERRORS,
    },
    Command {
        module: Module::Core,
        name: "stream_finish",
        signature: "",
        summary: "Puts what a stream wrote into its place.",
        errors: STREAM_ERRORS,
    },
    Command {
        module: Module::Core,
        name: "stream_close",
        signature: "",
        summary: "Ends a stream; what it wrote is gone. One that has ended is fine.",
        errors: &[],
    },
];

const STREAM_ERRORS: &[ErrorCode] =
    &[ErrorCode::BridgeStreamClosed, ErrorCode::FsIo, ErrorCode::FsQuotaExceeded];
