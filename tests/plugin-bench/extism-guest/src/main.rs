//! The same work as `divide` of the plugin `math`: JSON in, a division, JSON out.

use extism_pdk::{FnResult, plugin_fn};
use serde_json::{Value, json};

/// `{"fn": "divide", "args": {"a": …, "b": …}}` to `{"ok": true, "value": …}`.
#[plugin_fn]
pub fn divide(input: String) -> FnResult<String> {
    let request: Value = serde_json::from_str(&input)?;
    let number = |name: &str| request["args"][name].as_f64().unwrap_or(0.0);
    Ok(json!({"ok": true, "value": number("a") / number("b")}).to_string())
}

/// A program, since that is what every toolchain for this target links; Extism calls what it exports.
fn main() {}
