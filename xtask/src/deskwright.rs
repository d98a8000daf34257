//! The other program of this workspace, which talks to GitHub: compiled when it is needed, so that nobody waits for it who
//! does not.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::Value;

use crate::{printer::Printer, process, workspace::root};

/// Compiles the program, unless it is, and gives its path.
pub(crate) fn compile(printer: &Printer) -> anyhow::Result<PathBuf> {
    let spinner = printer.spinner("compiling deskwright");
    let mut command = process::cargo(root());
    command.args(["build", "--quiet", "--locked", "--package", "orchestrator", "--bin"]);
    // What is wrong with it comes to stderr in words all the same.
    command.args(["deskwright", "--message-format", "json-render-diagnostics"]);
    let told = process::read(&mut command);
    spinner.finish_and_clear();
    let told = told?;
    let mut executables = told.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(message["executable"].as_str()?.into())
    });
    executables.next_back().context("cargo does not say where `deskwright` is")
}
