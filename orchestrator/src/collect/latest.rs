//! `latest` of an app: its newest build, by when its run began and not by when somebody collected it.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    land::BuildFile,
    place::{remove, sync_folder},
};

const LATEST: &str = "latest";

/// Makes `latest` of an app's folder lead to a build, unless it leads to a newer one.
pub(super) fn point(app: &Path, build: &Path, file: &BuildFile) -> io::Result<()> {
    let Ok(target) = build.strip_prefix(app) else { return Ok(()) };
    let current = read(app);
    if current.as_deref() == Some(target) {
        return Ok(());
    }
    let newer = current.and_then(|current| BuildFile::read(&app.join(current)));
    if newer.is_some_and(|newer| newer.facts.age(&file.facts).is_gt()) {
        return Ok(());
    }
    write(app, target)
}

/// What `latest` leads to, from the app's folder on.
pub(super) fn read(app: &Path) -> Option<PathBuf> {
    let path = app.join(LATEST);
    if let Ok(target) = fs_err::read_link(&path) {
        return Some(target);
    }
    // The file that stands for a link where there are none.
    let text = fs_err::read_to_string(path).ok()?;
    Some(text.trim().split('/').collect())
}

/// Puts a link or a file there at once.
fn write(app: &Path, target: &Path) -> io::Result<()> {
    let path = app.join(LATEST);
    let new = app.join(format!(".{LATEST}-{}", nanoid::nanoid!(8)));
    if link(target, &new).is_err() {
        let parts: Vec<_> = target.iter().map(|part| part.to_string_lossy()).collect();
        fs_err::write(&new, parts.join("/") + "\n")?;
    }
    if let Err(error) = fs_err::rename(&new, &path) {
        let _ = remove(&new);
        return Err(error);
    }
    sync_folder(app)
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    fs_err::os::unix::fs::symlink(target, path)
}

/// Links take a right on Windows that most people do not have.
#[cfg(not(unix))]
fn link(_target: &Path, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
