//! Which test calls which command of the bridge, for `cargo xtask test`: the names of its variables are in `xtask/src/test/calls.rs`.
//!
//! A library that is preloaded into the apps of a test adds each call to a file of the test's name.

use std::{env, ffi::OsString, path::Path, thread};

/// The library, and the folder of the files.
const LIBRARY: &str = "DESKWRIGHT_CALLS_LIBRARY";
const FOLDER: &str = "DESKWRIGHT_CALLS_FOLDER";
/// What the library reads: the file of this test.
const FILE: &str = "DESKWRIGHT_CALLS";
/// The command that a debug runtime does nothing for.
const MUTE: &str = "DESKWRIGHT_MUTE_COMMAND";

/// Name of the test that runs on this thread, when calls are to be noted.
pub(crate) fn current_test() -> Option<String> {
    env::var_os(FOLDER)?;
    thread::current().name().map(str::to_owned)
}

/// What apps of a test must have in their environment.
pub(crate) fn variables(test: Option<&str>) -> Vec<(OsString, OsString)> {
    let mut variables = Vec::new();
    if let (Some(test), Some(library), Some(folder)) =
        (test, env::var_os(LIBRARY), env::var_os(FOLDER))
    {
        variables.push(("LD_PRELOAD".into(), library));
        variables.push((FILE.into(), Path::new(&folder).join(test).into()));
    }
    variables.extend(env::var_os(MUTE).map(|command| (MUTE.into(), command)));
    variables
}
