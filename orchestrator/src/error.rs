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
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Hinted {}

fn with(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into(), exit }.into()
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

/// The same as words for an error that has its reason in it.
pub(crate) fn remote_kind(message: impl Into<String>, hint: impl Into<String>) -> Hinted {
    Hinted { message: message.into(), hint: hint.into(), exit: Exit::Remote }
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
        if let Some(api) = cause.downcast_ref::<ApiError>() {
            return api.exit();
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
