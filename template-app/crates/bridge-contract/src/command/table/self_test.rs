//! Commands of a self-test.

use super::{Command, Module};

pub(super) const COMMANDS: &[Command] = &[Command {
    module: Module::SelfTest,
    name: "self_test_report",
    signature: "",
    summary: "What the page found out about itself, for `--self-test`.",
    errors: &[],
}];
