//! How an installer is tried: command lines as data, so that those of every system are tested on any.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use anyhow::Context as _;

use crate::{error, process, setup, workspace::root};

/// How long one command may take. The slow ones wait for another package manager's lock, or rebuild menus and icon caches.
pub(super) const STEP_LIMIT: Duration = Duration::from_secs(300);
/// What a command that ignores its end gets until it is killed.
const KILL_AFTER: &str = "--kill-after=10";
/// How `timeout` says that it had to end the command.
const TIMED_OUT: i32 = 124;

/// A command line, program first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) words: Vec<OsString>,
    /// Whether it needs root on Linux.
    pub(super) privileged: bool,
    /// Only done while this path is there.
    pub(super) only_with: Option<PathBuf>,
}

/// All that is done with one installer.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Before the first look: what the app needs is no trace of the app.
    pub(super) prepare: Vec<Step>,
    pub(super) install: Vec<Step>,
    /// What the system says of the installed app: signatures.
    pub(super) inspect: Vec<Step>,
    /// Where the program can be, the likeliest first.
    pub(super) programs: Vec<PathBuf>,
    pub(super) remove: Vec<Step>,
    /// Files that the system gives the app besides its own, which must be there while it is installed.
    pub(super) entries: Vec<PathBuf>,
    /// Folders where an installer may leave something.
    pub(super) places: Vec<PathBuf>,
    /// Below them, what the system writes by itself.
    pub(super) ignored: Vec<PathBuf>,
    /// Commands that list what is installed, one thing a line.
    pub(super) listings: Vec<Step>,
    /// Once all else is done.
    pub(super) dispose: Vec<Step>,
    /// Names the owner of each path that is appended to it, as `package: path`.
    pub(super) owner: Option<Step>,
}

impl Step {
    pub(super) fn new<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Step {
        let words = words.into_iter().map(Into::into).collect();
        Step { words, privileged: false, only_with: None }
    }

    pub(super) fn privileged<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Step {
        Step { privileged: true, ..Step::new(words) }
    }

    pub(super) fn arg(mut self, word: impl Into<OsString>) -> Step {
        self.words.push(word.into());
        self
    }

    pub(super) fn only_with(self, path: impl Into<PathBuf>) -> Step {
        Step { only_with: Some(path.into()), ..self }
    }

    /// Runs it to its end.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        if self.only_with.as_ref().is_some_and(|path| !path.exists()) {
            return Ok(());
        }
        let output = self.output()?;
        if output.status.code() == Some(TIMED_OUT) && self.privileged {
            return Err(error::timeout(
                format!("no end within {STEP_LIMIT:?}: `{}`", self.line()),
                "run it by hand to see where it waits",
            ));
        }
        output.expect_success()
    }

    /// The lines that it prints.
    pub(super) fn list(&self) -> anyhow::Result<Vec<String>> {
        let output = self.output()?;
        output.expect_success()?;
        Ok(lines(&output.stdout))
    }

    /// The same for a question whose answer may be in part "no", which counts as a failure there.
    pub(super) fn list_some(&self) -> anyhow::Result<Vec<String>> {
        Ok(lines(&self.output()?.stdout))
    }

    fn output(&self) -> anyhow::Result<process::Output> {
        let words = self.full_words()?;
        let (program, args) = words.split_first().context("a step has words")?;
        // `timeout` ends it first, and what it started: this limit is for systems without.
        let limit = STEP_LIMIT * if self.privileged { 2 } else { 1 };
        process::run_within(process::command(program, root()).args(args), limit)
    }

    fn full_words(&self) -> anyhow::Result<Vec<OsString>> {
        if !self.privileged {
            return Ok(self.words.clone());
        }
        let prefix = setup::privilege().ok_or_else(|| {
            error::missing(
                "installing needs root, and sudo asks for a password",
                "run this as root, or in a container",
            )
        })?;
        let seconds = STEP_LIMIT.as_secs().to_string();
        let guard = ["env", "DEBIAN_FRONTEND=noninteractive", "timeout", KILL_AFTER, &seconds];
        let words = prefix.into_iter().chain(guard).map(OsString::from);
        Ok(words.chain(self.words.iter().cloned()).collect())
    }

    /// The command as one text, for messages and tests.
    pub(super) fn line(&self) -> String {
        self.words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
