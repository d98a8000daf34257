//! Commands of the module `window`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Window,
        name: "window_new",
        signature: "window.new(options?: NewWindowOptions): Promise<WindowInfo>",
        summary: "Opens a window of the app's own; resolves when it is shown. A label that is open already is brought to the front. Only with `{\"window\": {\"open\": true}}`.",
        errors: NEW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_close",
        signature: "window.close(label?: string): Promise<void>",
        summary: "Asks a window to close (default: the caller's), as its close button does.",
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
        name: "window_focus",
        signature: "window.focus(label?: string): Promise<void>",
        summary: "Brings a window to the front, shown and restored, and gives it the focus.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_show",
        signature: "window.show(label?: string): Promise<void>",
        summary: "Shows a hidden window.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_hide",
        signature: "window.hide(label?: string): Promise<void>",
        summary: "Hides a window; its page goes on.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_center",
        signature: "window.center(label?: string): Promise<void>",
        summary: "Puts a window into the middle of its screen.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_set_title",
        signature: "window.setTitle(title: string, label?: string): Promise<void>",
        summary: "Sets the title of a window.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_set_size",
        signature: "window.setSize(width: number, height: number, label?: string): Promise<void>",
        summary: "Sets the size of a window's content, in logical pixels, from 1 to 32,767.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_set_position",
        signature: "window.setPosition(x: number, y: number, label?: string): Promise<void>",
        summary: "Moves a window: the top left corner of its frame, in logical pixels, from -32,767 to 32,767.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_set_always_on_top",
        signature: "window.setAlwaysOnTop(on: boolean, label?: string): Promise<void>",
        summary: "Keeps a window above others, or no longer.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_set_zoom",
        signature: "window.setZoom(factor: number, label?: string): Promise<void>",
        summary: "Zooms the page of a window, from 0.25 to 5; 1 is 100 %.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_set_theme",
        signature: "window.setTheme(theme: \"light\" | \"dark\" | \"system\", label?: string): Promise<void>",
        summary: "Sets the theme of a window; on Linux and macOS, of all windows of the app.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_print",
        signature: "window.print(label?: string): Promise<void>",
        summary: "Opens the system's print dialog for the page of a window.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_get_info",
        signature: "window.getInfo(label?: string): Promise<WindowInfo>",
        summary: "Title, URL, state, size and position of a window, in physical pixels.",
        errors: WINDOW_ERRORS,
    },
    Command {
        module: Module::Window,
        name: "window_list",
        signature: "window.list(): Promise<WindowInfo[]>",
        summary: "The same of every window that the caller can name, the oldest first.",
        errors: &[],
    },
    Command {
        module: Module::Window,
        name: "window_watch_close",
        signature: "",
        summary: "The page wants to be asked before its window closes.",
        errors: &[],
    },
    Command {
        module: Module::Window,
        name: "window_unwatch_close",
        signature: "",
        summary: "The page no longer wants to be asked.",
        errors: &[],
    },
    Command {
        module: Module::Window,
        name: "window_answer_close",
        signature: "",
        summary: "The page's answer: whether the window stays.",
        errors: &[],
    },
];

const WINDOW_ERRORS: &[ErrorCode] = &[ErrorCode::WindowUnknownLabel];

const NEW_ERRORS: &[ErrorCode] = &[
    ErrorCode::WindowOpenForbidden,
    ErrorCode::WindowInvalidLabel,
    ErrorCode::WindowLabelTaken,
    ErrorCode::WindowOutsideNavigation,
    ErrorCode::WindowTooMany,
];
