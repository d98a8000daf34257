//! Commands of the module `badge`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Badge,
        name: "badge_set",
        signature: "badge.set(count: number): Promise<void>",
        summary: "Shows a number at the app's icon, from 1 to 4,294,967,295; 0 removes it. One for all windows: the last one counts.",
        errors: BADGE_ERRORS,
    },
    Command {
        module: Module::Badge,
        name: "badge_clear",
        signature: "badge.clear(): Promise<void>",
        summary: "Removes the number.",
        errors: BADGE_ERRORS,
    },
];

const BADGE_ERRORS: &[ErrorCode] = &[ErrorCode::BadgeUnsupported];
