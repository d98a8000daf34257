//! Programs that the fake starts: git, and what the closed loop needs besides.

use std::{ffi::OsStr, process::Command, process::Stdio};

/// Every program is started here, without an input; the callers name it in their errors.
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes commands")]
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}
