//! What came out of an artifact, verified: its files, and what was found of them.

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use anyhow::Context as _;

use super::{
    check::Checked,
    fault::Fault,
    land::write_synced,
    place::{Work, sync_folder},
    unpack::{self, Unpacked},
};

/// The files as they were in the archive.
const FILES: &str = "files";
/// What was found of them.
const CHECKED_FILE: &str = "checked.json";

/// Unpacks an archive and lets `check` look at the files. The folder `to` is there only when all is well.
pub(super) fn make(
    work: &Work,
    archive: &Path,
    to: &Path,
    abandoned: &AtomicBool,
    check: impl FnOnce(&Path, &[Unpacked]) -> Result<Vec<Checked>, Fault>,
) -> Result<Vec<Checked>, Fault> {
    let scratch = work.scratch()?;
    let files = scratch.path().join(FILES);
    fs_err::create_dir(&files)?;
    let unpacked = unpack::unpack(archive, &files, abandoned)?;
    let checked = check(&files, &unpacked)?;
    let text = serde_json::to_vec(&checked).map_err(anyhow::Error::from)?;
    write_synced(&scratch.path().join(CHECKED_FILE), &text)?;
    super::place::remove(to)?;
    fs_err::rename(scratch.path(), to)?;
    sync_folder(&work.dir)?;
    // It has another name now.
    let _ = scratch.keep();
    Ok(checked)
}

pub(super) fn files(tree: &Path) -> PathBuf {
    tree.join(FILES)
}

/// What was found of the files.
pub(super) fn read(tree: &Path) -> anyhow::Result<Vec<Checked>> {
    let bytes = fs_err::read(tree.join(CHECKED_FILE))?;
    serde_json::from_slice(&bytes).with_context(|| format!("not understood: {}", tree.display()))
}
