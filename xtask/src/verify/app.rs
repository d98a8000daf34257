//! The installed app: started with `--self-test --hold`, listened to, looked at, and let go.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{ChildStdin, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::{display::Display, interrupt, picture};
use crate::{
    error,
    process::{self, Group},
};

/// What an app gets beyond its own timeout: its start, and the wait for the last words of its page.
const START_GRACE: Duration = Duration::from_secs(20);
/// How long an app may take to end once it is let go.
const END_LIMIT: Duration = Duration::from_secs(15);
/// How long a page that has told its first paint may take until the screen shows it.
const PAINT_LIMIT: Duration = Duration::from_secs(10);
/// How often the screen is looked at meanwhile: no event tells what a screen shows, on any system.
const PAINT_INTERVAL: Duration = Duration::from_millis(250);
/// How the line begins; a service of the system may write to the same stdout.
const LINE_START: &str = r#"{"ok":"#;

/// An app that runs, and holds its window.
#[derive(Debug)]
pub(super) struct RunningApp {
    group: Group,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: File,
    limit: Duration,
}

/// What is judged of the line.
#[derive(Debug, Deserialize)]
struct Line {
    ok: bool,
    error: Option<String>,
    app: Option<Identity>,
    window: Option<Area>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Identity {
    pub(super) id: String,
    pub(super) version: String,
}

/// A rectangle on the screen, in pixels.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What the app said of itself.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) raw: Value,
    line: Line,
}

impl RunningApp {
    /// Starts the program on the display. `timeout` is how long it waits for its page.
    pub(super) fn start(
        program: &Path,
        display: &Display,
        timeout: Duration,
    ) -> anyhow::Result<RunningApp> {
        let folder = program.parent().context("a program is in a folder")?;
        let stderr = tempfile::tempfile()?;
        let mut command = process::command(program, folder);
        command.args(["--self-test", "--hold", "--timeout", &timeout.as_secs_f64().to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr.try_clone()?);
        display.adopt(&mut command);
        let mut group = Group::start(&mut command)?;
        let stdin = group.child().stdin.take();
        let stdout = group.child().stdout.take().context("stdout is a pipe")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            // The end of the output closes the channel.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Ok(RunningApp { group, stdin, lines, stderr, limit: timeout + START_GRACE })
    }

    /// Waits for the app's line.
    pub(super) fn listen(&mut self) -> anyhow::Result<Said> {
        let deadline = Instant::now() + self.limit;
        let raw: Value = loop {
            interrupt::check()?;
            match self.lines.recv_timeout(interrupt::INTERVAL) {
                Ok(line) if line.starts_with(LINE_START) => break serde_json::from_str(&line)?,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(RecvTimeoutError::Timeout) => {
                    let seconds = self.limit.as_secs_f64();
                    let message =
                        format!("the app said nothing within {seconds} s{}", self.complaints());
                    return Err(error::timeout(message, "start it by hand with `--self-test`"));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.group.wait_within(END_LIMIT)?;
                    bail!("the app ended before it said anything ({status}){}", self.complaints());
                }
            }
        };
        let line = Line::deserialize(&raw).context("not the line of a self-test")?;
        Ok(Said { raw, line })
    }

    /// Lets the app go, and waits for its end.
    pub(super) fn end(&mut self) -> anyhow::Result<ExitStatus> {
        drop(self.stdin.take());
        self.group.wait_within(END_LIMIT)
    }

    /// What the app wrote to stderr, as the rest of a message.
    fn complaints(&self) -> String {
        let text = self.stderr.try_clone().ok().and_then(|file| process::read_all(file).ok());
        let text = text.map(|text| process::tail(text.trim())).filter(|text| !text.is_empty());
        text.map_or_else(String::new, |text| format!("; its stderr: {text}"))
    }
}

impl Said {
    /// Fails as the app itself did.
    pub(super) fn expect_ok(&self) -> anyhow::Result<()> {
        ensure!(self.line.ok, "{}", self.line.error.as_deref().unwrap_or("the self-test failed"));
        Ok(())
    }

    /// Fails when this is another app, or another version of it.
    pub(super) fn expect_identity(&self, expected: &Identity) -> anyhow::Result<()> {
        let Some(app) = &self.line.app else { bail!("the app does not know what it is") };
        ensure!(
            app == expected,
            "installed was `{}` {}, expected `{}` {}",
            app.id,
            app.version,
            expected.id,
            expected.version
        );
        Ok(())
    }

    /// Fails when the exit code contradicts the line.
    pub(super) fn expect_status(&self, status: ExitStatus) -> anyhow::Result<()> {
        let expected = i32::from(!self.line.ok);
        ensure!(status.code() == Some(expected), "expected exit code {expected}, got: {status}");
        Ok(())
    }

    /// Takes pictures until one shows a page. The last one stays, whatever it shows.
    pub(super) fn look(&self, display: &Display, file: &Path) -> anyhow::Result<()> {
        let deadline = Instant::now() + PAINT_LIMIT;
        loop {
            interrupt::check()?;
            display.screenshot(file)?;
            let seen = picture::check(file, self.line.window);
            if seen.is_ok() || Instant::now() >= deadline {
                return seen;
            }
            thread::sleep(PAINT_INTERVAL);
        }
    }
}

/// Processes that belong to a private desktop, known by its home in their environment. Only Linux tells.
pub(super) fn processes_of(home: &Path) -> Vec<String> {
    let own = std::process::id().to_string();
    let entries = fs_err::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.map(|entry| entry.path()).filter(|path| {
        path.file_name().is_some_and(|name| {
            name != own.as_str() && name.to_string_lossy().bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    let mark = format!("HOME={}", home.display());
    let belongs = |path: &PathBuf| {
        // Of others' processes nothing can be read, and they are not ours.
        let environment = fs_err::read(path.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| {
            variable
                .strip_prefix(mark.as_bytes())
                .is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
        })
    };
    let name = |path: PathBuf| fs_err::read_to_string(path.join("comm")).unwrap_or_default();
    numbers.filter(belongs).map(|path| name(path).trim().to_owned()).collect()
}
