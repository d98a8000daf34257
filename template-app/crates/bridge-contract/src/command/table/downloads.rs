//! Commands of the module `downloads`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
