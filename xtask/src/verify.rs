//! `verify`: whether installers were tried.

use std::path::Path;

use crate::bundle::BundleRecord;

/// Whether the installers of the record, as they are, were tried and found good.
pub(crate) fn was_verified(_tree: &Path, _record: &BundleRecord) -> anyhow::Result<bool> {
    Ok(false)
}
