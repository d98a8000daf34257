//! Colours as the web writes them.

use std::borrow::Cow;

use schemars::{Schema, json_schema};

use super::{Invalid, TextForm, plain_text, text_form};
use crate::suggest::quoted;

/// An opaque colour, kept as `#rrggbb` in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Color(String);

text_form!(Color);
plain_text!(Color);

impl TextForm for Color {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix('#').unwrap_or_default().to_ascii_lowercase();
        let hexadecimal = digits.chars().all(|c| c.is_ascii_hexdigit());
        match digits.len() {
            6 if hexadecimal => Ok(Self(format!("#{digits}"))),
            3 if hexadecimal => {
                let doubled = digits.chars().flat_map(|digit| [digit, digit]);
                Ok(Self(std::iter::once('#').chain(doubled).collect()))
            }
            _ => {
                let reason = format!("not a colour: {}", quoted(text));
                Err(Invalid::new(reason, "write `#` and six hexadecimal digits, such as `#1e90ff`"))
            }
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$" })
    }

    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }
}
