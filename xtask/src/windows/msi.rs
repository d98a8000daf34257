//! The Windows Installer package.

use std::path::Path;

use super::Bundling;

pub(super) fn make(_: &Bundling<'_>, _: &Path) -> anyhow::Result<()> {
    anyhow::bail!("none")
}
