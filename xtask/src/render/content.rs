//! The web content of an app: reads the folder that becomes the pack's `web`.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use config_schema::Content;
use walkdir::{DirEntry, WalkDir};

use crate::error;

/// Path inside the content folder (with `/`) and bytes, in order.
pub(crate) type ContentFiles = Vec<(String, Arc<[u8]>)>;

/// What editors and systems leave behind, and what no app wants to ship.
const LEFT_OUT: &[&str] = &[".git", ".DS_Store", "Thumbs.db", "desktop.ini"];
/// Largest content (bytes). Installers of some systems end at 2 GiB; a folder of that size is a mistake anyway.
const MAX_BYTES: u64 = 1 << 30;

/// Every file of the content; nothing for an app that shows a URL.
pub(crate) fn read(content: &Content, base: &Path) -> anyhow::Result<ContentFiles> {
    let Content::Dir { dir, build, .. } = content else { return Ok(Vec::new()) };
    let root = base.join(dir);
    // Before its first build such an app has no content yet; whoever needs it runs the build first.
    if build.is_some() && !root.exists() {
        return Ok(Vec::new());
    }
    let mut files = ContentFiles::new();
    let mut total = 0;
    let walk = WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !is_left_out(entry));
    for entry in walk {
        let entry =
            entry.with_context(|| format!("failed to read the content: `{}`", root.display()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = relative(&root, entry.path())?;
        if entry.file_type().is_symlink() {
            return Err(error::hinted(
                format!("a link in the content folder: `{path}`"),
                "put a copy of the file there: links are not packed, since they may leave the folder",
            ));
        }
        let bytes = fs_err::read(entry.path())?;
        total += bytes.len() as u64;
        if total > MAX_BYTES {
            return Err(error::hinted(
                format!("the content folder has more than {} MB", MAX_BYTES / 1_000_000),
                "check that `content.dir` names the built web app and not the whole project",
            ));
        }
        files.push((path, bytes.into()));
    }
    Ok(files)
}

fn is_left_out(entry: &DirEntry) -> bool {
    entry.depth() > 0 && LEFT_OUT.iter().any(|name| entry.file_name() == *name)
}

fn relative(root: &Path, path: &Path) -> anyhow::Result<String> {
    let parts: Option<Vec<_>> = path.strip_prefix(root)?.iter().map(|part| part.to_str()).collect();
    let parts =
        parts.with_context(|| format!("a file name that is not UTF-8: `{}`", path.display()))?;
    Ok(parts.join("/"))
}
