//! Child processes. Arguments are lists, never one string, and every error names the command.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

use crate::error;

/// Last lines of a failed command's output that are worth showing (count): the error stands at the end.
const SHOWN_LINES: usize = 40;

/// A command in a directory, since a forgotten directory is the usual mistake.
pub(crate) fn command(program: impl AsRef<OsStr>, dir: &Path) -> Command {
    #[allow(clippy::disallowed_methods, reason = "the one place that starts processes")]
    let mut command = Command::new(program);
    command.current_dir(dir).stdin(Stdio::null());
    command
}

/// Runs a command whose output belongs to the user: it goes to stderr, since stdout is for data.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status =
        command.stdout(std::io::stderr()).status().with_context(|| start_failed(command))?;
    if !status.success() {
        bail!("the command failed ({status}): `{}`", line(command));
    }
    Ok(())
}

/// Runs a command quietly; its output is shown when it fails.
pub(crate) fn run_quiet(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| start_failed(command))?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        let shown = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
        bail!("the command failed ({}): `{}`\n{shown}", output.status, line(command));
    }
    Ok(())
}

/// Runs a command and gives its stdout, trimmed.
pub(crate) fn read(command: &mut Command) -> anyhow::Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| start_failed(command))?;
    if !output.status.success() {
        bail!("the command failed ({}): `{}`", output.status, line(command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command whose failure is an answer too: gives its stdout, trimmed, and keeps its words to itself.
pub(crate) fn read_quiet(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| start_failed(command))?;
    if !output.status.success() {
        bail!("the command failed ({}): `{}`", output.status, line(command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The program's path; an error with a cure when it is not installed.
pub(crate) fn find(program: &str, hint: &str) -> anyhow::Result<std::path::PathBuf> {
    which::which(program).map_err(|_| error::missing(format!("not installed: `{program}`"), hint))
}

fn start_failed(command: &Command) -> String {
    format!("failed to start: `{}`", command.get_program().to_string_lossy())
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Lets a file be started, where the file system knows of that.
pub(crate) fn make_executable(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
