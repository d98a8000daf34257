//! Commands of the module `notifications`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
