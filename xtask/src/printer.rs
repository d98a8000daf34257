//! Who may write where: data to stdout, words for people to stderr. The only file that prints.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place that writes to the terminal"
)]

use std::{io::IsTerminal as _, process::ExitCode, time::Duration};

use config_schema::ConfigErrors;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Hinted, Reported, exit_of};

/// How often the spinner turns.
const SPINNER_TICK: Duration = Duration::from_millis(100);

/// The shape of what goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

/// Decides what is shown and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    format: Format,
    /// Of stderr.
    color: bool,
    /// Of stdout.
    color_of_data: bool,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Printer {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Printer {
            format,
            color: wanted && std::io::stderr().is_terminal(),
            color_of_data: wanted && std::io::stdout().is_terminal(),
        }
    }

    /// What goes to stdout, for programs that print there in our place.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// One line about what is going on, such as `   Stamping minimal`.
    pub(crate) fn status(&self, verb: &str, rest: impl std::fmt::Display) {
        eprintln!("{} {rest}", self.paint("1;32", &format!("{verb:>12}")));
    }

    /// The result: one JSON document with `--format json`, the text otherwise.
    pub(crate) fn data(&self, human: &str, json: &impl Serialize) -> anyhow::Result<()> {
        match self.format {
            Format::Human => println!("{}", human.trim_end()),
            Format::Json => println!("{}", serde_json::to_string_pretty(json)?),
        }
        Ok(())
    }

    /// One result of many: text in the shape of a status, or JSON on one line.
    pub(crate) fn entry(&self, verb: &str, tint: Tint, rest: &str, json: &impl Serialize) {
        match self.format {
            Format::Human => {
                let verb = paint(self.color_of_data, tint.code(), &format!("{verb:>12}"));
                println!("{verb} {rest}");
            }
            // Serialising our own plain types has nothing that could fail.
            Format::Json => println!("{}", serde_json::to_string(json).unwrap_or_default()),
        }
    }

    /// A line that a program has written to its stderr.
    pub(crate) fn aside(&self, line: &str) {
        eprintln!("{line}");
    }

    /// Reports what is wrong where the work goes on.
    pub(crate) fn trouble(&self, error: &anyhow::Error) {
        if self.format == Format::Json {
            let mut document = failure_document(error);
            document["log"] = "problem".into();
            println!("{document}");
        }
        self.explain(error);
    }

    /// A spinner for work whose length nobody knows: on a terminal only.
    pub(crate) fn spinner(&self, text: &str) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let spinner = ProgressBar::new_spinner().with_message(text.to_owned());
        if let Ok(style) = ProgressStyle::with_template("   {spinner} {msg} {elapsed}") {
            spinner.set_style(style);
        }
        spinner.enable_steady_tick(SPINNER_TICK);
        spinner
    }

    /// Reports why a command failed, and gives its exit code.
    pub(crate) fn failure(&self, error: &anyhow::Error) -> ExitCode {
        let exit = exit_of(error);
        if self.format == Format::Json && !error.is::<Reported>() {
            println!("{:#}", failure_document(error));
        }
        self.explain(error);
        ExitCode::from(exit as u8)
    }

    fn explain(&self, error: &anyhow::Error) {
        if let Some(errors) = error.downcast_ref::<ConfigErrors>() {
            eprintln!("{errors}\n\n{}: {}", self.paint("1;31", "error"), count(errors));
            return;
        }
        eprintln!("{}: {error}", self.paint("1;31", "error"));
        for cause in error.chain().skip(1) {
            eprintln!("  caused by: {cause}");
        }
        if let Some(hinted) = error.downcast_ref::<Hinted>() {
            eprintln!("\n{}: {}", self.paint("1;36", "hint"), hinted.hint);
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        paint(self.color, code, text)
    }
}

/// The colour of an entry's first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tint {
    Good,
    Bad,
    Quiet,
}

impl Tint {
    fn code(self) -> &'static str {
        match self {
            Tint::Good => "1;32",
            Tint::Bad => "1;31",
            Tint::Quiet => "2",
        }
    }
}

fn paint(color: bool, code: &str, text: &str) -> String {
    if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn failure_document(error: &anyhow::Error) -> Value {
    let errors = error.downcast_ref::<ConfigErrors>();
    let hint = error.downcast_ref::<Hinted>().map(|hinted| &hinted.hint);
    let text = errors.map_or_else(|| format!("{error:#}"), count);
    let problems = errors.map(|errors| &errors.problems);
    json!({ "ok": false, "error": text, "hint": hint, "problems": problems })
}

fn count(errors: &ConfigErrors) -> String {
    match errors.problems.len() + errors.omitted {
        1 => "1 problem in the config".to_owned(),
        shown if errors.omitted == 0 => format!("{shown} problems in the config"),
        more => format!("at least {more} problems in the config"),
    }
}
