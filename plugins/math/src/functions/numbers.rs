//! Arithmetic: two numbers as `{"a": 20, "b": 5}` or `[20, 5]`, a list as `{"values": [1, 2]}` or `[[1, 2]]`.

use serde_json::{Value, json};

use crate::arguments;

pub fn add(args: &Value) -> Result<Value, String> {
    of_two(args, |a, b| a + b)
}

pub fn subtract(args: &Value) -> Result<Value, String> {
    of_two(args, |a, b| a - b)
}

pub fn multiply(args: &Value) -> Result<Value, String> {
    of_two(args, |a, b| a * b)
}

pub fn divide(args: &Value) -> Result<Value, String> {
    if arguments::number(args, 1, "b") == Ok(0.0) {
        return Err("division by zero".into());
    }
    of_two(args, |a, b| a / b)
}

/// The arithmetic mean of a list.
pub fn mean(args: &Value) -> Result<Value, String> {
    let values = arguments::find(args, 0, "values").and_then(Value::as_array);
    let values = values.ok_or("`values` is not a list of numbers")?;
    let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
    let numbers = numbers.ok_or("`values` is not a list of numbers")?;
    if numbers.is_empty() {
        return Err("the mean of nothing".into());
    }
    finite(numbers.iter().sum::<f64>() / numbers.len() as f64)
}

fn of_two(args: &Value, operation: impl Fn(f64, f64) -> f64) -> Result<Value, String> {
    finite(operation(arguments::number(args, 0, "a")?, arguments::number(args, 1, "b")?))
}

/// JSON has no infinity.
fn finite(number: f64) -> Result<Value, String> {
    if number.is_finite() { Ok(json!(number)) } else { Err("the result is too large".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_come_by_name_or_by_place() {
        assert_eq!(divide(&json!({"a": 20, "b": 5})), Ok(json!(4.0)));
        assert_eq!(divide(&json!([20, 5])), Ok(json!(4.0)));
        assert_eq!(subtract(&json!([1, 2.5])), Ok(json!(-1.5)));
    }

    #[test]
    fn what_has_no_result_is_an_error() {
        assert_eq!(divide(&json!([1, 0])).unwrap_err(), "division by zero");
        assert_eq!(multiply(&json!([1e300, 1e300])).unwrap_err(), "the result is too large");
        assert_eq!(add(&json!({"a": 1})).unwrap_err(), "missing argument: `b`");
        assert_eq!(add(&json!(["1", 2])).unwrap_err(), "`a` is not a number: \"1\"");
    }

    #[test]
    fn a_mean_is_of_numbers() {
        assert_eq!(mean(&json!([[1, 2, 3, 4]])), Ok(json!(2.5)));
        assert_eq!(mean(&json!({"values": [5]})), Ok(json!(5.0)));
        assert!(mean(&json!([[]])).is_err() && mean(&json!([["1"]])).is_err());
    }
}
