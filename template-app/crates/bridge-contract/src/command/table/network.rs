//! Commands of the module `network`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
