//! Bundling for macOS: Tauri makes the app bundle. It is signed, notarised and stapled before anything is made of it; Tauri
//! itself would leave the disk image without a ticket.

use config_schema::BundleFormat;
use serde_json::json;

use super::{BundleJob, only_entry, tauri_bundle};
use crate::{printer::Printer, sign::SigningSession};

/// Makes the finished app bundle, and the disk image if it is wanted; the archive is made of the same app.
pub(super) fn bundle(
    job: &BundleJob<'_>,
    session: &SigningSession,
    printer: &Printer,
) -> anyhow::Result<()> {
    tauri_bundle(job, &[BundleFormat::App], json!({}), printer)?;
    let app = only_entry(&job.out().join("macos"), "app")?;
    session.sign_app(&app)?;
    if job.formats.contains(&BundleFormat::Dmg) {
        let image = job.file(BundleFormat::Dmg);
        fs_err::create_dir_all(image.parent().unwrap_or(job.tree))?;
        let volume = app.file_stem().unwrap_or_default().to_string_lossy();
        session.make_dmg(&app, &image, &volume)?;
    }
    Ok(())
}
