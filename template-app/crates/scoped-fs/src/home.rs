//! The folder of a scope that has one to itself: how it is opened, and the place in it for what is on its way.

use std::{io, path::Path};

use cap_std::{ambient_authority, fs::Dir};

use crate::{
    MeasureError, Usage,
    measure::{empty_but, walk},
    path::{ScopedPath, is_temporary},
};

/// Name of the folder for what is on its way. No page can say it, and no listing shows it.
const WORK: &str = ".deskwright-work.tmp";
/// The file in it that each process holds a lock on as long as it may have something on its way.
const LOCK: &str = "lock";

/// What a scope keeps while it is open.
#[derive(Debug)]
pub(crate) struct Home {
    /// As long as it is locked, nobody takes what is on its way for left behind. Nothing where files have no locks.
    _lock: Option<std::fs::File>,
}

/// Makes the folder if need be, for its owner alone, and opens it.
pub(crate) fn open_dir(path: &Path) -> io::Result<Dir> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)?;
    Dir::open_ambient_dir(path, ambient_authority())
}

impl Home {
    /// Moves in: removes what a crash has left behind, unless another process of the app is at work here.
    pub(crate) fn claim(dir: &Dir) -> io::Result<Home> {
        let work = work_dir(dir)?;
        let alone = open_lock(&work)?;
        if alone.try_lock().is_ok() {
            empty_but(&work, Some(LOCK))?;
        }
        // By another handle: what becomes of a lock of the other kind that a handle holds differs between systems.
        drop(alone);
        let lock = open_lock(&work)?;
        Ok(Home { _lock: lock.lock_shared().is_ok().then_some(lock) })
    }
}

fn open_lock(work: &Dir) -> io::Result<std::fs::File> {
    let mut options = cap_std::fs::OpenOptions::new();
    work.open_with(LOCK, options.read(true).write(true).create(true))
        .map(cap_std::fs::File::into_std)
}

/// The folder for what is on its way, made again if somebody has removed it.
pub(crate) fn work_dir(dir: &Dir) -> io::Result<Dir> {
    match dir.open_dir(WORK) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            match dir.create_dir(WORK) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            dir.open_dir(WORK)
        }
        opened => opened,
    }
}

/// The path of something in it.
pub(crate) fn work_path(name: &str) -> ScopedPath {
    ScopedPath::default().join(WORK).join(name)
}

/// Empties the folder of a scope, without what is on its way.
pub(crate) fn clear(dir: &Dir) -> io::Result<()> {
    empty_but(dir, Some(WORK))
}

/// Counts what is in the folder of a scope, without what is on its way.
pub(crate) fn measure(dir: &Dir, max_entries: u64) -> Result<Usage, MeasureError> {
    walk(dir, max_entries, crate::MAX_DEPTH, |name| name.to_str().is_some_and(is_temporary))
}
