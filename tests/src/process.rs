//! Child processes: groups that end with their owner, and runs with a deadline. What the processes
//! are is up to the other modules.

use std::ffi::OsStr;
use std::fmt::{self, Display};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use async_io::Async;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};

/// How long a group may take to end by itself after SIGTERM: Xvfb needs it to remove its lock file,
/// an app to save its state.
const TERMINATION_GRACE: Duration = Duration::from_secs(3);

/// The end of a log that an error quotes, in bytes: a panic with its backtrace fits, a flood of
/// warnings does not.
const QUOTED_LOG_LEN: usize = 4096;

/// Waits for end of file, which comes when the owner drops the pipe or dies in any way, then ends
/// the whole group.
const GUARD_SCRIPT: &str = "trap '' TERM; read -r _; kill -KILL 0";

/// Starts every command of the harness, without an input; the callers name the program in their
/// errors.
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes commands")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

/// A process group that ends with its owner: on drop, on a panic, and also when the test process is
/// killed, because a small guard process leads the group and ends it when its pipe to us closes.
/// Nothing outside the group is ever signalled.
#[derive(Debug)]
pub struct ProcessGroup {
    guard: Child,
    // Closes when we end, in whatever way.
    _guard_pipe: Option<ChildStdin>,
    members: Vec<Child>,
}

impl ProcessGroup {
    pub fn new() -> Result<Self> {
        let mut guard = command("sh");
        guard.args(["-c", GUARD_SCRIPT]).process_group(0).stdin(Stdio::piped());
        let mut guard = guard
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("failed to run `sh`")?;
        let pipe = guard.stdin.take();
        Ok(Self { guard, _guard_pipe: pipe, members: Vec::new() })
    }

    /// Starts a command as a member of the group; its descendants are members too, unless they
    /// leave on purpose.
    pub fn spawn(&mut self, command: &mut Command) -> Result<&mut Child> {
        let program = command.get_program().to_string_lossy().into_owned();
        let leader = i32::try_from(self.guard.id()).context("process id out of range")?;
        let child = command
            .process_group(leader)
            .spawn()
            .with_context(|| format!("failed to run `{program}`"))?;
        self.members.push(child);
        self.members.last_mut().context("the group has no member")
    }

    /// Runs a member to its end, and leaves alone what it has started: that ends with the group.
    pub async fn run(&mut self, command: &mut Command, limit: Duration) -> Result<Output> {
        let log = Log::new()?;
        let program = command.get_program().to_string_lossy().into_owned();
        let started = Instant::now();
        let command = command.stdout(log.stdout.try_clone()?).stderr(log.stderr.try_clone()?);
        let child = self.spawn(command)?;
        let exit = exit_handle(child.id())?;
        let in_time = tokio::time::timeout(limit, ended(&exit)).await.is_ok();
        let elapsed = started.elapsed();
        if !in_time {
            bail!("`{program}` did not end within {limit:?}");
        }
        let status = child.wait().with_context(|| format!("failed to wait for `{program}`"))?;
        let (stdout, stderr) = log.read()?;
        Ok(Output { status, stdout, stderr, elapsed })
    }

    fn wait_until_members_end(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        for child in &mut self.members {
            let remaining = deadline.saturating_duration_since(Instant::now());
            // A child that cannot be watched has ended.
            if let Ok(handle) = exit_handle(child.id()) {
                let _ = blocking_wait(&handle, remaining);
            }
            let _ = child.try_wait();
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        // The guard is not reaped before the end of this function, so that its id cannot belong to
        // another group yet.
        let leader = Pid::from_child(&self.guard);
        let _ = kill_process_group(leader, Signal::TERM);
        self.wait_until_members_end(TERMINATION_GRACE);
        // Not left to the guard: one that has just started may have been ended by the first signal.
        let _ = kill_process_group(leader, Signal::KILL);
        for child in self.members.iter_mut().chain([&mut self.guard]) {
            let _ = child.wait();
        }
    }
}

/// The processes that show an app's pages: what WebKit has started for it.
pub fn web_processes(app: u32) -> Result<Vec<u32>> {
    let children = |pid: i32| {
        let all = procfs::process::all_processes()?.filter_map(|process| process.ok()?.stat().ok());
        anyhow::Ok(all.filter(move |stat| stat.ppid == pid))
    };
    // The name is cut to 15 characters.
    let pages =
        children(i32::try_from(app)?)?.filter(|stat| stat.comm.starts_with("WebKitWebProces"));
    pages.map(|stat| Ok(u32::try_from(stat.pid)?)).collect()
}

/// Ends a process at once, as a crash does.
pub fn kill(pid: u32) -> Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).context("process id out of range")?;
    Ok(kill_process(pid, Signal::KILL)?)
}

/// Becomes readable when the process ends. Works for any process, a child or not.
pub(crate) fn exit_handle(pid: u32) -> Result<OwnedFd> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).context("process id out of range")?;
    pidfd_open(pid, PidfdFlags::empty())
        .with_context(|| format!("failed to watch process: {}", pid.as_raw_nonzero()))
}

fn blocking_wait(handle: &OwnedFd, limit: Duration) -> Result<bool> {
    let timeout = Timespec::try_from(limit).context("time limit out of range")?;
    let ready = poll(&mut [PollFd::new(handle, PollFlags::IN)], Some(&timeout))?;
    Ok(ready > 0)
}

/// Whether the process of this handle has ended.
pub(crate) fn has_ended(handle: &OwnedFd) -> Result<bool> {
    blocking_wait(handle, Duration::ZERO)
}

/// Waits until the process of this handle has ended.
pub(crate) async fn ended(handle: &OwnedFd) -> Result<()> {
    Ok(Async::new_nonblocking(handle.try_clone()?)?.readable().await?)
}

/// What a process wrote and how it ended.
#[derive(Debug)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    pub elapsed: Duration,
}

impl Output {
    /// The exit code; an error if a signal ended the process.
    pub fn code(&self) -> Result<i32> {
        self.status.code().with_context(|| format!("the process was ended: {self}"))
    }

    /// This output, or an error that quotes it when the process did not exit with `code`.
    pub fn expect_code(self, code: i32) -> Result<Self> {
        if self.status.code() != Some(code) {
            bail!("expected exit code {code}: {self}");
        }
        Ok(self)
    }

    /// Parses the whole of stdout as one JSON document.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.stdout)
            .with_context(|| format!("stdout is no such JSON: {self}"))
    }
}

impl Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} after {:.1?}", self.status, self.elapsed)?;
        write!(f, "--- stdout\n{}\n--- stderr\n{}", tail(&self.stdout), tail(&self.stderr))
    }
}

/// A process in a group of its own that runs beside the test.
#[derive(Debug)]
pub struct Running {
    group: ProcessGroup,
    program: String,
    pid: u32,
    exit: OwnedFd,
    started: Instant,
    log: Log,
}

impl Running {
    /// Starts the command. Its output goes to files, so that no pipe can fill up and no helper
    /// process can hold one open.
    pub fn start(command: &mut Command) -> Result<Self> {
        let log = Log::new()?;
        let mut group = ProcessGroup::new()?;
        let program = command.get_program().to_string_lossy().into_owned();
        let started = Instant::now();
        let command = command.stdout(log.stdout.try_clone()?).stderr(log.stderr.try_clone()?);
        let pid = group.spawn(command)?.id();
        Ok(Self { exit: exit_handle(pid)?, group, program, pid, started, log })
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    pub fn is_running(&self) -> Result<bool> {
        Ok(!has_ended(&self.exit)?)
    }

    /// Everything that the process has written so far: stdout, then stderr.
    pub fn output_so_far(&self) -> Result<(String, String)> {
        self.log.read()
    }

    /// Waits for the end of the process; what is left of its group then ends too.
    pub async fn wait(mut self, limit: Duration) -> Result<Output> {
        if tokio::time::timeout(limit, ended(&self.exit)).await.is_err() {
            let (stdout, stderr) = self.log.read()?;
            bail!(
                "`{}` did not end within {limit:?}\n--- stdout so far\n{}\n--- stderr so far\n{}",
                self.program,
                tail(&stdout),
                tail(&stderr),
            );
        }
        let elapsed = self.started.elapsed();
        let child = self.group.members.first_mut().context("the group has no member")?;
        let status =
            child.wait().with_context(|| format!("failed to wait for `{}`", self.program))?;
        let (stdout, stderr) = self.log.read()?;
        Ok(Output { status, stdout, stderr, elapsed })
    }
}

/// Runs a command to its end.
pub async fn run(command: &mut Command, limit: Duration) -> Result<Output> {
    Running::start(command)?.wait(limit).await
}

/// Runs a future to its end from where nothing can be awaited, such as `Drop`, on a thread with a
/// runtime of its own.
pub(crate) fn block_on<T: Send + 'static>(
    future: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let thread = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
    });
    thread.join().unwrap_or_else(|_| bail!("the thread has panicked"))
}

/// Makes a text the input of a command.
pub fn set_input(command: &mut Command, text: &[u8]) -> Result<()> {
    let mut file = tempfile::tempfile().context("failed to create a temporary file")?;
    file.write_all(text)?;
    file.seek(SeekFrom::Start(0))?;
    command.stdin(file);
    Ok(())
}

/// The files that a process writes its output to; they have no name and vanish with their last
/// user.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) stdout: std::fs::File,
    pub(crate) stderr: std::fs::File,
}

impl Log {
    pub(crate) fn new() -> Result<Self> {
        let file = || tempfile::tempfile().context("failed to create a temporary file");
        Ok(Self { stdout: file()?, stderr: file()? })
    }

    pub(crate) fn read(&self) -> Result<(String, String)> {
        Ok((read_all(&self.stdout)?, read_all(&self.stderr)?))
    }
}

/// Reads by position, because the file offset is shared with the process that still writes.
fn read_all(file: &std::fs::File) -> Result<String> {
    let mut bytes = Vec::new();
    PositionedReader { file, position: 0 }.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct PositionedReader<'a> {
    file: &'a std::fs::File,
    position: u64,
}

impl Read for PositionedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

/// The end of a text, as much of it as an error may quote.
pub(crate) fn tail(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.ceil_char_boundary(text.len().saturating_sub(QUOTED_LOG_LEN));
    &text[start..]
}
