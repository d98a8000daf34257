//! Keys, written as accelerators.

use std::borrow::Cow;

use runtime_settings::{Accelerator, AcceleratorError};
use schemars::{Schema, json_schema};

use super::{Invalid, TextForm, plain_text, text_form};

/// One accelerator, or several that are pressed one after the other, as the runtime reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accelerators(String);

text_form!(Accelerators);
plain_text!(Accelerators);

impl Accelerators {
    /// Why this cannot be a key of the whole desktop.
    pub(crate) fn not_global(&self) -> Option<AcceleratorError> {
        Accelerator::IS_MACOS
            .into_iter()
            .find_map(|is_macos| Accelerator::parse_global(&self.0, is_macos).err())
    }

    /// Does it mean the same keys on some system?
    pub(crate) fn clashes(&self, other: &Accelerators) -> bool {
        Accelerator::IS_MACOS.into_iter().any(|is_macos| {
            let parse = |text: &Accelerators| Accelerator::parse_sequence(&text.0, is_macos);
            parse(self).is_ok_and(|strokes| parse(other) == Ok(strokes))
        })
    }
}

impl TextForm for Accelerators {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let parse = |is_macos| Accelerator::parse_sequence(text, is_macos).err();
        match Accelerator::IS_MACOS.into_iter().find_map(parse) {
            None => Ok(Self(text.to_owned())),
            Some(error) => {
                let (reason, fix) = error.reason_and_fix();
                Err(Invalid::new(reason, fix))
            }
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 200 })
    }

    fn schema_name() -> Cow<'static, str> {
        "Accelerators".into()
    }
}
