//! Child processes. Arguments are lists, never one string, and every error names the command.

use std::{
    env,
    ffi::OsStr,
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    path::Path,
    process::{Child, Command, ExitCode, ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail};
use wait_timeout::ChildExt as _;

use crate::error;

/// Last lines of a failed command's output that are worth showing (count): the error stands at the end.
const SHOWN_LINES: usize = 40;

/// A command in a directory, since a forgotten directory is the usual mistake. It does not see the secrets of signing: who
/// needs one is handed it.
pub(crate) fn command(program: impl AsRef<OsStr>, dir: &Path) -> Command {
    #[allow(clippy::disallowed_methods, reason = "the one place that starts processes")]
    let mut command = Command::new(program);
    command.current_dir(dir).stdin(Stdio::null());
    for secret in config_schema::all_secrets() {
        command.env_remove(secret.name);
    }
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

/// Cargo: the one that has started this program, if one has. What that one has said of this very package is left out, since
/// some build scripts run again when it changes, and then crates compile again.
pub(crate) fn cargo(dir: &Path) -> Command {
    let mut command = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), dir);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Becomes this command, which gets the terminal and all signals, and returns only when that fails. Where a process cannot
/// do so, it waits, and returns how the command has ended.
pub(crate) fn become_it(command: &mut Command) -> anyhow::Result<ExitCode> {
    command.stdin(Stdio::inherit());
    #[cfg(unix)]
    {
        let cause = std::os::unix::process::CommandExt::exec(command);
        Err(cause).with_context(|| start_failed(command))
    }
    #[cfg(not(unix))]
    {
        // Ctrl-C goes to both; only the command knows what to do about it.
        ctrlc::set_handler(|| {})?;
        let status = command.status().with_context(|| start_failed(command))?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX).into())
    }
}

/// Runs a command quietly; its output is shown when it fails.
pub(crate) fn run_quiet(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| start_failed(command))?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        let shown = tail(&String::from_utf8_lossy(&text));
        bail!("the command failed ({}): `{}`\n{shown}", output.status, line(command));
    }
    Ok(())
}

/// What a command that was given a limit has said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    stderr: String,
    line: String,
}

impl Output {
    pub(crate) fn expect_success(&self) -> anyhow::Result<()> {
        if !self.status.success() {
            let shown = tail(&[self.stdout.as_str(), self.stderr.as_str()].concat());
            bail!("the command failed ({}): `{}`\n{shown}", self.status, self.line);
        }
        Ok(())
    }
}

/// Runs a command that must end by itself within `limit`; otherwise it is ended, with what it started.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> anyhow::Result<Output> {
    // Files, since a pipe stays open as long as anything that the command has left running.
    let (stdout, stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let mut child = Group::start(command)?;
    let status = child.wait_within(limit)?;
    let (stdout, stderr) = (read_all(stdout)?, read_all(stderr)?);
    Ok(Output { status, stdout, stderr, line: line(command) })
}

/// A child that ends with its owner, and what it has started with it.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    /// Then its number may be another's.
    has_ended: bool,
    line: String,
}

impl Group {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Group> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn().with_context(|| start_failed(command))?;
        Ok(Group { child, has_ended: false, line: line(command) })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How the child has ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        self.has_ended |= status.is_some();
        Ok(status)
    }

    /// Waits for the child's end, and ends it when that is too late.
    pub(crate) fn wait_within(&mut self, limit: Duration) -> anyhow::Result<ExitStatus> {
        if let Some(status) = self.child.wait_timeout(limit)? {
            self.has_ended = true;
            return Ok(status);
        }
        self.end(End::Now);
        let limit = limit.as_secs_f64();
        Err(error::timeout(format!("no end within {limit} s: `{}`", self.line), "it was ended"))
    }

    /// Ends the child and its descendants, unless they have left its group on purpose.
    pub(crate) fn end(&mut self, end: End) {
        if self.has_ended {
            return;
        }
        #[cfg(unix)]
        if let Some(group) =
            i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw)
        {
            let signal = match end {
                End::Soon => rustix::process::Signal::TERM,
                End::Now => rustix::process::Signal::KILL,
            };
            // A group that is gone needs no end.
            let _ = rustix::process::kill_process_group(group, signal);
        }
        #[cfg(windows)]
        {
            let id = self.child.id().to_string();
            // Windows knows but one way to end a tree of processes.
            let (End::Soon | End::Now) = end;
            let _ = command("taskkill", Path::new(".")).args(["/T", "/F", "/PID", &id]).output();
        }
    }
}

/// How a process is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// So that it can tidy up.
    Soon,
    Now,
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end(End::Now);
        let _ = self.child.wait();
    }
}

/// All that was written to a file which a child has shared.
pub(crate) fn read_all(mut file: File) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last lines of a text.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
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

/// Runs a command with this on its stdin; how it ended is for the caller to judge.
pub(crate) fn output_with_input(
    command: &mut Command,
    input: &[u8],
) -> anyhow::Result<std::process::Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| start_failed(command))?;
    let stdin = child.stdin.take();
    // Written beside the reading: a command may print more than a pipe holds before it reads.
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A command that ends before it has read everything says why by its exit code.
                let _ = stdin.write_all(input);
            }
        });
        child.wait_with_output()
    })
    .with_context(|| format!("failed to wait for: `{}`", line(command)))
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

/// The words of a command, for messages.
pub(crate) fn line(command: &Command) -> String {
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
