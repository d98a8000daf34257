//! Commands of the module `files`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
