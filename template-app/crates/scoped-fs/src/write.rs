//! Writing files, whole and piece by piece: beside their place, and moved there when the disk has them.

use std::io::{self, Write as _};

use cap_std::fs::{Dir, OpenOptions};

use crate::{
    MAX_FILE, Scope, Usage,
    error::{Code, Error, Result},
    path::ScopedPath,
    patience::patiently,
    scope::fresh_name,
};

/// A file that is being written. Nobody sees it before [`FileWriter::finish`]; dropped without that, it is gone, and what was at
/// its path is as it was.
pub struct FileWriter {
    scope: Scope,
    path: ScopedPath,
    /// Where the file will be: by its handle, so that a folder that is moved meanwhile takes the file along.
    folder: Dir,
    /// Where it is until then.
    work: Dir,
    name: String,
    file: Option<std::fs::File>,
    /// It is in its place, or gone.
    is_over: bool,
    written: u64,
    /// Size of what it replaces.
    replaces: u64,
    reserved: Usage,
}

impl Scope {
    /// Writes a file, and the folders above it where they are missing. Either all of it is there afterwards, or what was there
    /// before.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        if bytes.len() as u64 > MAX_FILE {
            return Err(Error::new(
                Code::TooLarge,
                format!("larger than {MAX_FILE} bytes: `{path}`"),
            ));
        }
        let mut writer = self.writer(path, false)?;
        writer.write(bytes)?;
        writer.finish()
    }

    /// Begins to write a file; with `append`, with what is there already.
    pub fn writer(&self, path: &str, append: bool) -> Result<FileWriter> {
        let path = ScopedPath::parse(path)?;
        let old = self.metadata_if_there(&path)?;
        if path.is_root() || old.as_ref().is_some_and(cap_std::fs::Metadata::is_dir) {
            return Err(Error::new(Code::IsADirectory, format!("a folder: `{}`", path.text())));
        }
        let parent = path.parent();
        self.make_folders(&parent)?;
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let folder = self.dir.open_dir(parent.os()).map_err(fail)?;
        let replaces = place(&folder, path.name()).map_err(fail)?;
        let entries = u64::from(replaces.is_none());
        let work = self.work_beside(&folder).map_err(fail)?;
        self.budget.reserve(0, entries)?;
        let mut writer = FileWriter {
            scope: self.clone(),
            folder,
            work,
            name: fresh_name(),
            file: None,
            is_over: false,
            written: 0,
            replaces: replaces.unwrap_or_default(),
            reserved: Usage { bytes: 0, entries },
            path,
        };
        writer.create()?;
        if append && old.is_some() {
            writer.copy_old()?;
        }
        Ok(writer)
    }
}

impl FileWriter {
    fn create(&mut self) -> Result<()> {
        let file = self.work.open_with(&self.name, OpenOptions::new().write(true).create_new(true));
        self.file = Some(file.map_err(|error| self.fail(&error))?.into_std());
        Ok(())
    }

    /// Begins with what is there.
    fn copy_old(&mut self) -> Result<()> {
        let (mut old, size) = self.scope.open_file(&self.path)?;
        self.take_room(size)?;
        let Some(file) = &mut self.file else { return Ok(()) };
        // Between two files the system copies by itself, where it can.
        let copied = io::copy(&mut old, file);
        self.written = copied.map_err(|error| self.fail(&error))?;
        Ok(())
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let length = self.written.saturating_add(bytes.len() as u64);
        self.take_room(length)?;
        let Some(file) = &mut self.file else { return Ok(()) };
        let added = file.write_all(bytes);
        self.written = length;
        added.map_err(|error| self.fail(&error))
    }

    /// Takes room for a file of this size. What it replaces makes room: counting both would refuse to rewrite one that fills half
    /// of the quota.
    fn take_room(&mut self, size: u64) -> Result<()> {
        let grows = size.saturating_sub(self.replaces).saturating_sub(self.reserved.bytes);
        self.scope.budget.reserve(grows, 0)?;
        self.reserved.bytes += grows;
        Ok(())
    }

    /// Puts the file into its place.
    pub fn finish(mut self) -> Result<()> {
        let Some(file) = self.file.as_ref() else { return Ok(()) };
        file.sync_all().map_err(|error| self.fail(&error))?;
        loop {
            let changes = self.scope.changes.clone();
            let changing = changes.lock();
            let gone = place(&self.folder, self.path.name()).map_err(|error| self.fail(&error))?;
            // What it replaces may have shrunk, or gone, since room was taken.
            let missing = self.missing(gone);
            if missing != Usage::default() {
                drop(changing);
                self.scope.budget.reserve(missing.bytes, missing.entries)?;
                self.reserved = self.reserved.plus(missing);
                self.replaces = gone.unwrap_or_default();
                continue;
            }
            // Some systems move no file that is open.
            self.file = None;
            let moved = patiently(|| self.work.rename(&self.name, &self.folder, self.path.name()));
            moved.map_err(|error| self.fail(&error))?;
            let there = Usage { bytes: self.written, entries: 1 };
            let replaced =
                Usage { bytes: gone.unwrap_or_default(), entries: u64::from(gone.is_some()) };
            // In two numbers that are exact: what was reserved, and what the folder has lost beside it.
            let gone = self.reserved.plus(replaced).minus(there);
            self.scope.budget.settled(self.reserved, gone);
            self.is_over = true;
            return Ok(());
        }
    }

    /// The room that has to be taken still, when the file replaces so much, or nothing.
    fn missing(&self, gone: Option<u64>) -> Usage {
        let grows = self.written.saturating_sub(gone.unwrap_or_default());
        let needed = Usage { bytes: grows, entries: u64::from(gone.is_none()) };
        needed.minus(self.reserved)
    }

    fn fail(&self, error: &io::Error) -> Error {
        Error::io(&self.path.text(), error)
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.file = None;
        // What cannot be removed either stays hidden, and goes with its folder or at the next start.
        let _ = self.work.remove_file(&self.name);
        self.scope.budget.cancelled(self.reserved);
    }
}

/// The size of what is at a name, 0 for a link, and nothing when nothing is there.
fn place(folder: &Dir, name: &str) -> io::Result<Option<u64>> {
    let there = crate::measure::unless_gone(folder.symlink_metadata(name))?;
    Ok(there.map(|about| if about.is_file() { about.len() } else { 0 }))
}
