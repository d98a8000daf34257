//! Which name in `fn` means which function. Add a line for each; keep name and signature of `dispatch`.

use serde_json::Value;

use crate::functions::*;

pub fn dispatch(op: &str, args: &Value) -> Result<Value, String> {
    match op {
        "greet" => greet(args),
        "divide" => divide(args),
        "writeFile" => write_file(args),
        "readFile" => read_file(args),
        _ => Err(format!("unknown function: {op}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_a_function_or_an_error() {
        assert_eq!(dispatch("divide", &json!([20, 5])), Ok(json!(4.0)));
        assert_eq!(dispatch("multiply", &json!([])).unwrap_err(), "unknown function: multiply");
    }
}
