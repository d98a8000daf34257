//! Arguments by name (`{"a": 1}`) or by place (`[1]`). Leave this file as it is.
#![allow(dead_code, reason = "no plugin needs all of it")]

use serde_json::Value;

/// An argument, or nothing where it is missing or null.
pub fn find<'a>(args: &'a Value, place: usize, name: &str) -> Option<&'a Value> {
    let found = match args {
        Value::Array(list) => list.get(place),
        other => other.get(name),
    };
    found.filter(|value| !value.is_null())
}

/// A number that must be there.
pub fn number(args: &Value, place: usize, name: &str) -> Result<f64, String> {
    let value = find(args, place, name).ok_or_else(|| missing(name))?;
    value.as_f64().ok_or_else(|| format!("`{name}` is not a number: {value}"))
}

/// A whole number from 0 on, or what it is when it is missing.
pub fn count(args: &Value, place: usize, name: &str, default: u64) -> Result<u64, String> {
    let Some(value) = find(args, place, name) else { return Ok(default) };
    value.as_u64().ok_or_else(|| format!("`{name}` is not a whole number: {value}"))
}

/// A text that must be there.
pub fn text<'a>(args: &'a Value, place: usize, name: &str) -> Result<&'a str, String> {
    let value = find(args, place, name).ok_or_else(|| missing(name))?;
    value.as_str().ok_or_else(|| format!("`{name}` is not a text: {value}"))
}

/// A text, or what it is when it is missing.
pub fn text_or<'a>(
    args: &'a Value,
    place: usize,
    name: &str,
    default: &'a str,
) -> Result<&'a str, String> {
    find(args, place, name).map_or(Ok(default), |_| text(args, place, name))
}

/// Yes or no; no when it is missing.
pub fn flag(args: &Value, place: usize, name: &str) -> Result<bool, String> {
    let Some(value) = find(args, place, name) else { return Ok(false) };
    value.as_bool().ok_or_else(|| format!("`{name}` is neither true nor false: {value}"))
}

fn missing(name: &str) -> String {
    format!("missing argument: `{name}`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_argument_is_found_by_name_and_by_place() {
        assert_eq!(number(&json!({"a": 1, "b": 2.5}), 1, "b"), Ok(2.5));
        assert_eq!(number(&json!([1, 2.5]), 1, "b"), Ok(2.5));
        assert_eq!(text_or(&json!([]), 0, "a", "x"), Ok("x"));
        assert_eq!(text_or(&json!({"a": null}), 0, "a", "x"), Ok("x"));
        assert_eq!(count(&json!([7]), 0, "a", 1), Ok(7));
        assert_eq!(flag(&json!([]), 0, "a"), Ok(false));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert_eq!(number(&json!([]), 0, "a").unwrap_err(), "missing argument: `a`");
        assert_eq!(number(&json!(["1"]), 0, "a").unwrap_err(), "`a` is not a number: \"1\"");
        assert!(count(&json!([-1]), 0, "a", 1).is_err());
        assert!(text_or(&json!([1]), 0, "a", "x").is_err());
        assert!(flag(&json!(["yes"]), 0, "a").is_err());
    }
}
