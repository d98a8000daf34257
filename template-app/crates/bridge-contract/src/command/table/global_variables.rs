//! Commands of the module `globalVariables`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
