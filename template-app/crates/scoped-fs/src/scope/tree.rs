//! Operations on whole trees: removing, moving, copying. Each is prepared under a hidden name and appears, or is gone, at once.

use std::{
    io::{self, Read as _},
    path::Path,
};

use cap_std::fs::{Dir, Metadata, OpenOptions};

use super::{MAX_COUNTED, Scope};
use crate::{
    MAX_DEPTH, MeasureError, Usage,
    error::{Code, Error, Result},
    measure::{self, unless_gone},
    path::{ScopedPath, is_temporary},
    patience::patiently,
};

impl Scope {
    /// Removes a file, a link or a folder; one with something in it only with `recursive`.
    pub fn remove(&self, path: &str, recursive: bool) -> Result<()> {
        let path = not_root(path)?;
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let is_folder = self.dir.symlink_metadata(path.os()).map_err(fail)?.is_dir();
        if !is_folder {
            return self.remove_file(&path).map_err(fail);
        }
        if !recursive {
            self.require_empty(&path)?;
        }
        let removed = self.discard(&path).map_err(fail);
        self.budget.changed();
        removed
    }

    fn remove_file(&self, path: &ScopedPath) -> io::Result<()> {
        let _changing = self.changes.lock();
        let about = self.dir.symlink_metadata(path.os())?;
        remove_one(&self.dir, &path.os(), &about)?;
        let bytes = if about.is_file() { about.len() } else { 0 };
        self.budget.settled(Usage::default(), Usage { bytes, entries: 1 });
        Ok(())
    }

    /// Refuses a folder with something in it. What is left behind by a crash must not keep a folder that looks empty.
    pub(crate) fn require_empty(&self, path: &ScopedPath) -> Result<()> {
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        for entry in self.dir.read_dir(path.os()).map_err(fail)? {
            let name = entry.map_err(fail)?.file_name();
            if !name.to_str().is_some_and(is_temporary) {
                let message = format!("the folder is not empty: `{}`", path.text());
                return Err(Error::new(Code::NotEmpty, message));
            }
        }
        Ok(())
    }

    /// Moves a file or folder, and makes the folders above its new place. What is there is replaced only with `overwrite`, and
    /// is back when the move fails.
    pub fn rename(&self, src: &str, dest: &str, overwrite: bool) -> Result<()> {
        let (src, dest) = two_places(src, dest)?;
        let from = self.dir.symlink_metadata(src.os());
        let from = from.map_err(|error| Error::io(&src.text(), &error))?;
        if src == dest {
            return Ok(());
        }
        if from.is_dir() && dest.depth() > src.depth() {
            self.measure_at(&src, dest.depth())?;
        }
        self.make_folders(&dest.parent())?;
        if self.is_alias(&src, &dest).map_err(|error| Error::io(&dest.text(), &error))? {
            let renamed = patiently(|| self.dir.rename(src.os(), &self.dir, dest.os()));
            return renamed.map_err(|error| Error::io(&dest.text(), &error));
        }
        self.place(&src, &dest, overwrite)
    }

    /// Is `dest` another spelling of `src`, on a file system that takes `a` and `A` for one?
    fn is_alias(&self, src: &ScopedPath, dest: &ScopedPath) -> io::Result<bool> {
        let folder = dest.parent();
        let is_spelling = src.parent() == folder
            && src.name().to_lowercase() == dest.name().to_lowercase()
            && unless_gone(self.dir.symlink_metadata(dest.os()))?.is_some();
        if !is_spelling {
            return Ok(false);
        }
        let mut listed = 0;
        for entry in self.dir.read_dir(folder.os())? {
            let name = entry?.file_name();
            listed += u8::from(name == src.name()) + u8::from(name == dest.name());
        }
        // Both are there, and the folder has one of them.
        Ok(listed < 2)
    }

    /// Copies a file, or with `recursive` a folder, and makes the folders above the new place.
    pub fn copy(&self, src: &str, dest: &str, recursive: bool, overwrite: bool) -> Result<()> {
        let (src, dest) = two_places(src, dest)?;
        let metadata = self.metadata(&src)?;
        if metadata.is_dir() && !recursive {
            let message = format!("a folder, copied only with `recursive`: `{}`", src.text());
            return Err(Error::new(Code::IsADirectory, message));
        }
        if src == dest {
            return Ok(());
        }
        let size = if metadata.is_dir() {
            let below = self.measure_at(&src, dest.depth())?;
            Usage { bytes: below.bytes, entries: below.entries + 1 }
        } else {
            Usage { bytes: metadata.len(), entries: 1 }
        };
        self.make_folders(&dest.parent())?;
        let temporary = self.aside(&dest.parent());
        let temporary = temporary.map_err(|error| Error::io(&dest.text(), &error))?;
        self.within(size.bytes, size.entries, || {
            let copied = self.copy_tree(&src, &temporary, size);
            copied.and_then(|()| self.place(&temporary, &dest, overwrite)).inspect_err(|_| {
                // What cannot be removed either stays hidden.
                let _ = self.discard(&temporary);
            })
        })
    }

    /// Puts what is at `src` to `dest`. A folder that is replaced is set aside until the new one is there; a file is replaced by
    /// the system, at once.
    fn place(&self, src: &ScopedPath, dest: &ScopedPath, overwrite: bool) -> Result<()> {
        let fail = |error: io::Error| Error::io(&dest.text(), &error);
        let rename = |from: &ScopedPath, to: &ScopedPath| {
            patiently(|| self.dir.rename(from.os(), &self.dir, to.os())).map_err(fail)
        };
        let changing = self.changes.lock();
        let Some(there) = unless_gone(self.dir.symlink_metadata(dest.os())).map_err(fail)? else {
            return rename(src, dest);
        };
        if !overwrite {
            let message = format!("there is something already at: `{}`", dest.text());
            return Err(Error::new(Code::AlreadyExists, message));
        }
        let is_folder = self.dir.symlink_metadata(src.os()).map_err(fail)?.is_dir();
        if !there.is_dir() && !is_folder {
            rename(src, dest)?;
        } else {
            let aside = self.aside(&dest.parent()).map_err(fail)?;
            rename(dest, &aside)?;
            if let Err(error) = rename(src, dest) {
                rename(&aside, dest)?;
                return Err(error);
            }
            drop(changing);
            self.discard(&aside).map_err(fail)?;
        }
        self.budget.changed();
        Ok(())
    }

    /// Removes a file or a tree, whatever its depth: under a hidden name first, so that nobody meets half of it.
    pub(crate) fn discard(&self, path: &ScopedPath) -> io::Result<()> {
        let Some(metadata) = unless_gone(self.dir.symlink_metadata(path.os()))? else {
            return Ok(());
        };
        if !metadata.is_dir() {
            return remove_one(&self.dir, &path.os(), &metadata);
        }
        let hidden = self.aside(&ScopedPath::default())?.os();
        {
            let _changing = self.changes.lock();
            patiently(|| self.dir.rename(path.os(), &self.dir, &hidden))?;
        }
        measure::empty(&self.dir.open_dir(&hidden)?)?;
        self.dir.remove_dir(&hidden)
    }

    /// What is below a folder that is to be `depth` levels deep: so much deeper it may not get.
    fn measure_at(&self, path: &ScopedPath, depth: usize) -> Result<Usage> {
        let fail = |error: MeasureError| Error::measured(&path.text(), &error);
        let folder = self.dir.open_dir(path.os()).map_err(|error| fail(error.into()))?;
        let levels = MAX_DEPTH.saturating_sub(depth);
        measure::walk(&folder, MAX_COUNTED, levels, |_| false).map_err(fail)
    }

    /// Copies what is at `src` to `dest`, where nothing is yet: no more than `size`, which was asked for, should it grow
    /// meanwhile.
    fn copy_tree(&self, src: &ScopedPath, dest: &ScopedPath, size: Usage) -> Result<()> {
        let mut left = size;
        // Names as they are: those that no page can say are copied with their folder.
        let mut pending = vec![(src.os(), dest.os())];
        while let Some((from, to)) = pending.pop() {
            let fail = |error: io::Error| Error::io(&src.text(), &error);
            left.entries = left.entries.checked_sub(1).ok_or_else(Error::full)?;
            let metadata = self.dir.metadata(&from).map_err(fail)?;
            if metadata.is_file() {
                left.bytes = copy_file(&self.dir, &from, &to, left.bytes)
                    .map_err(fail)?
                    .ok_or_else(Error::full)?;
            } else if metadata.is_dir() {
                self.dir.create_dir(&to).map_err(fail)?;
                for entry in self.dir.read_dir(&from).map_err(fail)? {
                    let name = entry.map_err(fail)?.file_name();
                    pending.push((from.join(&name), to.join(&name)));
                }
            } else {
                let message = format!("neither a file nor a folder: `{}`", src.text());
                return Err(Error::new(Code::Io, message));
            }
        }
        Ok(())
    }
}

/// Removes a file or a link; on Windows a link to a folder goes as a folder.
fn remove_one(dir: &Dir, path: &Path, about: &Metadata) -> io::Result<()> {
    if about.is_symlink() {
        return dir.remove_file(path).or_else(|error| dir.remove_dir(path).map_err(|_| error));
    }
    patiently(|| dir.remove_file(path))
}

/// Copies a file of `room` bytes at most, and gives the room that is left; none: it is larger.
fn copy_file(dir: &Dir, from: &Path, to: &Path, room: u64) -> io::Result<Option<u64>> {
    // As the system's own files, between which it copies by itself where it can.
    let mut source = dir.open(from)?.into_std().take(room.saturating_add(1));
    let mut copy = dir.open_with(to, OpenOptions::new().write(true).create_new(true))?.into_std();
    let copied = io::copy(&mut source, &mut copy)?;
    copy.sync_all()?;
    Ok(room.checked_sub(copied))
}

pub(crate) fn not_root(path: &str) -> Result<ScopedPath> {
    let path = ScopedPath::parse(path)?;
    if path.is_root() {
        let message = "the scope itself cannot be moved or removed; `clear` empties it";
        return Err(Error::new(Code::InvalidName, message));
    }
    Ok(path)
}

/// The two paths of a move or a copy: neither is the scope itself, and neither is inside the other.
fn two_places(src: &str, dest: &str) -> Result<(ScopedPath, ScopedPath)> {
    let (src, dest) = (not_root(src)?, not_root(dest)?);
    if dest != src && dest.is_in(&src) {
        let message = format!("a folder cannot go into itself: `{}`", dest.text());
        return Err(Error::new(Code::InvalidName, message));
    }
    if dest != src && src.is_in(&dest) {
        let message = format!("what replaces a folder cannot come from it: `{}`", src.text());
        return Err(Error::new(Code::InvalidName, message));
    }
    Ok((src, dest))
}
