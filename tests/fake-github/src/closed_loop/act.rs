//! A running act: its lines, and its end, with everything that it has started.

use std::{
    fs::File,
    io::{Read as _, Seek as _},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::ChildStdout,
};

use super::orphans;
use crate::process;

/// Waits for end of file, which comes when the owner ends in whatever way. Then act, which is in the same group, may clean up
/// for so many seconds.
const GUARD_SCRIPT: &str = "trap '' INT TERM; read -r _; kill -INT 0; sleep 10; kill -KILL 0";
/// The end of what act says beside its stream that an error quotes (bytes).
const QUOTED_LEN: usize = 4096;
/// After act's end its words lie in the pipe: one that stays open is held by somebody whom nobody knows.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);
const UNREADABLE: &str = "failed to read what act says";

/// act, run in a process group of its own. Steps are in groups of act's making: it ends them when it is interrupted, and
/// what is left of them is found by a mark in their environment, as GitHub's runner does it.
pub struct Act {
    child: tokio::process::Child,
    lines: Lines<BufReader<ChildStdout>>,
    beside: File,
    group: Group,
    mark: String,
    has_ended: bool,
    started: Instant,
    /// What act was told by files; the secrets are among it.
    _files: TempDir,
}

/// How act has ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub elapsed: Duration,
    /// The end of what it said beside its stream.
    pub beside: String,
}

/// Everything that act has said, and its end.
#[derive(Debug)]
pub struct Finished {
    /// One line of JSON for each thing.
    pub stream: String,
    pub ended: Ended,
}

impl Act {
    pub(super) fn start(mut command: Command, mark: String, files: TempDir) -> Result<Self> {
        let group = Group::new()?;
        let beside = tempfile::tempfile()?;
        group.admit(&mut command)?;
        command.stdout(Stdio::piped()).stderr(beside.try_clone()?);
        let mut child =
            tokio::process::Command::from(command).spawn().context("act did not start")?;
        let stdout = child.stdout.take().context("act has an output")?;
        let lines = BufReader::new(stdout).lines();
        Ok(Self {
            child,
            lines,
            beside,
            group,
            mark,
            has_ended: false,
            started: Instant::now(),
            _files: files,
        })
    }

    /// The next line of its stream; none when it ends.
    pub async fn line(&mut self) -> Result<Option<String>> {
        if !self.has_ended {
            tokio::select! {
                biased;
                line = self.lines.next_line() => return line.context(UNREADABLE),
                _ = self.child.wait() => self.clean_up(),
            }
        }
        match tokio::time::timeout(DRAIN_LIMIT, self.lines.next_line()).await {
            Ok(line) => line.context(UNREADABLE),
            Err(_) => Ok(None),
        }
    }

    /// Asks it to end: it kills its steps, and runs those that are for every end.
    pub fn interrupt(&self) {
        self.group.signal(Signal::INT);
    }

    /// Ends it and its steps at once.
    pub fn kill(&self) {
        self.group.signal(Signal::KILL);
        orphans::end(&self.mark);
    }

    /// Ends what it has left: that might hold its stream open.
    fn clean_up(&mut self) {
        self.has_ended = true;
        self.kill();
    }

    /// Waits for its end, and ends what it has left.
    pub async fn end(mut self) -> Result<Ended> {
        let status = self.child.wait().await.context("failed to wait for act")?;
        self.clean_up();
        Ok(Ended { status, elapsed: self.started.elapsed(), beside: tail(&mut self.beside)? })
    }

    /// Everything at once, within a time.
    pub async fn finish(mut self, limit: Duration) -> Result<Finished> {
        let read = async move {
            let mut stream = String::new();
            while let Some(line) = self.line().await? {
                stream.push_str(&line);
                stream.push('\n');
            }
            anyhow::Ok((stream, self.end().await?))
        };
        let read = tokio::time::timeout(limit, read).await;
        let (stream, ended) =
            read.with_context(|| format!("act did not end within {limit:?}"))??;
        Ok(Finished { stream, ended })
    }
}

impl Drop for Act {
    fn drop(&mut self) {
        if !self.has_ended {
            self.kill();
        }
    }
}

fn tail(file: &mut File) -> Result<String> {
    let mut text = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text).trim_end().to_owned();
    let start = text.ceil_char_boundary(text.len().saturating_sub(QUOTED_LEN));
    Ok(text[start..].to_owned())
}

/// A process group that ends with its owner, led by a small guard process. Nothing outside of it is ever signalled.
struct Group {
    guard: Child,
    /// Closes when we end, in whatever way.
    _pipe: Option<ChildStdin>,
}

impl Group {
    fn new() -> Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let mut guard = process::command("sh");
        guard.args(["-c", GUARD_SCRIPT]).process_group(0).stdin(Stdio::piped());
        guard.stdout(Stdio::null()).stderr(Stdio::null());
        let mut guard = guard.spawn().context("`sh` did not start")?;
        let pipe = guard.stdin.take();
        Ok(Self { guard, _pipe: pipe })
    }

    /// Lets a command become a member.
    fn admit(&self, command: &mut Command) -> Result<()> {
        use std::os::unix::process::CommandExt as _;
        command.process_group(i32::try_from(self.guard.id()).context("process id out of range")?);
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        // The guard is not reaped before the end, so that its id cannot belong to another group.
        let _ = kill_process_group(Pid::from_child(&self.guard), signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.guard.wait();
    }
}
