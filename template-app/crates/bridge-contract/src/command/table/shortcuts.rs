//! Commands of the module `shortcuts`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
