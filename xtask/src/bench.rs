//! `bench`: speed and size as ratios to a baseline of the same run, on the same machine, from the same page.

mod app;
mod bridge;
mod desk;
mod empty_app;
mod orchestrator;
mod plugins;
mod start;

use std::{borrow::Cow, env, ffi::OsStr};

use anyhow::Context as _;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{printer::Printer, process, workspace::root};

/// What is measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Suite {
    /// Rendering, stamping, and the second app
    Desk,
    /// Size and start of an app, beside an empty Tauri app with the same page and profile
    App,
    /// `deskwright`: its start, long lists, and downloads
    Orchestrator,
    /// Plugins, called from the page
    Plugins,
    /// Files through the bridge, beside a bare app and Tauri's own plugin
    Bridge,
}

/// One measured figure.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figure {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: f64,
    pub(crate) unit: Cow<'static, str>,
    /// What it was compared with in this run; none when the goal is absolute.
    pub(crate) baseline: Option<f64>,
    /// What stands beside it for orientation when the goal is absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<f64>,
    /// The most that the project allows itself: a ratio when there is a baseline, else a value.
    pub(crate) goal: f64,
}

impl Figure {
    fn measure(&self) -> f64 {
        self.baseline.map_or(self.value, |baseline| self.value / baseline)
    }

    fn line(&self) -> String {
        let verdict = if self.measure() <= self.goal { "ok" } else { "over" };
        let value = format!("{:.3} {}", self.value, self.unit);
        let measured = match self.baseline {
            Some(baseline) => format!(
                "{:.2} x the baseline's {baseline:.3} (goal {:.2} x)",
                self.measure(),
                self.goal
            ),
            None => format!("(goal {} {}{})", self.goal, self.unit, self.beside()),
        };
        format!("{verdict:>5}  {:<44} {value:>14}  {measured}", self.name)
    }

    fn beside(&self) -> String {
        self.beside.map_or_else(String::new, |beside| format!(", beside {beside:.3}"))
    }
}

/// Measures and prints. A figure over its goal is told, and fails nothing: machines differ, and people read this.
pub(crate) fn run(suites: &[Suite], printer: &Printer) -> anyhow::Result<()> {
    let suites = if suites.is_empty() { Suite::value_variants() } else { suites };
    let mut figures = Vec::new();
    for suite in suites {
        figures.extend(match suite {
            Suite::Desk => desk::measure(printer)?,
            Suite::App => app::measure(printer)?,
            Suite::Orchestrator => orchestrator::measure(printer)?,
            Suite::Plugins => plugins::measure(printer)?,
            Suite::Bridge => bridge::measure(printer)?,
        });
    }
    let lines: Vec<_> = figures.iter().map(Figure::line).collect();
    printer.data(&lines.join("\n"), &json!({ "figures": figures }))
}

/// The figures that a benchmark of a package prints, optimised.
fn figures_of(
    package: &str,
    bench: &str,
    variables: &[(&str, &OsStr)],
) -> anyhow::Result<Vec<Figure>> {
    /// What it prints, among others.
    #[derive(Deserialize)]
    struct Told {
        figures: Vec<Figure>,
    }
    let mut command = process::cargo(root());
    command.env("DESKWRIGHT_XTASK", env::current_exe()?).envs(variables.iter().copied());
    command.args(["bench", "--locked", "--package", package, "--bench", bench]);
    let told = process::read(command.args(["--", "--format", "json"]))?;
    let told: Told = serde_json::from_str(&told)
        .with_context(|| format!("the benchmark does not tell figures: {bench}"))?;
    Ok(told.figures)
}

/// The middle one of some measurements.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
