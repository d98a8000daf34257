//! Commands of the module `diagnostics`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
