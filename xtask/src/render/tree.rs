//! A rendered project in memory, and its way to disk: whole or not at all.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use anyhow::Context as _;
use runtime_settings::{MANIFEST_FILE, PACK_DIR};

use crate::error;

/// Files by path, with `/` between the parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RenderedTree {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl RenderedTree {
    pub(super) fn new(files: BTreeMap<String, Arc<[u8]>>) -> RenderedTree {
        RenderedTree { files }
    }

    /// Number of files and their size in bytes.
    pub(crate) fn totals(&self) -> (usize, usize) {
        (self.files.len(), self.files.values().map(|bytes| bytes.len()).sum())
    }

    /// Writes the tree to a folder beside `dir` and then puts it in its place. An earlier rendered project is replaced;
    /// a folder that is none is left alone.
    pub(crate) fn write_to(&self, dir: &Path) -> anyhow::Result<()> {
        let dir = std::path::absolute(dir)?;
        let parent =
            dir.parent().context("a project cannot be rendered into the root of a disk")?;
        if is_occupied(&dir)? {
            return Err(error::usage(
                format!(
                    "the folder is not empty and holds no rendered project: `{}`",
                    dir.display()
                ),
                "name a new folder with `--out`",
            ));
        }
        fs_err::create_dir_all(parent)?;
        let temporary = tempfile::Builder::new()
            .prefix(".rendering-")
            .tempdir_in(parent)
            .with_context(|| format!("failed to write to the folder: `{}`", parent.display()))?;
        self.write_files(temporary.path())?;
        replace(temporary, &dir)
    }

    fn write_files(&self, root: &Path) -> anyhow::Result<()> {
        for (path, bytes) in &self.files {
            let path = root.join(path);
            fs_err::create_dir_all(path.parent().unwrap_or(root))?;
            fs_err::write(path, bytes)?;
        }
        Ok(())
    }
}

/// Is there something that rendering must not destroy?
fn is_occupied(dir: &Path) -> anyhow::Result<bool> {
    if !dir.exists() {
        return Ok(false);
    }
    // A rendered project that someone keeps under version control is theirs by now.
    if dir.join(PACK_DIR).join(MANIFEST_FILE).is_file() && !dir.join(".git").exists() {
        return Ok(false);
    }
    Ok(!dir.is_dir() || fs_err::read_dir(dir)?.next().is_some())
}

/// Puts the finished folder in place of the old one, which goes only when the new one is there.
fn replace(finished: tempfile::TempDir, dir: &Path) -> anyhow::Result<()> {
    let old = finished.path().with_extension("old");
    let had_old = dir.exists();
    if had_old {
        fs_err::rename(dir, &old)?;
    }
    if let Err(error) = fs_err::rename(finished.path(), dir) {
        if had_old {
            fs_err::rename(&old, dir)?;
        }
        return Err(error.into());
    }
    // What was renamed away is no longer the temporary folder's to remove.
    let _ = finished.keep();
    if had_old {
        fs_err::remove_dir_all(&old)?;
    }
    Ok(())
}
