//! Numbers with limits: window sides, zoom, what plugins may use, and the version of the schema.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::Invalid;
use crate::defaults;

/// Width or height of a window in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side(u32);

/// Zoom factor of the page; 1 is 100 %.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Zoom(f64);

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole<const MIN: u32, const MAX: u32>(u32);

/// The version of the form of `app.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion(u32);

/// Smallest side of a window (logical pixels): a title bar with its buttons still fits.
const MIN_SIDE: u32 = 100;

/// Largest side of a window (logical pixels): X11 and some drivers fail above 32,767 physical pixels, which scale 2 reaches here.
const MAX_SIDE: u32 = 16_384;

/// Zoom limits (factor), those of the browsers.
const MIN_ZOOM: f64 = 0.25;
const MAX_ZOOM: f64 = 5.0;

impl Side {
    pub fn get(self) -> u32 {
        self.0
    }

    fn from_number(number: f64) -> Result<Self, Invalid> {
        whole(number, MIN_SIDE, MAX_SIDE).map(Self)
    }
}

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    pub fn get(self) -> u32 {
        self.0
    }

    fn from_number(number: f64) -> Result<Self, Invalid> {
        whole(number, MIN, MAX).map(Self)
    }
}

impl Zoom {
    pub fn get(self) -> f64 {
        self.0
    }

    fn from_number(number: f64) -> Result<Self, Invalid> {
        if (MIN_ZOOM..=MAX_ZOOM).contains(&number) {
            return Ok(Self(number));
        }
        let reason = format!("out of range: {}", shown(number));
        Err(Invalid::new(reason, format!("write a number from {MIN_ZOOM} to {MAX_ZOOM}")))
    }
}

impl SchemaVersion {
    pub fn get(self) -> u32 {
        self.0
    }

    /// Newer versions pass here and are refused as a whole config: their fields may mean anything.
    fn from_number(number: f64) -> Result<Self, Invalid> {
        whole(number, 1, u32::MAX).map(Self).map_err(|invalid| {
            Invalid::new(invalid.reason, format!("write {}", defaults::SCHEMA_VERSION))
        })
    }
}

fn whole(number: f64, min: u32, max: u32) -> Result<u32, Invalid> {
    let fix = || format!("write a whole number from {min} to {max}");
    if number.fract() != 0.0 {
        return Err(Invalid::new(format!("not a whole number: {number}"), fix()));
    }
    if !(f64::from(min)..=f64::from(max)).contains(&number) {
        return Err(Invalid::new(format!("out of range: {}", shown(number)), fix()));
    }
    // Exact: the range check leaves only whole numbers that a `u32` holds.
    Ok(number as u32)
}

/// A number as people write it: large ones with an exponent instead of hundreds of digits.
fn shown(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:e}") }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }
}

/// Reads a number type through its `from_number` and shows `$schema` for it.
macro_rules! number_form {
    ($type:ident $(<const $min:ident, const $max:ident>)?, $schema:tt) => {
        impl<'de $(, const $min: u32, const $max: u32)?> Deserialize<'de> for $type $(<$min, $max>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = deserializer.deserialize_f64(NumberVisitor)?;
                Self::from_number(number).map_err(D::Error::custom)
            }
        }

        impl $(<const $min: u32, const $max: u32>)? JsonSchema for $type $(<$min, $max>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

number_form!(Side, { "type": "integer", "minimum": MIN_SIDE, "maximum": MAX_SIDE });
number_form!(Whole<const MIN, const MAX>, { "type": "integer", "minimum": MIN, "maximum": MAX });
number_form!(Zoom, { "type": "number", "minimum": MIN_ZOOM, "maximum": MAX_ZOOM });
number_form!(SchemaVersion, { "type": "integer", "const": defaults::SCHEMA_VERSION });
