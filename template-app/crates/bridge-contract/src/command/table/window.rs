//! Commands of the module `window`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Window,
        name: "window_close",
        signature: "window.close(label?: string): Promise<void>",
        summary: "Closes a window (default: the caller's).",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_minimize",
        signature: "window.minimize(label?: string): Promise<void>",
        summary: "Minimises a window.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_maximize_toggle",
        signature: "window.maximizeToggle(label?: string): Promise<void>",
        summary: "Maximises a window, or restores it when it is maximised.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_fullscreen",
        signature: "window.fullscreen(on: boolean, label?: string): Promise<void>",
        summary: "Puts a window into fullscreen, or back.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_get_info",
        signature: "window.getInfo(label?: string): Promise<WindowInfo>",
        summary: "Title, URL, state, size and position of a window, in physical pixels.",
        errors: WINDOW_ERRORS,
    },
];

const WINDOW_ERRORS: &[ErrorCode] = &[ErrorCode::WindowUnknownLabel];
