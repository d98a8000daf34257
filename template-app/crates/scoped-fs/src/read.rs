//! Reading files: whole, as text, and piece by piece.

use std::io::{self, Read, Seek as _, SeekFrom};

use crate::{
    MAX_FILE, Scope,
    error::{Code, Error, Result},
    path::ScopedPath,
};

/// A file, or a part of one, that is read from its beginning to its end.
#[derive(Debug)]
pub struct FileReader {
    file: io::Take<std::fs::File>,
    size: u64,
}

impl FileReader {
    /// All of it, unless it is more than [`MAX_FILE`] bytes.
    pub fn into_bytes(self, path: &str) -> Result<Vec<u8>> {
        if self.size > MAX_FILE {
            return Err(too_large(path));
        }
        // One more, so that the end is met without the buffer growing.
        let room = usize::try_from(self.size + 1).unwrap_or_default();
        let mut bytes = Vec::with_capacity(room);
        let read = self.take(MAX_FILE + 1).read_to_end(&mut bytes);
        read.map_err(|error| Error::io(path, &error))?;
        // It may have grown meanwhile.
        if bytes.len() as u64 > MAX_FILE { Err(too_large(path)) } else { Ok(bytes) }
    }

    /// Bytes that there were to read when it was opened.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Scope {
    /// Opens a file, from a byte on, for so many bytes; where it has fewer, the reader ends earlier.
    pub fn reader(&self, path: &str, offset: u64, length: Option<u64>) -> Result<FileReader> {
        let path = ScopedPath::parse(path)?;
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let (mut file, size) = self.open_file(&path)?;
        if offset > 0 {
            file.seek(SeekFrom::Start(offset)).map_err(fail)?;
        }
        let size = size.saturating_sub(offset).min(length.unwrap_or(u64::MAX));
        Ok(FileReader { file: file.take(length.unwrap_or(u64::MAX)), size })
    }

    /// A whole file, of [`MAX_FILE`] bytes at most.
    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        self.reader(path, 0, None)?.into_bytes(path)
    }

    /// A whole file as text.
    pub fn read_text(&self, path: &str) -> Result<String> {
        String::from_utf8(self.read(path)?)
            .map_err(|_| Error::new(Code::NotUtf8, format!("no text in UTF-8: `{path}`")))
    }

    /// Opens what is a file, and gives its size.
    pub(crate) fn open_file(&self, path: &ScopedPath) -> Result<(std::fs::File, u64)> {
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let metadata = self.metadata(path)?;
        if metadata.is_dir() {
            return Err(Error::new(Code::IsADirectory, format!("a folder: `{}`", path.text())));
        }
        if !metadata.is_file() {
            // Opening a pipe would wait for whoever writes into it.
            return Err(Error::new(Code::Io, format!("no file: `{}`", path.text())));
        }
        let file = self.dir.open(path.os()).map_err(fail)?.into_std();
        let size = file.metadata().map_err(fail)?.len();
        Ok((file, size))
    }
}

fn too_large(path: &str) -> Error {
    Error::new(Code::TooLarge, format!("larger than {MAX_FILE} bytes: `{path}`"))
}
