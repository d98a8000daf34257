//! Commands of the module `autostart`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Autostart,
        name: "autostart_enable",
        signature: "autostart.enable(): Promise<void>",
        summary: "From now on the system starts the app when the user signs in.",
        errors: ENTRY_ERRORS,
    },
    Command {
        module: Module::Autostart,
        name: "autostart_disable",
        signature: "autostart.disable(): Promise<void>",
        summary: "The system starts the app no longer.",
        errors: ENTRY_ERRORS,
    },
    Command {
        module: Module::Autostart,
        name: "autostart_is_enabled",
        signature: "autostart.isEnabled(): Promise<boolean>",
        summary: "Whether the system starts the app; the user may have changed that in the system's settings.",
        errors: ENTRY_ERRORS,
    },
    Command {
        module: Module::Autostart,
        name: "autostart_mode_get",
        signature: "autostart.mode.get(): Promise<AutostartMode>",
        summary: "How the app appears when the system has started it: what was set last, else what the config says.",
        errors: &[],
    },
    Command {
        module: Module::Autostart,
        name: "autostart_mode_set",
        signature: "autostart.mode.set(mode: \"shown\" | \"minimized\" | \"hidden\"): Promise<void>",
        summary: "Sets how the app appears next time: `shown`, `minimized`, or `hidden` behind its tray icon.",
        errors: &[ErrorCode::AutostartFailed],
    },
];

const ENTRY_ERRORS: &[ErrorCode] = &[ErrorCode::AutostartUnsupported, ErrorCode::AutostartFailed];
