//! The only place that prints.

use std::{
    error::Error,
    io::{self, Write as _},
};

/// A line of data.
pub(crate) fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// What a plugin said about its work.
pub(crate) fn diagnostics(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Why it failed, with all that led to it.
pub(crate) fn error(error: &(dyn Error + 'static)) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    let _ = writeln!(io::stderr(), "error: {text}");
}
