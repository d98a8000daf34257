//! What is told about a column, gathered value by value.

use std::hash::{BuildHasherDefault, DefaultHasher};

use hyperloglogplus::{HyperLogLog, HyperLogLogPF};
use serde_json::{Value, json};

use super::table;

/// Registers of an estimate, as a power of two: 3 KiB for a column, and an error of about 1.6 %.
const PRECISION: u8 = 12;
/// Bytes of the least and the greatest text that are told.
const MAX_SHOWN: usize = 64;

/// What a value looks like; a column is what all its values are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Number,
    Date,
    Boolean,
    Text,
}

impl Kind {
    fn of(field: &[u8]) -> Kind {
        let digits = field.strip_prefix(b"-").unwrap_or(field);
        if !digits.is_empty() && digits.len() < 16 && digits.iter().all(u8::is_ascii_digit) {
            Kind::Integer
        } else if is_date(field) {
            Kind::Date
        } else if table::number(field).is_some() {
            Kind::Number
        } else if matches!(field, b"true" | b"false") {
            Kind::Boolean
        } else {
            Kind::Text
        }
    }

    fn with(self, other: Kind) -> Kind {
        match (self, other) {
            (a, b) if a == b => a,
            (Kind::Integer, Kind::Number) | (Kind::Number, Kind::Integer) => Kind::Number,
            _ => Kind::Text,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::Boolean => "boolean",
            Kind::Text => "text",
        }
    }
}

/// `2025-01-31`, with anything after it, such as a time.
fn is_date(field: &[u8]) -> bool {
    let digit = |places: &[usize]| places.iter().all(|place| field[*place].is_ascii_digit());
    field.len() >= 10
        && digit(&[0, 1, 2, 3, 5, 6, 8, 9])
        && (field[4], field[7]) == (b'-', b'-')
        && matches!(field.get(10), None | Some(b'T' | b' '))
}

/// What is known of a column so far.
pub struct Column {
    name: String,
    /// None before the first value.
    kind: Option<Kind>,
    count: u64,
    nulls: u64,
    /// Of those values that are numbers.
    least: f64,
    greatest: f64,
    mean: f64,
    numbers: u64,
    /// In the order of their bytes, which for dates is that of time.
    first: Vec<u8>,
    last: Vec<u8>,
    distinct: HyperLogLogPF<[u8], BuildHasherDefault<DefaultHasher>>,
}

impl Column {
    pub fn new(name: &[u8]) -> Result<Column, String> {
        let distinct = HyperLogLogPF::new(PRECISION, BuildHasherDefault::default());
        Ok(Column {
            name: String::from_utf8_lossy(name).into_owned(),
            kind: None,
            count: 0,
            nulls: 0,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
            mean: 0.0,
            numbers: 0,
            first: Vec::new(),
            last: Vec::new(),
            distinct: distinct.map_err(|error| error.to_string())?,
        })
    }

    /// Takes in a value; an empty one, and one that is not there, is a null.
    pub fn add(&mut self, field: Option<&[u8]>) {
        let field = field.unwrap_or_default().trim_ascii();
        if field.is_empty() {
            self.nulls += 1;
            return;
        }
        self.count += 1;
        self.distinct.insert(field);
        let kind = Kind::of(field);
        self.kind = Some(self.kind.map_or(kind, |known| known.with(kind)));
        match kind {
            Kind::Integer | Kind::Number => self.add_number(field),
            Kind::Date | Kind::Boolean | Kind::Text => {}
        }
        self.add_text(field);
    }

    fn add_number(&mut self, field: &[u8]) {
        let Some(number) = table::number(field) else { return };
        self.numbers += 1;
        self.least = self.least.min(number);
        self.greatest = self.greatest.max(number);
        // A running mean loses less than a sum that grows large.
        self.mean += (number - self.mean) / self.numbers as f64;
    }

    fn add_text(&mut self, field: &[u8]) {
        let shown = &field[..field.len().min(MAX_SHOWN)];
        if self.count == 1 || shown < &self.first[..] {
            self.first.clear();
            self.first.extend_from_slice(shown);
        }
        if shown > &self.last[..] {
            self.last.clear();
            self.last.extend_from_slice(shown);
        }
    }

    pub fn report(&mut self) -> Value {
        let text = |bytes: &[u8]| json!(String::from_utf8_lossy(bytes));
        let (min, max, mean) = match self.kind {
            None => (Value::Null, Value::Null, Value::Null),
            Some(Kind::Integer) => {
                (json!(self.least as i64), json!(self.greatest as i64), json!(self.mean))
            }
            Some(Kind::Number) => (json!(self.least), json!(self.greatest), json!(self.mean)),
            Some(_) => (text(&self.first), text(&self.last), Value::Null),
        };
        json!({
            "name": self.name,
            "type": self.kind.map_or("empty", Kind::name),
            "count": self.count,
            "nulls": self.nulls,
            "min": min,
            "max": max,
            "mean": mean,
            "distinct": self.distinct.count().round() as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Value {
        let mut column = Column::new(b"c").unwrap();
        values.iter().for_each(|value| column.add(Some(value.as_bytes())));
        column.report()
    }

    #[test]
    fn a_column_is_what_all_its_values_are() {
        for (values, kind) in [
            (&["1", "-20", ""][..], "integer"),
            (&["1", "2.5", "1e3"], "number"),
            (&["2025-01-31", "2024-12-01T10:00:00Z"], "date"),
            (&["true", "false"], "boolean"),
            (&["1", "x"], "text"),
            (&["2025-01-31", "1"], "text"),
            (&["99999999999999999999"], "number"),
            (&["NaN", "inf"], "text"),
            (&["", " "], "empty"),
        ] {
            assert_eq!(of(values)["type"], kind, "{values:?}");
        }
    }

    #[test]
    fn numbers_have_least_greatest_and_mean() {
        let told = of(&["3", "", "-1", "4"]);
        assert_eq!(
            (&told["min"], &told["max"], &told["mean"]),
            (&json!(-1), &json!(4), &json!(2.0))
        );
        assert_eq!((&told["count"], &told["nulls"]), (&json!(3), &json!(1)));
    }

    #[test]
    fn texts_have_first_and_last() {
        let told = of(&["pear", "apple", "plum"]);
        assert_eq!((&told["min"], &told["max"]), (&json!("apple"), &json!("plum")));
        assert_eq!(told["mean"], Value::Null);
    }

    #[test]
    fn how_many_differ_is_estimated() {
        for expected in [1_u64, 100, 5_000, 200_000] {
            let mut column = Column::new(b"c").unwrap();
            for round in 0..expected * 2 {
                column.add(Some(format!("value {}", round % expected).as_bytes()));
            }
            let told = column.report()["distinct"].as_u64().unwrap();
            assert!(told.abs_diff(expected) <= expected / 20, "{told}, not {expected}");
        }
    }
}
