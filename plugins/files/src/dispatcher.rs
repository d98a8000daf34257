//! Which name in `fn` means which function.

use serde_json::Value;

use crate::functions::*;

pub fn dispatch(op: &str, args: &Value) -> Result<Value, String> {
    match op {
        "write" => write(args),
        "append" => append(args),
        "read" => read(args),
        "list" => list(args),
        "remove" => remove(args),
        "tree" => tree(args),
        "usage" => usage(args),
        _ => Err(format!("unknown function: {op}")),
    }
}
