//! `dev` on the command line.

use std::path::PathBuf;

use clap::Args;

use crate::{
    dev,
    printer::Printer,
    workspace::{DEFAULT_CONFIG, root},
};

/// Run an app while you work on it: what you change shows at once
///
/// The page reloads when the content changes, and the app starts again when the config, the icon, an injected file or a
/// plugin does. Every call of the bridge is printed.
#[derive(Debug, Args)]
pub(super) struct DevArgs {
    /// The app's config
    config: Option<PathBuf>,
}

impl DevArgs {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        dev::run(self.config.unwrap_or_else(|| root().join(DEFAULT_CONFIG)), printer)
    }
}
