//! Which name in `fn` means which function.

use serde_json::Value;

use crate::functions::*;

pub fn dispatch(op: &str, args: &Value) -> Result<Value, String> {
    match op {
        "generate" => generate(args),
        "import" => import(args),
        "filter" => filter(args),
        "top" => top(args),
        _ => Err(format!("unknown function: {op}")),
    }
}
