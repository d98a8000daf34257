//! A folder that a page works in: what it may ask, and that nothing of it reaches further. Whole trees are in `tree`.

#[cfg(test)]
mod tests;
mod tree;

pub(crate) use tree::not_root;

use std::{
    io,
    path::Path,
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::UNIX_EPOCH,
};

use cap_std::fs::{Dir, Metadata};

use crate::{
    Budget, Usage,
    account::Account,
    budget::NoRoom,
    error::{Code, Error, Result},
    home::{self, Home},
    measure::{self, unless_gone},
    path::{ScopedPath, is_sayable},
    temporary_name,
};

/// Largest file that is read or written at once, in bytes: it is in memory two or three times on its way to the page.
pub const MAX_FILE: u64 = 64 * 1024 * 1024;
/// Files and folders that are counted or listed before it is given up: what a page can show, and a second or two of work.
pub const MAX_COUNTED: u64 = 1_000_000;

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

/// Held while something in a scope gets or loses its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(Arc<Mutex<()>>);

impl Changes {
    pub(crate) fn lock(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One folder, with its budget. Cloning it is cheap.
#[derive(Clone)]
pub struct Scope {
    pub(crate) dir: Arc<Dir>,
    pub(crate) budget: Arc<dyn Budget>,
    pub(crate) changes: Changes,
    home: Option<Arc<Home>>,
    /// Where the folder is.
    #[cfg_attr(not(feature = "watch"), allow(dead_code, reason = "only watching takes a path"))]
    pub(crate) root: Arc<Path>,
}

impl Scope {
    /// The scope of a folder that others use too, by the same budget.
    pub fn new(dir: Dir, path: &Path, budget: Arc<dyn Budget>) -> Scope {
        let root = Arc::from(path);
        Scope { dir: Arc::new(dir), budget, changes: Changes::default(), home: None, root }
    }

    /// The scope of a folder that belongs to it alone; it is made if need be. What is on its way to its place has a place of its
    /// own in it, and what a crash has left there is gone.
    pub fn open(path: &Path, quota: Usage) -> Result<Scope> {
        let fail = |error: io::Error| Error::io("", &error);
        let dir = Arc::new(home::open_dir(path).map_err(fail)?);
        let home = Home::claim(&dir).map_err(fail)?;
        let changes = Changes::default();
        let budget = Arc::new(Account::new(Arc::clone(&dir), changes.clone(), quota));
        let root = Arc::from(path);
        Ok(Scope { dir, budget, changes, home: Some(Arc::new(home)), root })
    }

    /// The scope of a folder that is only looked at: whatever would write is refused, as where there is no room.
    pub fn read_only(path: &Path) -> io::Result<Scope> {
        let dir = Dir::open_ambient_dir(path, cap_std::ambient_authority())?;
        Ok(Scope::new(dir, path, Arc::new(NoRoom)))
    }

    /// What is in a folder, sorted by name. What no path can name is left out: files on their way to their place, and what
    /// another program has given a name that is no UTF-8 or that not every system takes.
    pub fn list(&self, path: &str) -> Result<Vec<Entry>> {
        let path = ScopedPath::parse(path)?;
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let folder = if path.is_root() { String::new() } else { path.text() + "/" };
        let mut found = Vec::new();
        for entry in self.dir.read_dir(path.os()).map_err(fail)? {
            let Some(entry) = unless_gone(entry).map_err(fail)? else { continue };
            let Some(name) = entry.file_name().into_string().ok().filter(|name| is_sayable(name))
            else {
                continue;
            };
            let Some(metadata) = unless_gone(entry.metadata()).map_err(fail)? else { continue };
            found.push(entry_of(folder.clone() + &name, name, &metadata));
            if found.len() as u64 > MAX_COUNTED {
                let message = format!("the folder has more than {MAX_COUNTED} entries");
                return Err(Error::new(Code::TooLarge, message));
            }
        }
        found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// About one file or folder; the empty path is the scope itself.
    pub fn stat(&self, path: &str) -> Result<Entry> {
        let path = ScopedPath::parse(path)?;
        let metadata = self.metadata(&path)?;
        Ok(entry_of(path.text(), path.name().to_owned(), &metadata))
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

    /// Removes everything, whatever its name.
    pub fn clear(&self) -> Result<()> {
        let is_home = self.home.is_some();
        let emptied = if is_home { home::clear(&self.dir) } else { measure::empty(&self.dir) };
        self.budget.changed();
        emptied.map_err(|error| Error::io("", &error))
    }

    /// What is there.
    pub fn usage(&self) -> Result<Usage> {
        let _still = self.changes.lock();
        let counted = match self.home {
            Some(_) => home::measure(&self.dir, MAX_COUNTED),
            None => measure::measure(&self.dir, MAX_COUNTED),
        };
        let counted = counted.map_err(|error| Error::measured("", &error))?;
        self.budget.counted(counted);
        Ok(counted)
    }

    /// The most that may be there.
    pub fn quota(&self) -> Usage {
        self.budget.quota()
    }

    /// The folder for what is on its way to `folder`.
    pub(crate) fn work_beside(&self, folder: &Dir) -> io::Result<Dir> {
        if self.home.is_some() { home::work_dir(&self.dir) } else { folder.try_clone() }
    }

    /// A path that nothing has yet and nobody sees, for what is on its way to a folder.
    fn aside(&self, folder: &ScopedPath) -> io::Result<ScopedPath> {
        if self.home.is_none() {
            return Ok(folder.join(&fresh_name()));
        }
        home::work_dir(&self.dir)?;
        Ok(home::work_path(&fresh_name()))
    }

    /// Makes the folders that are missing on the way to `path`, itself included.
    pub(crate) fn make_folders(&self, path: &ScopedPath) -> Result<()> {
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
    pub(crate) fn within<T>(
        &self,
        bytes: u64,
        entries: u64,
        act: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.budget.reserve(bytes, entries)?;
        let reserved = Usage { bytes, entries };
        let done = act();
        match done {
            Ok(_) => self.budget.settled(reserved, Usage::default()),
            Err(_) => {
                self.budget.cancelled(reserved);
                // A part of it may be there.
                self.budget.changed();
            }
        }
        done
    }

    /// About what is at a path; links are followed as far as they stay inside.
    pub(crate) fn metadata(&self, path: &ScopedPath) -> Result<Metadata> {
        let metadata = self.dir.metadata(path.os());
        metadata.map_err(|error| Error::io(&path.text(), &error))
    }

    pub(crate) fn metadata_if_there(&self, path: &ScopedPath) -> Result<Option<Metadata>> {
        match self.metadata(path) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.code == Code::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A hidden name that nothing has yet.
pub(crate) fn fresh_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    temporary_name(&format!("{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)))
}

fn entry_of(path: String, name: String, metadata: &Metadata) -> Entry {
    let modified = metadata.modified().ok().map(cap_std::time::SystemTime::into_std);
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Entry {
        name,
        path,
        is_file: metadata.is_file(),
        is_directory: metadata.is_dir(),
        size: if metadata.is_file() { metadata.len() } else { 0 },
        modified_ms: since.and_then(|since| u64::try_from(since.as_millis()).ok()),
    }
}
