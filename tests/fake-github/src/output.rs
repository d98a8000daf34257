//! What the program prints: documents for programs on stdout, or words for people.

use std::{
    fmt::Display,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::ValueEnum;
use fake_github::FakeGithub;
use serde_json::{Value, json};

/// For whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

/// Where everything is printed. Nobody may be listening any more, which is no reason to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Words for people, or the document that says the same; absent words are not for people.
    pub(crate) fn tell(self, words: Option<String>, document: &Value) {
        match (self.format, words) {
            (Format::Json, _) => self.document(document),
            (Format::Human, Some(words)) => {
                let _ = writeln!(io::stdout().lock(), "{words}");
            }
            (Format::Human, None) => {}
        }
    }

    /// One line of JSON, written out at once: who started this waits for it.
    pub(crate) fn document(self, document: &Value) {
        let mut stdout = io::stdout().lock();
        let _ = writeln!(stdout, "{document}").and_then(|()| stdout.flush());
    }

    pub(crate) fn status(self, words: impl Display) {
        if self.format == Format::Human {
            let _ = writeln!(io::stderr().lock(), "{words}");
        }
    }

    pub(crate) fn error(self, error: &anyhow::Error) {
        let _ = writeln!(io::stderr().lock(), "error: {error:#}");
    }

    /// What was asked for, and what broke the contract.
    pub(crate) fn end(self, fake: &FakeGithub) -> ExitCode {
        let requests: Vec<_> = fake.requests().iter().map(ToString::to_string).collect();
        let violations = fake.violations();
        let words = match violations.as_slice() {
            [] => None,
            broken => Some(format!("the contract was broken:\n{}", broken.join("\n"))),
        };
        self.tell(words, &json!({ "requests": requests, "violations": violations }));
        if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
