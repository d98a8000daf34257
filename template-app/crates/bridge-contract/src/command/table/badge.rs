//! Commands of the module `badge`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
