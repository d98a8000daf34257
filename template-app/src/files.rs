//! Files and folders that the user has picked or dropped: what a page holds of them, and what it can do with it.
//!
//! A page holds numbers in its own window's table (`resources`), so that no other page can use them and none outlives its page.
//! It is told paths, since its user picked them, but no operation takes one.

pub(crate) mod dropped;
mod kinds;
pub(crate) mod pick;
mod write;

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bridge_contract::{BridgeError, ErrorCode, FilePicked};
use scoped_fs::{FileReader, Scope};
use tauri::{Manager as _, Resource, ResourceId, WebviewWindow};

pub(crate) use write::open_write;

type Result<T> = std::result::Result<T, BridgeError>;

/// What the runtime knows about picking.
#[derive(Default)]
pub(crate) struct Files {
    /// Labels of windows whose user is choosing.
    choosing: Mutex<HashSet<String>>,
    takers: Mutex<dropped::Takers>,
}

/// What a page may do something with.
pub(crate) enum Picked {
    /// Read and written.
    File(PathBuf),
    /// Looked at, with all that is in it.
    Folder { path: PathBuf, scope: Scope },
    /// A file in such a folder: read.
    Inside { scope: Scope, path: String },
}

impl Resource for Picked {}

/// What is known about something that is about to be given to a page.
pub(crate) struct Found {
    pub(crate) picked: Picked,
    pub(crate) name: String,
    /// As the user picked it.
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

impl Found {
    /// What is at a path. A link is what it leads to, as it is now.
    pub(crate) fn at(path: &Path) -> io::Result<Found> {
        let real = fs_err::canonicalize(path)?;
        let metadata = fs_err::metadata(&real)?;
        let (picked, size) = if metadata.is_dir() {
            let scope = Scope::read_only(&real)?;
            (Picked::Folder { path: path.to_owned(), scope }, 0)
        } else if metadata.is_file() {
            (Picked::File(real), metadata.len())
        } else {
            // Opening a pipe would wait for whoever writes into it.
            return Err(io::Error::other("neither a file nor a folder"));
        };
        Ok(Found { picked, name: name_of(path), path: path.to_owned(), size })
    }

    /// What a page is told about it, once it has its number.
    pub(crate) fn told(&self, id: ResourceId) -> FilePicked {
        FilePicked {
            id,
            name: self.name.clone(),
            path: self.path.to_string_lossy().into_owned(),
            size: self.size,
            is_directory: matches!(self.picked, Picked::Folder { .. }),
        }
    }
}

/// The last name of a path, as people read it.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What a page's number stands for.
pub(crate) fn find(window: &WebviewWindow, id: ResourceId) -> Result<Arc<Picked>> {
    window.resources_table().get::<Picked>(id).map_err(|_| {
        BridgeError::new(ErrorCode::FilesClosed, "the file or folder is not open in this window")
    })
}

/// Ends what a number stands for. One that stands for nothing any more is fine.
pub(crate) fn close(window: &WebviewWindow, id: ResourceId) {
    // By its type: a number of something else is not closed.
    let _ = window.resources_table().take::<Picked>(id);
}

/// Opens a file for reading: its bytes, and how many there are now.
pub(crate) fn open_read(picked: &Picked) -> Result<(Box<dyn io::Read + Send>, u64)> {
    match picked {
        Picked::File(path) => {
            let metadata = fs_err::metadata(path).map_err(|error| refusal(&error, path))?;
            if !metadata.is_file() {
                let message = format!("no file any more: `{}`", name_of(path));
                return Err(BridgeError::new(ErrorCode::FilesNotFound, message));
            }
            let file = fs_err::File::open(path).map_err(|error| refusal(&error, path))?;
            Ok((Box::new(file), metadata.len()))
        }
        Picked::Inside { scope, path } => {
            let reader: FileReader = scope.reader(path, 0, None).map_err(inside)?;
            let size = reader.size();
            Ok((Box::new(reader), size))
        }
        Picked::Folder { path, .. } => {
            let message = format!("a folder: `{}`", name_of(path));
            Err(BridgeError::new(ErrorCode::FilesIsADirectory, message))
        }
    }
}

/// The folder that a number stands for.
pub(crate) fn folder(picked: &Picked) -> Result<(&Path, &Scope)> {
    match picked {
        Picked::Folder { path, scope } => Ok((path, scope)),
        Picked::File(path) => {
            let message = format!("no folder: `{}`", name_of(path));
            Err(BridgeError::new(ErrorCode::FilesNotADirectory, message))
        }
        Picked::Inside { path, .. } => {
            let message = format!("no folder: `{path}`");
            Err(BridgeError::new(ErrorCode::FilesNotADirectory, message))
        }
    }
}

/// A file of a folder that the user has picked.
pub(crate) fn file_in(folder: &Path, scope: &Scope, path: &str) -> Result<Found> {
    let entry = scope.stat(path).map_err(inside)?;
    if !entry.is_file {
        let message = format!("a folder: `{path}`");
        return Err(BridgeError::new(ErrorCode::FilesIsADirectory, message));
    }
    Ok(Found {
        path: folder.join(&entry.path),
        name: entry.name,
        size: entry.size,
        picked: Picked::Inside { scope: scope.clone(), path: entry.path },
    })
}

/// What a scope refuses with, in the words of this module.
pub(crate) fn inside(error: scoped_fs::Error) -> BridgeError {
    use scoped_fs::Code;
    let code = match error.code {
        Code::NotFound => ErrorCode::FilesNotFound,
        Code::NotADirectory => ErrorCode::FilesNotADirectory,
        Code::IsADirectory => ErrorCode::FilesIsADirectory,
        Code::OutsideScope | Code::InvalidName => ErrorCode::FilesOutsideFolder,
        _ => ErrorCode::FilesIo,
    };
    BridgeError::new(code, error.message)
}

/// What the system refused with.
pub(crate) fn refusal(error: &io::Error, path: &Path) -> BridgeError {
    let code = match error.kind() {
        io::ErrorKind::NotFound => ErrorCode::FilesNotFound,
        _ => ErrorCode::FilesIo,
    };
    BridgeError::new(code, format!("{}: `{}`", error.kind(), name_of(path)))
}

/// One window's user chooses one thing at a time; until this is dropped.
pub(crate) struct Choosing<'a> {
    files: &'a Files,
    label: String,
}

impl Files {
    pub(crate) fn choose(&self, label: &str) -> Result<Choosing<'_>> {
        let mut choosing = self.choosing.lock().unwrap_or_else(PoisonError::into_inner);
        if !choosing.insert(label.to_owned()) {
            let message = "the user is choosing a file already";
            return Err(BridgeError::new(ErrorCode::FilesDialogOpen, message));
        }
        Ok(Choosing { files: self, label: label.to_owned() })
    }
}

impl Drop for Choosing<'_> {
    fn drop(&mut self) {
        let choosing = self.files.choosing.lock();
        choosing.unwrap_or_else(PoisonError::into_inner).remove(&self.label);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_link_is_what_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.txt"), folder.path().join("link.txt"));
        fs_err::write(&file, "text").unwrap();
        #[cfg(unix)]
        fs_err::os::unix::fs::symlink(&file, &link).unwrap();
        #[cfg(not(unix))]
        fs_err::copy(&file, &link).unwrap();
        let found = Found::at(&link).unwrap();
        assert_eq!((found.name.as_str(), found.size, &found.path), ("link.txt", 4, &link));
        let (mut source, size) = open_read(&found.picked).unwrap();
        let mut text = String::new();
        source.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), size), ("text", 4));
    }

    #[test]
    fn files_in_a_folder_are_read_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(folder.path().join("in/sub")).unwrap();
        fs_err::write(folder.path().join("in/sub/a.txt"), "text").unwrap();
        fs_err::write(folder.path().join("secret"), "secret").unwrap();
        let found = Found::at(&folder.path().join("in")).unwrap();
        let (path, scope) = self::folder(&found.picked).unwrap();
        let inner = file_in(path, scope, "sub/a.txt").unwrap();
        assert_eq!((inner.name.as_str(), inner.size), ("a.txt", 4));
        assert_eq!(open_read(&inner.picked).unwrap().1, 4);
        for (path_inside, code) in [
            ("../secret", ErrorCode::FilesOutsideFolder),
            ("/etc/passwd", ErrorCode::FilesOutsideFolder),
            ("gone", ErrorCode::FilesNotFound),
            ("sub", ErrorCode::FilesIsADirectory),
        ] {
            let refused = file_in(path, scope, path_inside).err().unwrap();
            assert_eq!(refused.code, code, "{path_inside}");
        }
        assert_eq!(open_write(&inner.picked, false).err().unwrap().code, ErrorCode::FilesReadOnly);
    }

    #[test]
    fn what_is_gone_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        assert!(Found::at(&file).is_err());
        let refused = open_read(&Picked::File(file)).err().unwrap();
        assert_eq!(refused.code, ErrorCode::FilesNotFound);
        assert!(!refused.message.contains('/'), "{}", refused.message);
    }

    #[test]
    fn one_dialog_at_a_time_for_each_window() {
        let files = Files::default();
        let first = files.choose("main").unwrap();
        assert_eq!(files.choose("main").err().unwrap().code, ErrorCode::FilesDialogOpen);
        assert!(files.choose("page/a").is_ok());
        drop(first);
        assert!(files.choose("main").is_ok());
    }
}
