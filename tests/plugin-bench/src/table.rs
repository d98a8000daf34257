//! The table: what was measured, what it is compared with, and the goal.

use anyhow::Result;
use serde::Serialize;

/// One figure.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) ours: String,
    pub(crate) baseline: String,
    /// Ours through the baseline's, or the other way round: `goal` says which is better.
    pub(crate) ratio: Option<f64>,
    pub(crate) goal: &'static str,
}

pub(crate) fn print(rows: &[Row], json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(rows)?);
        return Ok(());
    }
    let titles = ["figure", "ours", "beside", "ratio", "goal"].map(str::to_owned);
    let mut lines = vec![titles];
    for row in rows {
        let ratio = row.ratio.map_or(String::new(), |ratio| match ratio {
            large if large >= 100.0 => format!("{large:.0} ×"),
            small => format!("{small:.2} ×"),
        });
        lines.push([
            row.what.into(),
            row.ours.clone(),
            row.baseline.clone(),
            ratio,
            row.goal.into(),
        ]);
    }
    let width = |column: usize| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    };
    let widths = [0, 1, 2, 3, 4].map(width);
    for line in &lines {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    Ok(())
}
