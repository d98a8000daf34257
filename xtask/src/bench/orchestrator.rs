//! The benchmarks of `deskwright`, which are its own: they need its library, and this crate does without.

use super::{Figure, figures_of};
use crate::printer::Printer;

/// By the names of their files in `orchestrator/benches`.
const BENCHES: [&str; 2] = ["start", "collect"];

/// Measures all of it, optimised.
pub(super) fn measure(printer: &Printer) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for bench in BENCHES {
        printer.status("Measuring", format_args!("deskwright: {bench}"));
        figures.extend(figures_of("orchestrator", bench, &[])?);
    }
    Ok(figures)
}
