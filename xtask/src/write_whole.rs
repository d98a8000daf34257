//! Folders that appear whole or not at all.

use std::path::Path;

use anyhow::Context as _;

use crate::error;

/// Fills a folder beside `out` and then puts it in its place. `out` must not be there, or be empty.
pub(crate) fn folder(
    out: &Path,
    fill: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let out = std::path::absolute(out)?;
    if out.is_dir() && fs_err::read_dir(&out)?.next().is_none() {
        fs_err::remove_dir(&out)?;
    }
    if out.exists() {
        return Err(error::usage(
            format!("already there: `{}`", out.display()),
            "name a new folder with `--out`, or remove this one",
        ));
    }
    let parent = out.parent().context("a folder is below another")?;
    fs_err::create_dir_all(parent)?;
    let temporary = tempfile::Builder::new().prefix(".writing-").tempdir_in(parent)?;
    fill(temporary.path())?;
    fs_err::rename(temporary.path(), &out)?;
    // It is no longer the temporary folder's to remove.
    let _ = temporary.keep();
    Ok(())
}
