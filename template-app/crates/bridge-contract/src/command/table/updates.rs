//! Commands of the module `updates`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
