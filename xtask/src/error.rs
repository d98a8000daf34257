//! The exit codes, and errors that carry one or say what to do next.

use std::fmt;

use config_schema::ConfigErrors;

/// How a command ends. The numbers are part of the contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed = 1,
    /// Wrong usage or an invalid config.
    Usage = 2,
    /// Something that must be installed is not.
    MissingPrerequisite = 3,
    /// Another machine did not answer, or not as it should.
    Network = 4,
    /// Something took too long.
    Timeout = 5,
}

/// An error with a cure: what happened, and what to do next.
#[derive(Debug)]
pub(crate) struct Hinted {
    pub(crate) message: String,
    pub(crate) hint: String,
    pub(crate) exit: Exit,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Hinted {}

/// An ordinary failure with a cure.
pub(crate) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into(), exit: Exit::Failed }.into()
}

/// A command line that cannot be carried out, with what would be right.
pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into(), exit: Exit::Usage }.into()
}

/// Something is not installed; the hint is the command that installs it.
pub(crate) fn missing(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into(), exit: Exit::MissingPrerequisite }.into()
}

/// A failure whose cause somebody else tells, with what it means for us and a cure.
pub(crate) fn explained(
    cause: anyhow::Error,
    exit: Exit,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> anyhow::Error {
    cause.context(Hinted { message: message.into(), hint: hint.into(), exit })
}

/// Something that was waited for in vain.
pub(crate) fn timeout(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into(), exit: Exit::Timeout }.into()
}

/// A failure whose document is printed already: a report that says more than an error could.
#[derive(Debug)]
pub(crate) struct Reported {
    pub(crate) message: String,
    pub(crate) exit: Exit,
}

impl fmt::Display for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Reported {}

/// Another machine did not answer, or not as it should.
pub(crate) fn network(message: impl Into<String>) -> anyhow::Error {
    let hint = "check the connection, and try again".to_owned();
    Hinted { message: message.into(), hint, exit: Exit::Network }.into()
}

/// The exit code for an error.
pub(crate) fn exit_of(error: &anyhow::Error) -> Exit {
    match error.downcast_ref::<Hinted>() {
        Some(hinted) => hinted.exit,
        None if error.is::<ConfigErrors>() => Exit::Usage,
        None => error.downcast_ref::<Reported>().map_or(Exit::Failed, |reported| reported.exit),
    }
}
