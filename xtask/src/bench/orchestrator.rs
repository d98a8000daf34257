//! The benchmarks of `deskwright`, which are its own: they need its library, and this crate does without.

use anyhow::Context as _;
use serde::Deserialize;

use super::Figure;
use crate::{printer::Printer, process, workspace::root};

/// By the names of their files in `orchestrator/benches`.
const BENCHES: [&str; 2] = ["start", "collect"];

/// What each of them prints, among others.
#[derive(Debug, Deserialize)]
struct Told {
    figures: Vec<Figure>,
}

/// Measures all of it, optimised.
pub(super) fn measure(printer: &Printer) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for bench in BENCHES {
        printer.status("Measuring", format_args!("deskwright: {bench}"));
        let mut command = process::cargo(root());
        command.args(["bench", "--locked", "--package", "orchestrator", "--bench", bench]);
        let told = process::read(command.args(["--", "--format", "json"]))?;
        let told: Told = serde_json::from_str(&told)
            .with_context(|| format!("the benchmark does not tell figures: {bench}"))?;
        figures.extend(told.figures);
    }
    Ok(figures)
}
