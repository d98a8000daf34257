//! Commands of the module `menu`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
