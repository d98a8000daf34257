//! What a scope withstands: paths and links that lead elsewhere, crowds, full disks, and processes that are killed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "these are tests; the lint knows only functions that are marked so"
)]

mod crash;
mod crowds;
mod escape;
mod room;

use std::path::Path;

use scoped_fs::{Code, Result, Scope, Usage};

/// Bytes in a MiB.
const MIB: u64 = 1024 * 1024;

/// A scope in a folder of its own.
struct Desk {
    folder: tempfile::TempDir,
    scope: Scope,
}

impl Desk {
    fn new(quota: u64) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let scope = open(&folder.path().join("scope"), quota);
        Desk { folder, scope }
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("scope")
    }
}

fn open(path: &Path, quota: u64) -> Scope {
    Scope::open(path, Usage { bytes: quota, entries: 1_000_000 }).unwrap()
}

fn code<T>(result: Result<T>) -> Code {
    result.err().expect("an error").code
}

fn names(scope: &Scope, path: &str) -> Vec<String> {
    scope.list(path).unwrap().into_iter().map(|entry| entry.name).collect()
}

/// What is on its way, or was left behind.
fn left_behind(root: &Path) -> Vec<String> {
    let work = fs_err::read_dir(root.join(".deskwright-work.tmp")).unwrap();
    let names = work.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "lock").collect()
}
