//! Which name in `fn` means which function.

use serde_json::Value;

use crate::functions::*;

pub fn dispatch(op: &str, args: &Value) -> Result<Value, String> {
    match op {
        "add" => add(args),
        "subtract" => subtract(args),
        "multiply" => multiply(args),
        "divide" => divide(args),
        "mean" => mean(args),
        "fibonacci" => fibonacci(args),
        "primes" => primes(args),
        _ => Err(format!("unknown function: {op}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_functions() {
        let args = json!({"a": 20, "b": 5});
        let value = |op| dispatch(op, &args).unwrap();
        assert_eq!([value("add"), value("subtract")], [json!(25.0), json!(15.0)]);
        assert_eq!([value("multiply"), value("divide")], [json!(100.0), json!(4.0)]);
        assert_eq!(dispatch("spin", &args).unwrap_err(), "unknown function: spin");
    }
}
