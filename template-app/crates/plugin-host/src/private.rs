//! Folders that only their owner may enter.

use std::{io, path::Path};

/// Makes a folder, and those above it, for the owner alone. One that is there already stays as it is.
pub(crate) fn make_dir(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
