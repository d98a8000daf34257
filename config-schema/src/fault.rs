//! Faults: problems while they are collected, placed in the text by bytes; also the error type of deserialisation.

use std::fmt;
use std::ops::Range;

use serde::de::{Error, Expected, Unexpected};

use crate::problem::{Problem, code};
use crate::source::Source;
use crate::suggest::{did_you_mean, hint, quoted};

/// Faults that are collected (count): far more than are shown, few enough to sort and search without care.
pub(crate) const MAX_FAULTS: usize = 1000;

/// A problem that knows its place in the text, but not yet in lines and columns.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    reason: String,
    fix: String,
    /// Boxed, since every deserialisation result carries the room for it.
    pub(crate) place: Box<Place>,
}

/// Where a fault is.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// The path of the field; empty for the document.
    pub(crate) field: String,
    /// What to point at.
    pub(crate) span: Range<usize>,
    /// Start of the value to leave out; `None` until a node has claimed the fault.
    pub(crate) node: Option<usize>,
    /// Start of the list that the value stands in.
    pub(crate) list: Option<usize>,
}

impl Fault {
    pub(crate) fn new(
        code: &'static str,
        reason: impl Into<String>,
        fix: impl Into<String>,
    ) -> Fault {
        Fault { code, reason: reason.into(), fix: fix.into(), place: Box::default() }
    }

    pub(crate) fn with_fix(self, fix: String) -> Fault {
        Fault { fix, ..self }
    }

    /// Puts a fault of the document as a whole at a place in the text.
    pub(crate) fn at_document(self, span: Range<usize>) -> Fault {
        self.at_field("", span)
    }

    pub(crate) fn at_field(mut self, field: &str, span: Range<usize>) -> Fault {
        *self.place = Place { field: field.to_owned(), span, ..Place::default() };
        self
    }

    /// Puts the fault at a node; the innermost one that sees it comes first and keeps it.
    pub(crate) fn at(mut self, place: impl FnOnce() -> Place) -> Fault {
        if self.place.node.is_none() {
            *self.place = place();
        }
        self
    }

    /// Whether the fault explains why `field` has no value: it is about the field, something around it,
    /// an entry of it, or a misspelling of it.
    pub(crate) fn concerns(&self, field: &str) -> bool {
        let own = self.place.field.as_str();
        let around = field
            .strip_prefix(own)
            .is_some_and(|rest| own.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']));
        let entry = own.strip_prefix(field).is_some_and(|rest| rest.starts_with('['));
        around || entry || self.is_misspelling_of(field)
    }

    fn is_misspelling_of(&self, field: &str) -> bool {
        let split = |path| str::rsplit_once(path, '.').unwrap_or(("", path));
        let (section, name) = split(field);
        self.code == code::UNKNOWN_FIELD
            && split(&self.place.field).0 == section
            && self.fix == did_you_mean(name)
    }

    pub(crate) fn into_problem(self, source: &Source) -> Problem {
        let Place { field, span, .. } = *self.place;
        let (line, column) = source.line_column(span.start);
        Problem {
            file: source.file().to_owned(),
            line,
            column,
            span: source.file_span(span),
            field,
            code: self.code,
            reason: self.reason,
            fix: self.fix,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    /// `{:#}` of our own values is their fix; see `values::Invalid`.
    fn custom<T: fmt::Display>(message: T) -> Self {
        let (reason, fix) = (message.to_string(), format!("{message:#}"));
        let fix = if fix == reason { String::new() } else { fix };
        Fault::new(code::INVALID_VALUE, reason, fix)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = in_json_terms(expected);
        let reason = format!("wrong type: expected {expected}, found {}", kind(found));
        Fault::new(code::WRONG_TYPE, reason, type_fix(found, &expected))
    }

    fn unknown_variant(word: &str, accepted: &'static [&'static str]) -> Self {
        let reason = format!("unknown value: {}", quoted(word));
        Fault::new(code::UNKNOWN_VALUE, reason, hint(word, accepted))
    }

    fn unknown_field(name: &str, accepted: &'static [&'static str]) -> Self {
        let reason = format!("unknown field: {}", quoted(name));
        Fault::new(code::UNKNOWN_FIELD, reason, hint(name, accepted))
    }
}

/// What serde's derived visitors call JSON's types.
fn in_json_terms(expected: &dyn Expected) -> String {
    match expected.to_string().as_str() {
        "a sequence" => "an array".to_owned(),
        name if name.starts_with("struct ") => "an object".to_owned(),
        name => name.to_owned(),
    }
}

fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Str(_) => "a string",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        _ => "`null`",
    }
}

fn type_fix(found: Unexpected<'_>, expected: &str) -> String {
    let unquoted = match found {
        Unexpected::Str("true" | "false") => expected == "a boolean",
        Unexpected::Str(text) => expected == "a number" && text.parse::<f64>().is_ok(),
        _ => false,
    };
    match (found, expected) {
        _ if unquoted => "remove the quotes".to_owned(),
        (Unexpected::Unit, _) => format!("write {expected}; to get a default, leave the field out"),
        (Unexpected::Bool(_) | Unexpected::Float(_), "a string") => {
            "put it in double quotes".to_owned()
        }
        (_, "a boolean") => "write `true` or `false`".to_owned(),
        (_, "an array") => "put it in square brackets".to_owned(),
        _ => format!("write {expected}"),
    }
}
