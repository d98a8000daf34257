//! Commands of the module `tray`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
