//! The exit codes, and errors that carry one and say what to do next.

use std::fmt;

use config_schema::ConfigErrors;
use serde::{Deserialize, Serialize};

use crate::github::ApiError;

/// How a command ends. The numbers are part of the contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Exit {
    Failed = 1,
    /// Wrong usage, or a document that is no such document.
    Usage = 2,
    /// Something that must be there is not, such as a token.
    #[serde(rename = "missing")]
    MissingPrerequisite = 3,
    /// GitHub refused, or could not be reached.
    Remote = 4,
    /// GitHub did not answer in time.
    Timeout = 5,
}

/// An error with a cure: what happened, and what to do next.
#[derive(Debug)]
pub struct Hinted {
    pub message: String,
    pub hint: String,
    pub exit: Exit,
    /// What GitHub said.
    source: Option<ApiError>,
    /// Whether stdout has the document of it already.
    reported: bool,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Hinted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

fn with(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into(), exit, source: None, reported: false }
        .into()
}

/// An ordinary failure with a cure.
pub(crate) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    with(Exit::Failed, message, hint)
}

/// A command line or a document that cannot be worked with, with what would be right.
pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    with(Exit::Usage, message, hint)
}

/// GitHub, or what is there, does not do what is needed.
pub(crate) fn remote(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    with(Exit::Remote, message, hint)
}

/// The same for a refusal, in words that help.
pub(crate) fn refused(
    source: ApiError,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> anyhow::Error {
    let (message, hint) = (message.into(), hint.into());
    Hinted { message, hint, exit: Exit::Remote, source: Some(source), reported: false }.into()
}

/// A failure whose document is printed already.
pub fn reported(message: impl Into<String>, hint: impl Into<String>, exit: Exit) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into(), exit, source: None, reported: true }.into()
}

/// Whether stdout has what is to be said about an error.
pub fn is_reported(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Hinted>().is_some_and(|hinted| hinted.reported)
}

/// Something that was waited for in vain.
pub(crate) fn timeout(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    with(Exit::Timeout, message, hint)
}

/// Something is not there; the hint says how to get it.
pub(crate) fn missing(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    with(Exit::MissingPrerequisite, message, hint)
}

/// The exit code for an error.
pub fn exit_of(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        if let Some(hinted) = cause.downcast_ref::<Hinted>() {
            return hinted.exit;
        }
        if let Some(exit) = cause.downcast_ref::<ApiError>().and_then(ApiError::exit) {
            return exit;
        }
        if cause.is::<ConfigErrors>() {
            return Exit::Usage;
        }
    }
    Exit::Failed
}

/// What to do about an error, as far as anybody knows.
pub fn hint_of(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        let hinted = cause.downcast_ref::<Hinted>().map(|hinted| hinted.hint.clone());
        hinted.or_else(|| cause.downcast_ref::<ApiError>()?.hint())
    })
}
