//! A build belongs to one process at a time. The lock is the operating system's, so that it ends with its process.

use std::{fs::TryLockError, path::Path};

use super::BuildId;

/// A build that is this process's until this is dropped.
#[derive(Debug)]
pub struct BuildLock {
    _file: fs_err::File,
}

impl BuildLock {
    pub(super) fn take(dir: &Path, id: &BuildId) -> anyhow::Result<Option<Self>> {
        fs_err::create_dir_all(dir)?;
        let path = dir.join(format!("{id}.lock"));
        let file = fs_err::OpenOptions::new().create(true).append(true).open(path)?;
        match file.file().try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
