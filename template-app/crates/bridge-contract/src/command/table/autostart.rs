//! Commands of the module `autostart`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
