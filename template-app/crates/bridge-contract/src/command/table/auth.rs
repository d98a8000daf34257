//! Commands of the module `auth`.

use super::Command;

pub(super) const COMMANDS: &[Command] = &[];
