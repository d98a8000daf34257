//! Why an operation was refused: a stable code, and a sentence for people that names the path as it was asked for.

use std::io;

use crate::{Full, MeasureError};

macro_rules! codes {
    ($($variant:ident $code:literal $doc:literal;)*) => {
        /// A stable code, `fs/kebab-case`, as the page sees it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $doc] $variant,)* }

        impl Code {
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The code as text.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => concat!("fs/", $code),)* }
            }
        }
    };
}

codes! {
    NotFound "not-found" "There is nothing at this path.";
    AlreadyExists "already-exists" "There is something at this path already.";
    NotADirectory "not-a-directory" "The path, or one on the way to it, is no folder.";
    IsADirectory "is-a-directory" "The path is a folder, and a file was meant.";
    NotEmpty "not-empty" "The folder has something in it.";
    OutsideScope "outside-scope" "The path leads out of the folder.";
    InvalidName "invalid-name" "A name in the path is one that not every system takes.";
    QuotaExceeded "quota-exceeded" "There is no room.";
    TooLarge "too-large" "The file or the tree of folders is larger than can be handled at once.";
    NotUtf8 "not-utf8" "The file is no text in UTF-8.";
    Io "io" "The system refused.";
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub code: Code,
    pub message: String,
}

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Error {
        Error { code, message: message.into() }
    }

    /// What the system said about a path. No path of the machine is in it.
    pub(crate) fn io(path: &str, error: &io::Error) -> Error {
        use io::ErrorKind;
        let (code, what) = match error.kind() {
            ErrorKind::NotFound => (Code::NotFound, "there is nothing at"),
            ErrorKind::AlreadyExists => (Code::AlreadyExists, "there is something already at"),
            ErrorKind::NotADirectory => (Code::NotADirectory, "not a folder"),
            ErrorKind::IsADirectory => (Code::IsADirectory, "a folder"),
            ErrorKind::DirectoryNotEmpty => (Code::NotEmpty, "the folder is not empty"),
            // How cap-std says that a link leads out; a refusal of the system has its number.
            ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                (Code::OutsideScope, "the path leads out of its folder")
            }
            kind => return Error::new(Code::Io, format!("{}: `{path}`", told(kind, error))),
        };
        Error::new(code, format!("{what}: `{path}`"))
    }

    pub(crate) fn full() -> Error {
        Error::new(Code::QuotaExceeded, Full.to_string())
    }

    pub(crate) fn measured(path: &str, error: &MeasureError) -> Error {
        match error {
            MeasureError::Io(error) => Error::io(path, error),
            MeasureError::TooMany | MeasureError::TooDeep => {
                Error::new(Code::TooLarge, format!("{error}: `{path}`"))
            }
        }
    }
}

/// The system's own words, which have no path in them; those of a library might.
fn told(kind: io::ErrorKind, error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number).to_string(),
        None => kind.to_string(),
    }
}

impl From<Full> for Error {
    fn from(_: Full) -> Error {
        Error::full()
    }
}

/// What every operation answers.
pub type Result<T> = std::result::Result<T, Error>;
