//! Writing to what the user picked: all of it is there afterwards, or what was there before.

use std::{
    fs::{File, Metadata},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use bridge_contract::{BridgeError, ErrorCode};

use super::{Picked, Result, name_of, refusal};
use crate::streams::Sink;

/// Opens a file for writing: anew, or behind what it has.
pub(crate) fn open_write(picked: &Picked, append: bool) -> Result<Box<dyn Sink>> {
    let path = match picked {
        Picked::File(path) => path,
        Picked::Inside { path, .. } => {
            let message = format!("a file of a folder that was picked is read only: `{path}`");
            return Err(BridgeError::new(ErrorCode::FilesReadOnly, message));
        }
        Picked::Folder { path, .. } => {
            let message = format!("a folder: `{}`", name_of(path));
            return Err(BridgeError::new(ErrorCode::FilesIsADirectory, message));
        }
    };
    let opened: io::Result<Box<dyn Sink>> = match append {
        true => Append::open(path).map(|sink| Box::new(sink) as _),
        false => replace(path),
    };
    opened.map_err(|error| refusal(&error, path))
}

/// A sink that replaces the file; where its folder takes no other file beside it, one that writes into the file itself.
fn replace(path: &Path) -> io::Result<Box<dyn Sink>> {
    let old = match fs_err::metadata(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // What its owner has locked stays as it is, although it could be replaced.
    if old.is_some() {
        fs_err::OpenOptions::new().write(true).open(path)?;
    }
    match Replace::open(path, old.as_ref()) {
        Ok(Some(sink)) => Ok(Box::new(sink)),
        Ok(None) => Ok(Box::new(Direct::open(path)?)),
        Err(error) if old.is_some() && is_refusal(&error) => Ok(Box::new(Direct::open(path)?)),
        Err(error) => Err(error),
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Writes beside the file and takes its place at the end, with its permissions.
struct Replace {
    file: Option<File>,
    beside: PathBuf,
    path: PathBuf,
}

impl Replace {
    /// None: the new file would be somebody else's than the old one.
    fn open(path: &Path, old: Option<&Metadata>) -> io::Result<Option<Replace>> {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let beside = path.with_file_name(format!(".deskwright-{}-{number}.tmp", process::id()));
        let (file, _) = fs_err::File::create_new(&beside)?.into_parts();
        // From here on, what is dropped leaves nothing behind.
        let sink = Replace { file: Some(file), beside, path: path.to_owned() };
        if let (Some(old), Some(file)) = (old, &sink.file) {
            if !same_owner(old, &file.metadata()?) {
                return Ok(None);
            }
            file.set_permissions(old.permissions())?;
        }
        Ok(Some(sink))
    }
}

#[cfg(unix)]
fn same_owner(old: &Metadata, new: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (old.uid(), old.gid()) == (new.uid(), new.gid())
}

#[cfg(not(unix))]
fn same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

impl Sink for Replace {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(|error| refusal(&error, &self.path))
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        let file = self.file.take();
        let synced = file.as_ref().map_or(Ok(()), File::sync_all);
        // Windows replaces no file by one that is open.
        drop(file);
        let placed = synced.and_then(|()| fs_err::rename(&self.beside, &self.path));
        placed.map_err(|error| refusal(&error, &self.path))
    }
}

impl Drop for Replace {
    fn drop(&mut self) {
        self.file = None;
        // It is not there any more when it has taken its place.
        let _ = fs_err::remove_file(&self.beside);
    }
}

/// Writes into the file itself. Whatever stops it on the way leaves half a file: there is no other way in such a folder.
struct Direct {
    file: File,
    path: PathBuf,
}

impl Direct {
    fn open(path: &Path) -> io::Result<Direct> {
        let (file, path) =
            fs_err::OpenOptions::new().write(true).truncate(true).open(path)?.into_parts();
        Ok(Direct { file, path })
    }
}

impl Sink for Direct {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| refusal(&error, &self.path))
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.file.sync_all().map_err(|error| refusal(&error, &self.path))
    }
}

/// Writes behind what the file has, and takes that back when it is not finished.
struct Append {
    file: File,
    path: PathBuf,
    before: u64,
    finished: bool,
}

impl Append {
    fn open(path: &Path) -> io::Result<Append> {
        let options = fs_err::OpenOptions::new().append(true).create(true).open(path)?;
        let (file, path) = options.into_parts();
        let before = file.metadata()?.len();
        Ok(Append { file, path, before, finished: false })
    }
}

impl Sink for Append {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| refusal(&error, &self.path))
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.file.sync_all().map_err(|error| refusal(&error, &self.path))?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Append {
    fn drop(&mut self) {
        if !self.finished {
            // A disk that refuses even this keeps what was written.
            let _ = self.file.set_len(self.before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf, Picked) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs_err::write(&path, text).unwrap();
        (folder, path.clone(), Picked::File(path))
    }

    fn names(folder: &tempfile::TempDir) -> usize {
        fs_err::read_dir(folder.path()).unwrap().count()
    }

    #[test]
    fn a_file_is_replaced_at_the_end() {
        let (folder, path, picked) = file("old");
        let mut sink = open_write(&picked, false).unwrap();
        sink.write(b"ne").unwrap();
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "old");
        sink.write(b"w").unwrap();
        sink.finish().unwrap();
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(&folder), 1);
    }

    #[test]
    fn what_is_not_finished_leaves_nothing() {
        let (folder, path, picked) = file("old");
        let mut sink = open_write(&picked, false).unwrap();
        sink.write(b"new").unwrap();
        drop(sink);
        let mut sink = open_write(&picked, true).unwrap();
        sink.write(b" and new").unwrap();
        drop(sink);
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(&folder), 1);
    }

    #[test]
    fn appending_keeps_what_is_there() {
        let (_folder, path, picked) = file("old");
        for text in [" and", " new"] {
            let mut sink = open_write(&picked, true).unwrap();
            sink.write(text.as_bytes()).unwrap();
            sink.finish().unwrap();
        }
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "old and new");
    }

    #[test]
    fn a_file_that_is_not_there_yet_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.txt");
        let mut sink = open_write(&Picked::File(path.clone()), false).unwrap();
        sink.write(b"new").unwrap();
        sink.finish().unwrap();
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, path, picked) = file("old");
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        open_write(&picked, false).unwrap().finish().unwrap();
        assert_eq!(fs_err::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs_err::read(&path).unwrap(), b"");
    }
}
