//! Who may write where: data to stdout, words for people to stderr. The only file that prints.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place that writes to the terminal"
)]

mod bars;
mod words;

use std::{
    io::IsTerminal as _,
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use bars::Bars;
use orchestrator::{
    Event, Progress,
    doctor::{Checkup, Verdict},
    error::{hint_of, is_reported},
    exit_of,
    failure::FailureReport,
};
use serde::Serialize;
use serde_json::json;

/// Lines about a fleet's progress where there is no terminal (count).
const FLEET_LINES: usize = 20;

/// The shape of what goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

/// Decides what is shown and how.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    terminal: bool,
    color: bool,
    bars: Bars,
    /// Whether there are so many builds that only their ends are worth a line.
    many: AtomicBool,
    /// How far a fleet was when a line was last written of it, in parts of the whole.
    told: AtomicUsize,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            format,
            terminal,
            color,
            bars: Bars::new(terminal),
            many: AtomicBool::new(false),
            told: AtomicUsize::new(0),
        }
    }

    /// The result: a last line of JSON, or a text.
    pub(crate) fn result(&self, human: &str, json: &impl Serialize) -> anyhow::Result<()> {
        self.bars.clear();
        match self.format {
            Format::Human if human.is_empty() => {}
            Format::Human => println!("{human}"),
            Format::Json => println!("{}", serde_json::to_string(json)?),
        }
        Ok(())
    }

    /// Reports why a command failed, and gives its exit code.
    pub(crate) fn failure(&self, error: &anyhow::Error) -> ExitCode {
        self.bars.clear();
        let hint = hint_of(error);
        if self.format == Format::Json && !is_reported(error) {
            let document = json!({ "ok": false, "error": format!("{error:#}"), "hint": hint });
            println!("{document}");
        }
        eprintln!("{}: {error}", self.paint("1;31", "error"));
        for cause in error.chain().skip(1) {
            eprintln!("  caused by: {cause}");
        }
        if let Some(hint) = hint {
            eprintln!("\n{}: {hint}", self.paint("1;36", "hint"));
        }
        ExitCode::from(exit_of(error) as u8)
    }

    /// What a check-up has found. With `all`, it is the command's result.
    pub(crate) fn checkup(&self, checkup: &Checkup, all: bool) -> anyhow::Result<()> {
        if all || self.format == Format::Json {
            return self.result(
                checkup.text().trim_end(),
                &json!({ "ok": checkup.exit().is_none(), "checkup": checkup }),
            );
        }
        eprintln!("{}", checkup.text().trim_end());
        Ok(())
    }

    /// What a check-up says that does not stop anything.
    pub(crate) fn remarks(&self, checkup: &Checkup) {
        for finding in checkup.findings.iter().filter(|finding| finding.verdict == Verdict::Warning)
        {
            self.event(&Event::Note { text: finding.message.clone() });
        }
    }

    /// Why a build failed, for people; programs find it in the result.
    pub(crate) fn explain(&self, report: &FailureReport) {
        eprintln!("\n{}\n", report.text().trim_end());
    }

    /// Somebody has pressed Ctrl-C.
    pub(crate) fn interrupted(&self) {
        self.bars.clear();
        eprintln!(
            "\n{}: what runs at GitHub goes on there\n\n{}: `deskwright resume` goes on here, `deskwright cancel` ends a build",
            self.paint("1;33", "interrupted"),
            self.paint("1;36", "hint")
        );
    }

    /// Stdout, for what is too long for a result.
    pub(crate) fn stream(&self) -> impl std::io::Write {
        std::io::stdout().lock()
    }

    /// From now on there are many builds at once.
    pub(crate) fn expect_many(&self) {
        self.many.store(true, Ordering::Relaxed);
    }

    /// Whether an event is worth a line for people.
    fn is_worth_a_line(&self, event: &Event) -> bool {
        match event {
            // What is about to happen is of use to programs; people see that it has.
            Event::Entering { .. } => false,
            Event::AssetProgress { .. } | Event::ArtifactProgress { .. } => false,
            Event::Jobs { .. } => !self.terminal,
            Event::Fleet { total, done, failed, .. } => {
                let part = (done + failed) * FLEET_LINES / total.max(&1);
                !self.terminal && part > self.told.fetch_max(part, Ordering::Relaxed)
            }
            Event::Entered { state, .. } if self.many.load(Ordering::Relaxed) => state.is_final(),
            Event::Note { .. }
            | Event::Waiting { .. }
            | Event::Busy { .. }
            | Event::Failed { .. } => true,
            _ => !self.many.load(Ordering::Relaxed),
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

impl Progress for Printer {
    fn event(&self, event: &Event) {
        if self.terminal {
            self.bars.event(event);
        }
        // Each chunk of an upload is an event: worth a bar, but not a line.
        let is_chunk = matches!(event, Event::AssetProgress { .. });
        if self.format == Format::Json
            && !is_chunk
            && let Ok(line) = serde_json::to_string(event)
        {
            println!("{line}");
        }
        if !self.is_worth_a_line(event) {
            return;
        }
        let (verb, rest) = words::words(event);
        let line = format!("{} {rest}", self.paint(words::tone(event), &format!("{verb:>12}")));
        self.bars.aside(|| eprintln!("{line}"));
    }
}
