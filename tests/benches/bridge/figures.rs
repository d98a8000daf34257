//! One measured figure, in the words of `cargo xtask bench`.

use std::fmt;

use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// The same, done by something else in this run.
    pub(crate) baseline: Option<f64>,
    /// The most: a ratio where there is a baseline, else a value.
    pub(crate) goal: f64,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figure { name, value, unit, baseline, goal } = self;
        match baseline {
            Some(baseline) => {
                let ratio = value / baseline;
                write!(f, "{name}: {value:.1} {unit}, {ratio:.2} x {baseline:.1} (goal {goal} x)")
            }
            None => write!(f, "{name}: {value:.1} {unit} (goal {goal} {unit})"),
        }
    }
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
