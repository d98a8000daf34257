//! What a plugin costs that the page calls. What the host itself costs is measured by `cargo xtask plugin bench`.

use super::{Figure, figures_of};
use crate::printer::Printer;

/// Measures in a real window.
pub(super) fn measure(printer: &Printer) -> anyhow::Result<Vec<Figure>> {
    printer.status("Measuring", "plugins, called from the page");
    figures_of("tests", "page", &[])
}
