//! Which tests call which command: noted while the window tests run, summed up at their end.
//!
//! The note is taken outside the runtime, by a library that is preloaded into the apps (`tests/calls.c`), so that it is the same
//! with the runtime that ships.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use bridge_contract::Module;

use crate::{
    error,
    printer::Printer,
    process,
    workspace::{root, target_dir},
};

/// Tests that call everything without looking at what comes of it.
const SWEEPS: &[&str] = &["abuse::", "examples::"];

/// Commands by test.
pub(super) type Calls = BTreeMap<String, Vec<String>>;

fn folder() -> PathBuf {
    target_dir().join("test-calls")
}

/// Makes a run of tests note its calls, in place of those of the last run.
pub(super) fn note(command: &mut Command) -> anyhow::Result<()> {
    let (folder, library) = (folder(), target_dir().join("test-calls.so"));
    if folder.exists() {
        fs_err::remove_dir_all(&folder)?;
    }
    fs_err::create_dir_all(&folder)?;
    let compiler = process::find("cc", "run `cargo xtask setup --tests`")?;
    let mut compile = process::command(compiler, root());
    compile.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&library);
    process::run_quiet(compile.args(["tests/calls.c", "-ldl"]))?;
    command.env("DESKWRIGHT_CALLS_FOLDER", folder).env("DESKWRIGHT_CALLS_LIBRARY", library);
    Ok(())
}

/// What the last run has noted, without the tests that sweep over everything.
pub(super) fn noted() -> anyhow::Result<Calls> {
    let mut calls = Calls::new();
    if !folder().exists() {
        return Ok(calls);
    }
    for entry in fs_err::read_dir(folder())? {
        let entry = entry?;
        let test = entry.file_name().to_string_lossy().into_owned();
        if !SWEEPS.iter().any(|sweep| test.starts_with(sweep)) {
            let text = fs_err::read_to_string(entry.path())?;
            calls.insert(test, text.lines().map(str::to_owned).collect());
        }
    }
    Ok(calls)
}

/// One line for each module; a command that no test calls is an error.
pub(super) fn check(printer: &Printer) -> anyhow::Result<()> {
    let calls = noted()?;
    let mut missing = Vec::new();
    for module in Module::ALL {
        let of_module = || bridge_contract::commands().filter(|command| command.module == *module);
        let is_called = |name: &str| calls.values().flatten().any(|called| called == name);
        let (called, others): (Vec<_>, Vec<_>) =
            of_module().map(|command| command.name).partition(|name| is_called(name));
        let total = called.len() + others.len();
        if total > 0 {
            let line = format!("{}: {} of {total} commands", module.name(), called.len());
            printer.status("Called", line);
        }
        missing.extend(others);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("no window test calls: {}", missing.join(", "));
    Err(error::hinted(
        message,
        "add a test in tests/tests/window that looks at what the command does",
    ))
}
