//! What a signing session leaves behind if nobody cleans up: a private folder, and changes to the machine. Both are undone
//! at the end, whichever way it comes.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use tempfile::TempDir;

use super::{command::CommandLine, secrets::Secrets};

/// A folder that only its owner can read, and the commands that undo what was done to the machine.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// None once it is closed.
    dir: Option<TempDir>,
    path: PathBuf,
    /// Run backwards.
    undo: Vec<CommandLine>,
}

impl Scratch {
    pub(crate) fn new() -> anyhow::Result<Scratch> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("sign-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o700));
        }
        let dir = builder.tempdir().context("failed to make a private folder for signing")?;
        Ok(Scratch { path: dir.path().to_owned(), dir: Some(dir), undo: Vec::new() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A file in the folder that only its owner can read.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
        let path = self.path.join(name);
        write_private(&path, bytes)?;
        Ok(path)
    }

    /// Notes what takes back the next step. Said before the step, since a step can fail half-way.
    pub(crate) fn undo_with(&mut self, command: CommandLine) {
        self.undo.push(command);
    }

    /// Undoes everything and tells what could not be undone.
    pub(crate) fn close(mut self) -> anyhow::Result<()> {
        self.clean()
    }

    fn clean(&mut self) -> anyhow::Result<()> {
        let Some(dir) = self.dir.take() else { return Ok(()) };
        let undone: Vec<_> = self
            .undo
            .drain(..)
            .rev()
            .map(|command| command.run(&self.path, &Secrets::default()))
            .collect();
        let removed = dir.close().context("failed to remove the private folder of signing");
        undone.into_iter().collect::<anyhow::Result<Vec<_>>>().context("failed to clean up")?;
        removed
    }
}

impl Drop for Scratch {
    /// For a session that failed: its own error is the one to tell.
    fn drop(&mut self) {
        let _ = self.clean();
    }
}

/// Writes a new file that only its owner can read; a file that exists is refused.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(bytes)?;
    Ok(())
}
