//! Why something was not taken: it is wrong, or this machine failed.

use std::{io, path::Path};

use indicatif::HumanBytes;

use crate::error;

/// What is behind a failure decides what becomes of the bytes: wrong ones go, others stay for the next attempt.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is not what it should be, for this reason.
    Refused(String),
    /// It could not be read or written here.
    Here(anyhow::Error),
}

impl Fault {
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        Self::Here(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Here(error.into())
    }
}

/// A failed write, in words that help when there is no more room. `needs` is in bytes.
pub(super) fn on_disk(error: io::Error, path: &Path, needs: u64) -> anyhow::Error {
    if is_room(&error) {
        full(path, &format!("needs {} more", HumanBytes(needs)))
    } else {
        error.into()
    }
}

/// The same for small writes below a folder, whose size nobody has counted.
pub(super) fn below(error: anyhow::Error, folder: &Path) -> anyhow::Error {
    let cause = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    match cause.filter(|cause| is_room(cause)) {
        Some(cause) => full(folder, &cause.to_string()),
        None => error,
    }
}

/// Whether there is no more room, on the disk or for this user.
pub(super) fn is_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn full(path: &Path, more: &str) -> anyhow::Error {
    error::hinted(
        format!("the disk is full: {} ({more})", path.display()),
        "make room, and run the same command again: it goes on from here",
    )
}
