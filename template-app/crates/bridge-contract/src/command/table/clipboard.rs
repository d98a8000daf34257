//! Commands of the module `clipboard`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
