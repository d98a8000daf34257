//! Each content once: builds of one app share files, and builds that are collected twice share all.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{
    fault::is_room,
    place::{Place, remove, sync_file},
};

/// What is read of a file at once, in bytes.
const CHUNK_LEN: usize = 256 * 1024;
/// Digits of a hash that name a folder: 256 of them keep each short.
const FOLDER_DIGITS: usize = 2;

/// The contents of files, by their hashes. Every file in a build is another name of one.
pub(super) struct Content {
    dir: PathBuf,
}

impl Content {
    pub(super) fn of(place: &Place) -> Self {
        Self { dir: place.content() }
    }

    fn path(&self, sha256: &str, runs: bool) -> PathBuf {
        let folder = sha256.get(..FOLDER_DIGITS).unwrap_or(sha256);
        // Whether a file may be run belongs to the file, not to a name of it.
        self.dir.join(folder).join(format!("{sha256}{}", if runs { ".x" } else { "" }))
    }

    /// The hash that a file of this store is named after.
    pub(super) fn hash_of(path: &Path) -> Option<&str> {
        let name = path.file_name()?.to_str()?;
        Some(name.strip_suffix(".x").unwrap_or(name))
    }

    /// Makes `to` a name of the content of `from`, which has this hash. Where a file system has no second names, it is a copy.
    pub(super) fn place(&self, from: &Path, sha256: &str, to: &Path) -> io::Result<()> {
        let stored = self.path(sha256, runs(from)?);
        if let Some(folder) = stored.parent() {
            fs_err::create_dir_all(folder)?;
        }
        match fs_err::hard_link(from, &stored) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !is_whole(&stored, sha256) {
                    // Somebody has written into a file of a build.
                    remove(&stored)?;
                    fs_err::hard_link(from, &stored)?;
                }
            }
            Err(error) if is_room(&error) => return Err(error),
            // Another program of this kind cannot be told from a file system without links, and a copy is right for both.
            Err(_) => return copy(from, to),
        }
        match fs_err::hard_link(&stored, to) {
            // It was cleared away meanwhile, or has as many names as it can have.
            Err(error) if !is_room(&error) => {
                fs_err::hard_link(from, to).or_else(|_| copy(from, to))
            }
            linked => linked,
        }
    }
}

/// The SHA-256 of a file.
pub(super) fn hash(path: &Path) -> io::Result<String> {
    let mut file = fs_err::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK_LEN];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(format!("{:x}", hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}

fn is_whole(stored: &Path, sha256: &str) -> bool {
    let is_file = fs_err::symlink_metadata(stored).is_ok_and(|found| found.is_file());
    is_file && hash(stored).is_ok_and(|hash| hash == sha256)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs_err::copy(from, to)?;
    sync_file(to)
}

#[cfg(unix)]
fn runs(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs_err::metadata(path)?.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn runs(_path: &Path) -> io::Result<bool> {
    Ok(false)
}
