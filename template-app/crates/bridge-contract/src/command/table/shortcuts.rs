//! Commands of the module `shortcuts`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Shortcuts,
        name: "global_shortcut_register",
        signature: "globalShortcut.register(accelerator: string, listener: (event: ShortcutEvent) => void, options?: { emitEvent?: boolean }): Promise<void>",
        summary: "Takes a key of the whole desktop, until it is given back or the page is left. With `emitEvent` the window's `shortcut:event` tells of it too.",
        errors: &[
            ErrorCode::ShortcutsInvalidAccelerator,
            ErrorCode::ShortcutsAlreadyRegistered,
            ErrorCode::ShortcutsUnsupported,
            ErrorCode::BridgeTooManyOpen,
        ],
    },
    Command {
        module: Module::Shortcuts,
        name: "global_shortcut_unregister",
        signature: "globalShortcut.unregister(accelerator: string): Promise<boolean>",
        summary: "Gives a key back; `false` when this page does not have it.",
        errors: &[ErrorCode::ShortcutsInvalidAccelerator],
    },
    Command {
        module: Module::Shortcuts,
        name: "global_shortcut_unregister_all",
        signature: "globalShortcut.unregisterAll(): Promise<void>",
        summary: "Gives every key of this page back.",
        errors: &[],
    },
    Command {
        module: Module::Shortcuts,
        name: "global_shortcut_is_registered",
        signature: "globalShortcut.isRegistered(accelerator: string): Promise<boolean>",
        summary: "Whether this page has the key.",
        errors: &[ErrorCode::ShortcutsInvalidAccelerator],
    },
    Command {
        module: Module::Shortcuts,
        name: "shortcuts_register",
        signature: "shortcuts.register(sequence: string, listener: (event: KeyboardEvent) => void, options?: LocalShortcutOptions): Promise<() => void>",
        summary: "Listens to keys while this page has the focus, also one after the other: `Ctrl+K Ctrl+C`. Resolves to the function that stops it.",
        errors: &[ErrorCode::ShortcutsInvalidAccelerator],
    },
];
