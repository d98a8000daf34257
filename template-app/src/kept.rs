//! Small files that the runtime keeps for itself, each of which is there as a whole or as it was before.

use std::{
    io::{self, Write as _},
    path::Path,
    process,
};

/// Writes a file and its folder. A process that ends on the way, and a disk that is full, leave what was there before.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    // Of this process alone: an app without `singleInstance` may run several times.
    let new = path.with_extension(format!("{}.new", process::id()));
    let written = write_new(&new, bytes).and_then(|()| fs_err::rename(&new, path));
    if written.is_err() {
        // What is half written takes room that somebody may need.
        let _ = fs_err::remove_file(&new);
    }
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs_err::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
