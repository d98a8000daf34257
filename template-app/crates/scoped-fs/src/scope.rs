//! A folder that a page works in: what it may ask, and that nothing of it reaches further. Whole trees are in `tree`.

#[cfg(test)]
mod tests;
mod tree;

use std::{
    io::{self, Read as _, Write as _},
    process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::UNIX_EPOCH,
};

use cap_std::fs::{Dir, Metadata, OpenOptions};

use crate::{
    Budget, Usage,
    error::{Code, Error, Result},
    measure::{self, unless_gone},
    path::{ScopedPath, is_temporary},
    temporary_name,
};

/// Largest file that is read or written at once, in bytes: it is in memory two or three times on its way to the page.
pub const MAX_FILE: u64 = 64 * 1024 * 1024;
/// Files and folders that are counted or listed before it is given up: what a page can show, and a second or two of work.
const MAX_COUNTED: u64 = 1_000_000;

/// A file or folder, as the page sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Empty for the scope itself.
    pub name: String,
    /// From the scope, with `/`.
    pub path: String,
    pub is_file: bool,
    pub is_directory: bool,
    /// In bytes; 0 for a folder.
    pub size: u64,
    /// Milliseconds since 1970-01-01 UTC; none where the file system does not keep it.
    pub modified_ms: Option<u64>,
}

/// One folder, with its budget. Cloning it is cheap.
#[derive(Clone)]
pub struct Scope {
    dir: Arc<Dir>,
    budget: Arc<dyn Budget>,
}

impl Scope {
    /// The scope of a folder. What is in it must belong to the scope alone.
    pub fn new(dir: Dir, budget: Arc<dyn Budget>) -> Scope {
        Scope { dir: Arc::new(dir), budget }
    }

    /// What is in a folder, sorted by name. Files on their way to their place are left out.
    pub fn list(&self, path: &str) -> Result<Vec<Entry>> {
        let path = ScopedPath::parse(path)?;
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let mut found = Vec::new();
        for entry in self.dir.read_dir(path.os()).map_err(fail)? {
            let Some(entry) = unless_gone(entry).map_err(fail)? else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_temporary(&name) {
                continue;
            }
            let Some(metadata) = unless_gone(entry.metadata()).map_err(fail)? else { continue };
            found.push(entry_of(&path.join(&name), &metadata));
            if found.len() as u64 > MAX_COUNTED {
                let message = format!("the folder has more than {MAX_COUNTED} entries");
                return Err(Error::new(Code::TooLarge, message));
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// About one file or folder; the empty path is the scope itself.
    pub fn stat(&self, path: &str) -> Result<Entry> {
        let path = ScopedPath::parse(path)?;
        Ok(entry_of(&path, &self.metadata(&path)?))
    }

    /// Is there a file or folder? A link to nowhere is none.
    pub fn exists(&self, path: &str) -> Result<bool> {
        let path = ScopedPath::parse(path)?;
        match self.metadata(&path) {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code, Code::NotFound | Code::NotADirectory) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes a folder and those above it. One that is there is fine.
    pub fn new_directory(&self, path: &str) -> Result<()> {
        let path = ScopedPath::parse(path)?;
        self.make_folders(&path)
    }

    /// A whole file, of [`MAX_FILE`] bytes at most.
    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        let path = ScopedPath::parse(path)?;
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let metadata = self.metadata(&path)?;
        if metadata.is_dir() {
            return Err(Error::new(Code::IsADirectory, format!("a folder: `{}`", path.text())));
        }
        if !metadata.is_file() {
            // Opening a pipe would wait for whoever writes into it.
            return Err(Error::new(Code::Io, format!("no file: `{}`", path.text())));
        }
        let mut bytes = Vec::new();
        if metadata.len() <= MAX_FILE {
            let file = self.dir.open(path.os()).map_err(fail)?;
            file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(fail)?;
        }
        if metadata.len().max(bytes.len() as u64) > MAX_FILE {
            let message = format!("larger than {MAX_FILE} bytes: `{}`", path.text());
            return Err(Error::new(Code::TooLarge, message));
        }
        Ok(bytes)
    }

    /// A whole file as text.
    pub fn read_text(&self, path: &str) -> Result<String> {
        String::from_utf8(self.read(path)?)
            .map_err(|_| Error::new(Code::NotUtf8, format!("no text in UTF-8: `{path}`")))
    }

    /// Writes a file, and the folders above it where they are missing. Either all of it is there afterwards, or what was there
    /// before: it is written beside its place, and moved there when the disk has it.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = ScopedPath::parse(path)?;
        if bytes.len() as u64 > MAX_FILE {
            let message = format!("larger than {MAX_FILE} bytes: `{}`", path.text());
            return Err(Error::new(Code::TooLarge, message));
        }
        let old = self.metadata_if_there(&path)?;
        if path.is_root() || old.as_ref().is_some_and(Metadata::is_dir) {
            return Err(Error::new(Code::IsADirectory, format!("a folder: `{}`", path.text())));
        }
        let parent = path.parent();
        self.make_folders(&parent)?;
        let old_size = old.as_ref().map_or(0, Metadata::len);
        // Two files are there for a moment. Counting both would refuse to rewrite one that fills half of the quota.
        let grows = (bytes.len() as u64).saturating_sub(old_size);
        self.within(grows, u64::from(old.is_none()), || {
            self.write_beside(&parent, &path, bytes)
                .map_err(|error| Error::io(&path.text(), &error))
        })?;
        if old_size > bytes.len() as u64 {
            self.budget.changed();
        }
        Ok(())
    }

    /// Removes everything.
    pub fn clear(&self) -> Result<()> {
        let emptied = measure::empty(&self.dir);
        self.budget.changed();
        emptied.map_err(|error| Error::io("", &error))
    }

    /// What is there.
    pub fn usage(&self) -> Result<Usage> {
        measure::measure(&self.dir, MAX_COUNTED).map_err(|error| Error::measured("", &error))
    }

    /// The most that may be there.
    pub fn quota(&self) -> Usage {
        self.budget.quota()
    }

    fn write_beside(&self, parent: &ScopedPath, path: &ScopedPath, bytes: &[u8]) -> io::Result<()> {
        // By one handle, so that a folder that is moved meanwhile takes the file along.
        let folder = self.dir.open_dir(parent.os())?;
        let temporary = fresh_name();
        let written = (|| {
            let mut file =
                folder.open_with(&temporary, OpenOptions::new().write(true).create_new(true))?;
            file.write_all(bytes)?;
            file.sync_all()?;
            drop(file);
            folder.rename(&temporary, &folder, path.name())
        })();
        if written.is_err() {
            // What cannot be removed either stays hidden, and goes with its folder.
            let _ = folder.remove_file(&temporary);
        }
        written
    }

    /// Makes the folders that are missing on the way to `path`, itself included.
    fn make_folders(&self, path: &ScopedPath) -> Result<()> {
        let mut missing = 0;
        for folder in path.prefixes() {
            match self.metadata_if_there(&folder)? {
                Some(metadata) if metadata.is_dir() => {}
                Some(_) if folder == *path => {
                    let message = format!("there is something already at: `{}`", path.text());
                    return Err(Error::new(Code::AlreadyExists, message));
                }
                Some(_) => {
                    let message = format!("not a folder: `{}`", folder.text());
                    return Err(Error::new(Code::NotADirectory, message));
                }
                None => missing += 1,
            }
        }
        if missing == 0 {
            return Ok(());
        }
        self.within(0, missing, || {
            self.dir.create_dir_all(path.os()).map_err(|error| Error::io(&path.text(), &error))
        })
    }

    /// Does something that takes so much room, when there is so much.
    fn within<T>(&self, bytes: u64, entries: u64, act: impl FnOnce() -> Result<T>) -> Result<T> {
        self.budget.reserve(bytes, entries)?;
        let done = act();
        if done.is_err() {
            self.budget.changed();
        }
        done
    }

    /// About what is at a path; links are followed as far as they stay inside.
    fn metadata(&self, path: &ScopedPath) -> Result<Metadata> {
        let metadata = self.dir.metadata(path.os());
        metadata.map_err(|error| Error::io(&path.text(), &error))
    }

    fn metadata_if_there(&self, path: &ScopedPath) -> Result<Option<Metadata>> {
        match self.metadata(path) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.code == Code::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A hidden name that nothing has yet.
fn fresh_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    temporary_name(&format!("{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)))
}

fn entry_of(path: &ScopedPath, metadata: &Metadata) -> Entry {
    let modified = metadata.modified().ok().map(cap_std::time::SystemTime::into_std);
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Entry {
        name: path.name().to_owned(),
        path: path.text(),
        is_file: metadata.is_file(),
        is_directory: metadata.is_dir(),
        size: if metadata.is_file() { metadata.len() } else { 0 },
        modified_ms: since.and_then(|since| u64::try_from(since.as_millis()).ok()),
    }
}
