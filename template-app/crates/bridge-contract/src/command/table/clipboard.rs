//! Commands of the module `clipboard`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Clipboard,
        name: "clipboard_read_text",
        signature: "clipboard.readText(): Promise<string>",
        summary: "The text on the clipboard; empty when there is none.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Clipboard,
        name: "clipboard_write_text",
        signature: "clipboard.writeText(text: string): Promise<void>",
        summary: "Puts text on the clipboard, at most 16 MiB.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Clipboard,
        name: "clipboard_read_html",
        signature: "clipboard.readHtml(): Promise<string | null>",
        summary: "The HTML on the clipboard; `null` when there is none. It is whatever another program wrote.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Clipboard,
        name: "clipboard_write_html",
        signature: "clipboard.writeHtml(html: string, text?: string): Promise<void>",
        summary: "Puts HTML on the clipboard, with a text for programs that take no HTML; left out, that is the HTML as it is written.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::Clipboard,
        name: "clipboard_read_image",
        signature: "clipboard.readImage(): Promise<ClipboardImage | null>",
        summary: "The picture on the clipboard, as pixels of four bytes (red, green, blue, alpha), row by row; `null` when there is none.",
        errors: &[
            ErrorCode::ClipboardFailed,
            ErrorCode::ClipboardTooLarge,
            ErrorCode::ClipboardInvalidImage,
        ],
    },
    Command {
        module: Module::Clipboard,
        name: "clipboard_write_image",
        signature: "clipboard.writeImage(image: Uint8Array | ArrayBuffer | ClipboardImage): Promise<void>",
        summary: "Puts a picture on the clipboard: the bytes of a PNG, or pixels as `readImage` gives them.",
        errors: &[
            ErrorCode::ClipboardFailed,
            ErrorCode::ClipboardTooLarge,
            ErrorCode::ClipboardInvalidImage,
        ],
    },
];

const READ_ERRORS: &[ErrorCode] = &[ErrorCode::ClipboardFailed, ErrorCode::ClipboardTooLarge];
