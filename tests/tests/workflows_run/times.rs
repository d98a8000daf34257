//! How long each step took, as a table for the documentation: `times.json` in the box.

use std::{path::Path, time::Duration};

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::cloud::Step;

/// Writes down a run; an earlier one of the same title is replaced.
pub(crate) fn note(root: &Path, title: &str, elapsed: Duration, steps: &[Step]) -> Result<()> {
    let file = root.join("times.json");
    let text = fs_err::read_to_string(&file).unwrap_or_default();
    let mut table: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
    let rows: Vec<_> = steps
        .iter()
        .map(|step| json!({ "job": step.job, "step": step.name, "result": step.result, "seconds": rounded(step.seconds) }))
        .collect();
    table.insert(
        title.to_owned(),
        json!({ "seconds": rounded(elapsed.as_secs_f64()), "steps": rows }),
    );
    Ok(fs_err::write(file, format!("{:#}\n", Value::Object(table)))?)
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}
