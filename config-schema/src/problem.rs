//! Problems of a config: what is wrong, where, and how to fix it.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// Problems that are kept and shown (count). More than a screenful or two helps nobody; the rest is only counted.
pub const MAX_PROBLEMS: usize = 50;

/// One thing that is wrong with a config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The file as the caller named it.
    pub file: String,
    /// Line (1-based).
    pub line: usize,
    /// Column (1-based, in characters).
    pub column: usize,
    /// Byte range in the file, a byte order mark included.
    pub span: Range<usize>,
    /// Path of the field, such as `bundle.targets[2]`; empty for the document itself.
    pub field: String,
    /// Stable code, such as `config/unknown-field`.
    pub code: &'static str,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        write!(f, "{}", self.reason)?;
        if !self.fix.is_empty() {
            write!(f, "\n  hint: {}", self.fix)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with one config, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigErrors {
    /// At most [`MAX_PROBLEMS`] problems.
    pub problems: Vec<Problem>,
    /// How many more were found before the search was given up.
    pub omitted: usize,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        match self.omitted {
            0 => Ok(()),
            count => write!(f, "\nand at least {count} more"),
        }
    }
}

impl std::error::Error for ConfigErrors {}

/// The codes of [`Problem::code`].
pub(crate) mod code {
    /// The text is not JSON, not UTF-8 or empty.
    pub(crate) const SYNTAX: &str = "config/syntax";
    /// A limit on the file as a whole is exceeded.
    pub(crate) const TOO_LARGE: &str = "config/too-large";
    pub(crate) const UNKNOWN_FIELD: &str = "config/unknown-field";
    pub(crate) const DUPLICATE_FIELD: &str = "config/duplicate-field";
    pub(crate) const MISSING_FIELD: &str = "config/missing-field";
    pub(crate) const WRONG_TYPE: &str = "config/wrong-type";
    /// A word that is not among those a field accepts.
    pub(crate) const UNKNOWN_VALUE: &str = "config/unknown-value";
    pub(crate) const INVALID_VALUE: &str = "config/invalid-value";
    /// Two settings that cannot both hold.
    pub(crate) const CONTRADICTION: &str = "config/contradiction";
    /// `schemaVersion` is newer than this tool.
    pub(crate) const NEWER_VERSION: &str = "config/newer-version";
    /// What a field refers to (a file, a folder) cannot be used.
    pub(crate) const BAD_REFERENCE: &str = "config/bad-reference";
}
