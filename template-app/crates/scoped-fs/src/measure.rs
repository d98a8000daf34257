//! What a folder holds: counting it, and emptying it, whatever was put there.
//!
//! A plugin makes what is looked at here, so nothing recurses, no link is followed, and few handles are open at once.

use std::{
    ffi::{OsStr, OsString},
    io,
};

use cap_std::fs::Dir;

/// Deepest folder that is counted, in levels below the one that is measured: each takes an open handle, of which a process
/// may have 256 on macOS.
pub const MAX_DEPTH: usize = 64;

/// What is below a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Sum of the files' sizes.
    pub bytes: u64,
    /// Files and folders.
    pub entries: u64,
}

impl Usage {
    /// More than any folder may hold.
    pub(crate) const MAX: Usage = Usage { bytes: u64::MAX, entries: u64::MAX };

    pub(crate) fn plus(self, other: Usage) -> Usage {
        Usage {
            bytes: self.bytes.saturating_add(other.bytes),
            entries: self.entries.saturating_add(other.entries),
        }
    }

    pub(crate) fn minus(self, other: Usage) -> Usage {
        Usage {
            bytes: self.bytes.saturating_sub(other.bytes),
            entries: self.entries.saturating_sub(other.entries),
        }
    }
}

/// Why a folder was not measured to its end.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    #[error("there are more files and folders than allowed")]
    TooMany,
    #[error("folders would be nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Counts what is below `dir`: the sizes that files say they have, and a link as an entry without a size. It gives up at
/// `max_entries` + 1, so it takes no longer than the limit is high.
pub fn measure(dir: &Dir, max_entries: u64) -> Result<Usage, MeasureError> {
    walk(dir, max_entries, MAX_DEPTH, |_| false)
}

/// The same, for a folder below which there may be `max_depth` levels; `skip` leaves out what is in it by this name.
pub(crate) fn walk(
    dir: &Dir,
    max_entries: u64,
    max_depth: usize,
    skip: impl Fn(&OsStr) -> bool,
) -> Result<Usage, MeasureError> {
    let mut usage = Usage::default();
    let mut open = vec![dir.entries()?];
    while let Some(entries) = open.last_mut() {
        let Some(entry) = entries.next() else {
            open.pop();
            continue;
        };
        let Some(entry) = unless_gone(entry)? else { continue };
        if open.len() == 1 && skip(&entry.file_name()) {
            continue;
        }
        usage.entries += 1;
        if usage.entries > max_entries {
            return Err(MeasureError::TooMany);
        }
        let Some(metadata) = unless_gone(entry.metadata())? else { continue };
        if metadata.is_file() {
            usage.bytes = usage.bytes.saturating_add(metadata.len());
        } else if metadata.is_dir() {
            if open.len() > max_depth {
                return Err(MeasureError::TooDeep);
            }
            // A link that takes the folder's place just now is followed no further than beside it.
            let below = entry.open_dir().and_then(|dir| dir.entries());
            open.extend(unless_gone(below)?);
        }
    }
    Ok(usage)
}

/// Somebody else may remove files meanwhile; what is gone is not there.
pub(crate) fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes everything below `dir`, and no more: links are removed and what they lead to stays. Folders in folders are moved
/// up to `dir` and emptied there, so no depth is too deep, and no path gets long. It ends when nobody puts more there.
pub fn empty(dir: &Dir) -> io::Result<()> {
    empty_but(dir, None)
}

/// The same, but for what is in `dir` by the name `keep`.
pub(crate) fn empty_but(dir: &Dir, keep: Option<&str>) -> io::Result<()> {
    let mut names = Names::default();
    // Whether a listing shows what is moved there while it is read, no system promises.
    while empty_once(dir, keep, &mut names)? {}
    Ok(())
}

/// Removes what one listing shows. Was there anything?
fn empty_once(root: &Dir, keep: Option<&str>, names: &mut Names) -> io::Result<bool> {
    let mut found = false;
    for entry in root.entries()? {
        let Some(entry) = unless_gone(entry)? else { continue };
        let name = entry.file_name();
        if keep.is_some_and(|keep| name == keep) {
            continue;
        }
        found = true;
        if is_removed(root, &name)? {
            continue;
        }
        let Some(folder) = unless_gone(root.open_dir(&name))? else { continue };
        lift(&folder, root, names)?;
        // Windows removes no folder that is open.
        drop(folder);
        // Where more came in meanwhile, the next listing shows it again.
        is_removed(root, &name)?;
    }
    Ok(found)
}

/// Removes what is in `folder`; what cannot go at once, since there is more in it, goes up to `root`.
fn lift(folder: &Dir, root: &Dir, names: &mut Names) -> io::Result<()> {
    for entry in folder.entries()? {
        let Some(entry) = unless_gone(entry)? else { continue };
        let name = entry.file_name();
        if !is_removed(folder, &name)? {
            unless_gone(folder.rename(&name, root, names.free(root)?))?;
        }
    }
    Ok(())
}

/// Removes a file, a link or an empty folder. False: a folder with something in it.
fn is_removed(parent: &Dir, name: &OsString) -> io::Result<bool> {
    let Some(metadata) = unless_gone(parent.symlink_metadata(name))? else { return Ok(true) };
    if !metadata.is_dir() {
        // On Windows a link to a folder is removed as a folder.
        let removed = parent.remove_file(name);
        let removed = removed.or_else(|error| parent.remove_dir(name).map_err(|_| error));
        return unless_gone(removed).map(|_| true);
    }
    match unless_gone(parent.remove_dir(name)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(false),
        Err(error) => Err(error),
    }
}

/// Names that nothing in a folder has yet.
#[derive(Debug, Default)]
struct Names(u64);

impl Names {
    fn free(&mut self, dir: &Dir) -> io::Result<String> {
        loop {
            self.0 += 1;
            let name = crate::temporary_name(&format!("empty-{}", self.0));
            if unless_gone(dir.symlink_metadata(&name))?.is_none() {
                return Ok(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cap_std::ambient_authority;

    use super::*;

    fn scratch() -> (tempfile::TempDir, Dir) {
        let folder = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
        (folder, dir)
    }

    /// Folders in folders, made by handles: the path of the last is longer than any system takes.
    fn nest(dir: &Dir, depth: usize) {
        let mut at = dir.try_clone().unwrap();
        for _ in 0..depth {
            at.create_dir("d").unwrap();
            at = at.open_dir("d").unwrap();
        }
        at.write("leaf", "x").unwrap();
    }

    #[test]
    fn files_and_folders_are_counted_with_their_sizes() {
        let (_folder, dir) = scratch();
        assert_eq!(measure(&dir, 0).unwrap(), Usage::default());
        dir.create_dir_all("a/b").unwrap();
        dir.write("a/b/ten", "0123456789").unwrap();
        dir.write("five", "01234").unwrap();
        assert_eq!(measure(&dir, 4).unwrap(), Usage { bytes: 15, entries: 4 });
        assert!(matches!(measure(&dir, 3), Err(MeasureError::TooMany)));
    }

    #[test]
    fn a_depth_that_is_too_much_to_count_is_emptied_all_the_same() {
        let (_folder, dir) = scratch();
        nest(&dir, MAX_DEPTH);
        assert_eq!(
            measure(&dir, 100_000).unwrap(),
            Usage { bytes: 1, entries: MAX_DEPTH as u64 + 1 }
        );
        empty(&dir).unwrap();
        nest(&dir, 3_000);
        assert!(matches!(measure(&dir, 100_000), Err(MeasureError::TooDeep)));
        empty(&dir).unwrap();
        assert_eq!(dir.entries().unwrap().count(), 0);
    }

    #[test]
    fn many_entries_are_counted_and_emptied() {
        let (_folder, dir) = scratch();
        for number in 0..6_000 {
            dir.create_dir(format!("folder-{number}")).unwrap();
            dir.write(format!("folder-{number}/file"), "x").unwrap();
        }
        // A name as `empty` itself would choose it.
        dir.write(crate::temporary_name("empty-1"), "").unwrap();
        assert_eq!(measure(&dir, 20_000).unwrap(), Usage { bytes: 6_000, entries: 12_001 });
        empty(&dir).unwrap();
        assert_eq!(dir.entries().unwrap().count(), 0);
    }

    #[test]
    #[cfg(unix)]
    fn links_are_neither_followed_nor_emptied() {
        let (folder, dir) = scratch();
        let elsewhere = tempfile::tempdir().unwrap();
        fs_err::create_dir(elsewhere.path().join("folder")).unwrap();
        fs_err::write(elsewhere.path().join("folder/kept"), "kept").unwrap();
        dir.create_dir("inside").unwrap();
        for (target, link) in
            [(std::path::Path::new("/etc"), "etc"), (elsewhere.path(), "elsewhere")]
        {
            fs_err::os::unix::fs::symlink(target, folder.path().join("inside").join(link)).unwrap();
            fs_err::os::unix::fs::symlink(target, folder.path().join(link)).unwrap();
        }
        assert_eq!(measure(&dir, 100).unwrap(), Usage { bytes: 0, entries: 5 });
        empty(&dir).unwrap();
        assert_eq!(dir.entries().unwrap().count(), 0);
        assert_eq!(fs_err::read(elsewhere.path().join("folder/kept")).unwrap(), b"kept");
    }
}
