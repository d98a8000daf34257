//! The text of a config: limits, encoding, syntax, and positions for people.

use std::ops::Range;

use jsonc_parser::ast::Value;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind, parse_to_ast};

use crate::fault::Fault;
use crate::problem::code;

/// Size of a config (bytes). Real ones have a few KiB; above this it is the wrong file.
pub const MAX_CONFIG_BYTES: usize = 1024 * 1024;

/// Nesting of objects and arrays (levels). The schema needs six; the limit keeps recursion far from the stack's end.
pub const MAX_DEPTH: usize = 32;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text without its byte order mark, with its line starts.
pub(crate) struct Source {
    file: String,
    text: String,
    mark_bytes: usize,
    line_starts: Vec<usize>,
}

impl Source {
    /// Decodes the file. With a fault, the source holds the part before it.
    pub(crate) fn decode(file: &str, bytes: &[u8]) -> (Source, Option<Fault>) {
        let fault = |reason: String, fix: &str, offset: usize, code| {
            Fault::new(code, reason, fix).at_document(offset..offset)
        };
        if bytes.len() > MAX_CONFIG_BYTES {
            let reason = format!("too large: more than {MAX_CONFIG_BYTES} bytes");
            let fix = "a config has a few KiB; is this the right file?";
            return (Source::new(file, ""), Some(fault(reason, fix, 0, code::TOO_LARGE)));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => (Source::new(file, text), None),
            Err(error) => {
                let valid = &bytes[..error.valid_up_to()];
                let source = Source::new(file, &String::from_utf8_lossy(valid));
                let reason = format!("not UTF-8: byte `0x{:02x}`", bytes[valid.len()]);
                let offset = source.text.len();
                (source, Some(fault(reason, "save the file as UTF-8", offset, code::SYNTAX)))
            }
        }
    }

    fn new(file: &str, text: &str) -> Source {
        let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let breaks = body.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Source {
            file: file.to_owned(),
            mark_bytes: text.len() - body.len(),
            line_starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(),
            text: body.to_owned(),
        }
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Line and column (both 1-based, the column in characters) of a byte of the text.
    pub(crate) fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        (line, self.text[start..offset].chars().count() + 1)
    }

    /// A range of the text as a range of the file.
    pub(crate) fn file_span(&self, span: Range<usize>) -> Range<usize> {
        span.start + self.mark_bytes..span.end + self.mark_bytes
    }

    /// Parses the text as strict JSON.
    pub(crate) fn parse(&self) -> Result<Value<'_>, Fault> {
        check_depth(&self.text)?;
        let options = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let parsed = parse_to_ast(&self.text, &CollectOptions::default(), &options);
        let parsed = parsed.map_err(|error| {
            let range = error.range();
            syntax_fault_of(error.kind()).at_document(range.start..range.end)
        })?;
        let value = parsed.value.ok_or_else(|| {
            let fix = r#"start with `{"app": {"name": "…", "id": "com.example.…"}, "content": {"url": "https://…"}}`"#;
            Fault::new(code::SYNTAX, "the file is empty", fix).at_document(0..0)
        })?;
        self.check_strictness()?;
        Ok(value)
    }

    /// Refuses what the parser lets through whatever its options, such as raw line breaks in strings.
    fn check_strictness(&self) -> Result<(), Fault> {
        serde_json::from_str::<serde::de::IgnoredAny>(&self.text).map(drop).map_err(|error| {
            let message = error.to_string();
            let what = message.split(" at line ").next().unwrap_or_default();
            let line_start = self.line_starts.get(error.line().saturating_sub(1));
            let offset = line_start.copied().unwrap_or_default() + error.column().saturating_sub(1);
            let offset = self.text.floor_char_boundary(offset);
            let fix = if what.starts_with("control character") {
                r"write it escaped: a line break is `\n`"
            } else {
                "check the text here"
            };
            syntax_fault(what, fix).at_document(offset..offset)
        })
    }
}

fn syntax_fault(what: &str, fix: &str) -> Fault {
    Fault::new(code::SYNTAX, format!("not JSON: {what}"), fix)
}

/// What the parser found, in our words where its own are about JSON's relatives, and what to do.
fn syntax_fault_of(kind: &ParseErrorKind) -> Fault {
    let (what, fix) = match kind {
        ParseErrorKind::CommentsNotAllowed => ("comment", "remove the comment"),
        ParseErrorKind::TrailingCommasNotAllowed => {
            ("comma after the last entry", "remove the comma")
        }
        ParseErrorKind::ExpectedComma => ("missing comma", "put a comma between the entries"),
        ParseErrorKind::SingleQuotedStringsNotAllowed => ("single quotes", "use double quotes"),
        ParseErrorKind::ExpectedStringObjectProperty => {
            ("field name without quotes", "put the name in double quotes")
        }
        ParseErrorKind::ExpectedColonAfterObjectKey => {
            ("missing colon", "put a colon after the field's name")
        }
        ParseErrorKind::UnterminatedObject => ("object without an end", "close it with `}`"),
        ParseErrorKind::UnterminatedArray => ("array without an end", "close it with `]`"),
        ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
            ("text without an end", "close it with a double quote")
        }
        ParseErrorKind::String(ParseStringErrorKind::InvalidUnicodeEscapeSequence(_)) => {
            ("half a character", "write the character itself, or both of its escapes")
        }
        ParseErrorKind::String(_) => ("unknown escape", r"write a backslash as `\\`"),
        ParseErrorKind::UnexpectedWord => ("bare word", "put texts in double quotes"),
        ParseErrorKind::MultipleRootJsonValues => {
            ("text after the end of the object", "remove what follows")
        }
        other => return syntax_fault(&lower_first(&other.to_string()), "check the text here"),
    };
    syntax_fault(what, fix)
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Finds brackets beyond [`MAX_DEPTH`] without recursion, before anything recursive sees the text.
fn check_depth(text: &str) -> Result<(), Fault> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let reason = format!("nested too deeply: more than {MAX_DEPTH} levels");
            let fix = "a config needs only a few levels; is this the right file?";
            return Err(Fault::new(code::TOO_LARGE, reason, fix).at_document(offset..offset + 1));
        }
    }
    Ok(())
}
