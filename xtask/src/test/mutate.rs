//! `test --mutate bridge`: each command of the bridge is broken in turn, and some test must notice.
//!
//! A debug runtime that is told to (`DESKWRIGHT_MUTE_COMMAND`) answers one command with null and does nothing: what a page would take
//! for success. The tests that call the command are run one by one until one fails. It must pass again with the command whole, so
//! that no test counts that fails anyway.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, bail};
use bridge_contract::Command;
use serde_json::{Value, json};

use super::{
    Suite,
    calls::{self, Calls},
    cargo,
};
use crate::{
    error,
    printer::Printer,
    process,
    workspace::{root, target_dir},
};

/// Longest run of one test: whoever waits longer for an answer has noticed.
const LIMIT: Duration = Duration::from_secs(180);

/// Runs of tests, and what is known of them.
struct Tests<'a> {
    program: PathBuf,
    calls: &'a Calls,
    /// Whether a test passes with nothing broken.
    whole: Mutex<BTreeMap<String, bool>>,
}

/// Breaks what the words name: `bridge`, or `bridge` and modules or commands.
pub(crate) fn run(words: &[String], printer: &Printer) -> anyhow::Result<()> {
    let [what, names @ ..] = words else { bail!("nothing says what to break") };
    if what != "bridge" {
        return Err(error::usage(format!("cannot be broken: `{what}`"), "write `--mutate bridge`"));
    }
    let is_meant = |command: &&Command| {
        names.is_empty()
            || names.iter().any(|name| name == command.name || name == command.module.name())
    };
    let wanted: Vec<_> = bridge_contract::commands().filter(is_meant).collect();
    if wanted.is_empty() {
        return Err(error::usage(
            "no command has this name",
            "name modules or commands of the reference",
        ));
    }
    if calls::noted()?.is_empty() {
        printer.status("Noting", "which test calls which command");
        super::run(&[Suite::Window], false, printer)?;
    }
    let calls = calls::noted()?;
    let tests = Tests { program: compile()?, calls: &calls, whole: Mutex::default() };
    let unnoticed = tests.break_all(&wanted, printer)?;
    let table =
        json!({ "ok": unnoticed.is_empty(), "broken": wanted.len(), "unnoticed": unnoticed });
    if !unnoticed.is_empty() {
        let message = format!("no test notices when these do nothing: {}", unnoticed.join(", "));
        return Err(error::hinted(message, "add a test that looks at what the command does"));
    }
    printer
        .data(&format!("each of {} commands is missed when it does nothing", wanted.len()), &table)
}

/// The program of the window tests.
fn compile() -> anyhow::Result<PathBuf> {
    let mut command = cargo();
    command.args(["test", "--package", "tests", "--locked", "--test", "window", "--no-run"]);
    let lines = process::read(command.args(["--message-format", "json"]))?;
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs =
        messages.filter_map(|line| Some(PathBuf::from(line["executable"].as_str()?)));
    programs.next_back().context("cargo names no program of tests")
}

impl Tests<'_> {
    /// The commands whose failure nobody noticed. Those that were found before, with the same program, are not broken again.
    fn break_all(&self, wanted: &[&Command], printer: &Printer) -> anyhow::Result<Vec<String>> {
        let known = Known::read(&self.program)?;
        let queue = Mutex::new(wanted.iter().copied().collect::<VecDeque<_>>());
        let unnoticed = Mutex::new(Vec::new());
        let work = || -> anyhow::Result<()> {
            loop {
                // A guard in the head of a loop would be held through its body.
                let Some(command) = lock(&queue).pop_front() else { return Ok(()) };
                let name = command.name;
                let noticed = match known.who_noticed(name) {
                    Some(test) => Some(test),
                    None => self.who_notices(name)?,
                };
                match noticed {
                    Some(test) => {
                        printer.status("Noticed", format!("{name} by {test}"));
                        known.add(name, &test)?;
                    }
                    None => {
                        printer.status("Unnoticed", name);
                        lock(&unnoticed).push(name.to_owned());
                    }
                }
            }
        };
        let jobs = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| match thread.join() {
                Ok(done) => done,
                Err(_) => bail!("a thread has panicked"),
            })
        })?;
        Ok(unnoticed.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// The first test that fails without the command, of those that call it; tests with few calls first.
    fn who_notices(&self, command: &str) -> anyhow::Result<Option<String>> {
        let callers =
            self.calls.iter().filter(|(_, calls)| calls.iter().any(|call| call == command));
        let mut callers: Vec<_> = callers.collect();
        callers.sort_by_key(|(_, calls)| calls.len());
        for (test, _) in callers {
            if !self.passes(test, Some(command)) && self.passes_whole(test) {
                return Ok(Some(test.clone()));
            }
        }
        Ok(None)
    }

    fn passes_whole(&self, test: &str) -> bool {
        if let Some(known) = lock(&self.whole).get(test) {
            return *known;
        }
        let passes = self.passes(test, None);
        lock(&self.whole).insert(test.to_owned(), passes);
        passes
    }

    fn passes(&self, test: &str, mute: Option<&str>) -> bool {
        let folder = root().join("tests");
        let mut command = process::command(&self.program, &folder);
        command.args(["--exact", test]).env("CARGO_MANIFEST_DIR", &folder);
        command.env("DESKWRIGHT_TEST_PROFILE", "debug");
        if let Ok(xtask) = std::env::current_exe() {
            command.env("DESKWRIGHT_XTASK", xtask);
        }
        if let Some(mute) = mute {
            command.env("DESKWRIGHT_MUTE_COMMAND", mute);
        }
        process::run_within(&mut command, LIMIT).is_ok_and(|output| output.status.success())
    }
}

/// What earlier runs have found, so that a run that was stopped goes on.
struct Known {
    file: PathBuf,
    noticed: Mutex<BTreeMap<String, String>>,
}

impl Known {
    fn read(program: &Path) -> anyhow::Result<Known> {
        // Another program of tests has another name of a file, but not always: its time is in the name too.
        let modified = fs_err::metadata(program)?.modified()?;
        let seconds = modified.duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let file = target_dir().join(format!("test-mutations-{seconds}.json"));
        let text = fs_err::read_to_string(&file).unwrap_or_default();
        Ok(Known { file, noticed: Mutex::new(serde_json::from_str(&text).unwrap_or_default()) })
    }

    fn who_noticed(&self, command: &str) -> Option<String> {
        lock(&self.noticed).get(command).cloned()
    }

    fn add(&self, command: &str, test: &str) -> anyhow::Result<()> {
        let mut noticed = lock(&self.noticed);
        noticed.insert(command.to_owned(), test.to_owned());
        Ok(fs_err::write(&self.file, serde_json::to_vec_pretty(&*noticed)?)?)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
