//! Who may write where: data to stdout, words for people to stderr. The only file that prints.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place that writes to the terminal"
)]

mod words;

use std::{
    io::IsTerminal as _,
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use indicatif::{ProgressBar, ProgressStyle};
use orchestrator::{
    Event, Progress,
    doctor::{Checkup, Verdict},
    error::{hint_of, is_reported},
    exit_of,
    failure::FailureReport,
};
use serde::Serialize;
use serde_json::json;

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
    /// The bar of the upload under way, on a terminal.
    bar: Mutex<Option<ProgressBar>>,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { format, terminal, color, bar: Mutex::default() }
    }

    /// The result: a last line of JSON, or a text.
    pub(crate) fn result(&self, human: &str, json: &impl Serialize) -> anyhow::Result<()> {
        match self.format {
            Format::Human => println!("{human}"),
            Format::Json => println!("{}", serde_json::to_string(json)?),
        }
        Ok(())
    }

    /// Reports why a command failed, and gives its exit code.
    pub(crate) fn failure(&self, error: &anyhow::Error) -> ExitCode {
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
        self.end_bar();
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

    fn bar(&self, name: &str, sent: u64, size: u64) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(size).with_message(name.to_owned());
            let template = "   Uploading {msg} {wide_bar} {bytes}/{total_bytes} {eta}";
            ProgressStyle::with_template(template)
                .map_or(bar.clone(), |style| bar.with_style(style))
        });
        bar.set_position(sent);
    }

    fn end_bar(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

impl Progress for Printer {
    fn event(&self, event: &Event) {
        if let Event::AssetProgress { name, sent, size } = event {
            // Each chunk is an event: worth a bar, but not a line.
            if self.terminal {
                self.bar(name, *sent, *size);
            }
            return;
        }
        self.end_bar();
        if self.format == Format::Json
            && let Ok(line) = serde_json::to_string(event)
        {
            println!("{line}");
        }
        // What is about to happen is of use to programs; people see that it has.
        if matches!(event, Event::Entering { .. }) {
            return;
        }
        let (verb, rest) = words::words(event);
        eprintln!("{} {rest}", self.paint("1;32", &format!("{verb:>12}")));
    }
}
