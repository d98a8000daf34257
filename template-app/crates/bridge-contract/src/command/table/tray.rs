//! Commands of the module `tray`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Tray,
        name: "tray_set",
        signature: "tray.set(options?: TrayOptions): Promise<void>",
        summary: "Shows the app's icon in the system's tray, or changes it; what is left out stays as it is.",
        errors: &[
            ErrorCode::TrayUnsupported,
            ErrorCode::TrayBadIcon,
            ErrorCode::MenuInvalid,
            ErrorCode::MenuDuplicateId,
            ErrorCode::MenuTooLarge,
        ],
    },
    Command {
        module: Module::Tray,
        name: "tray_remove",
        signature: "tray.remove(): Promise<void>",
        summary: "Takes the icon away; where the main window hides behind it, the app's own icon and menu are there again.",
        errors: &[ErrorCode::TrayUnsupported],
    },
];
