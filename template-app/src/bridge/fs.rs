//! Module `fs`: files of the app's own, and of its plugins. Each command names its scope; which there are is in `scopes`.

mod scopes;
mod watch;

use bridge_contract::{
    BridgeError, ErrorCode, FsItem, FsListing, FsOpened, FsUsage, MAX_WHOLE_FILE_BYTES,
    STREAM_PIECE_BYTES,
};
use scoped_fs::{Entry, FileReader, FileWriter, ScopedPath};

#[cfg(feature = "standard")]
pub(in crate::bridge) use self::scopes::data;
use self::scopes::{ScopeName, Use};
pub(super) use self::scopes::{granted, word};
use super::{
    Call, Command, Command::Blocking, Reply, Result, bytes_of, fs_error, reply,
    streams::bytes_reply,
};
use crate::streams::{self, Sink};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("fs_list", Blocking(list)),
    ("fs_new_directory", Blocking(new_directory)),
    ("fs_remove", Blocking(remove)),
    ("fs_stat", Blocking(stat)),
    ("fs_read_text", Blocking(read_text)),
    ("fs_write_text", Blocking(write_text)),
    ("fs_read_bytes", Blocking(read_bytes)),
    ("fs_write_bytes", Blocking(write_bytes)),
    ("fs_read_stream", Blocking(read_stream)),
    ("fs_write_stream", Blocking(write_stream)),
    ("fs_exists", Blocking(exists)),
    ("fs_move", Blocking(rename)),
    ("fs_copy", Blocking(copy)),
    ("fs_clear", Blocking(clear)),
    ("fs_usage", Blocking(usage)),
    ("fs_recover", Blocking(recover)),
    ("fs_watch", Blocking(watch::watch)),
    ("fs_unwatch", Blocking(watch::unwatch)),
];

fn path(call: &Call) -> Result<String> {
    call.arg("path")
}

fn flag(call: &Call, name: &str) -> Result<bool> {
    Ok(call.arg::<Option<bool>>(name)?.unwrap_or_default())
}

/// Of a folder: the scope itself when it is left out.
fn folder(call: &Call) -> Result<String> {
    Ok(call.arg::<Option<String>>("path")?.unwrap_or_default())
}

fn list(call: &Call) -> Reply {
    let path = folder(call)?;
    let entries = scopes::scope(call, Use::Read)?.list(&path).map_err(fs_error)?;
    let folder = ScopedPath::parse(&path).map_err(fs_error)?.text();
    let row = |entry: Entry| {
        let kind = if entry.is_file { 0 } else { 1 + u8::from(!entry.is_directory) };
        (entry.name, kind, entry.size, entry.modified_ms.unwrap_or_default())
    };
    reply(&FsListing { path: folder, entries: entries.into_iter().map(row).collect() })
}

fn new_directory(call: &Call) -> Reply {
    reply(&scopes::scope(call, Use::Write)?.new_directory(&path(call)?).map_err(fs_error)?)
}

fn remove(call: &Call) -> Reply {
    let (path, recursive) = (path(call)?, flag(call, "recursive")?);
    let scope = scopes::scope(call, Use::Remove)?;
    let removed = match scopes::trash_of(call)? {
        Some(trash) => trash.take(&scope, &path, recursive),
        None => scope.remove(&path, recursive),
    };
    reply(&removed.map_err(fs_error)?)
}

fn stat(call: &Call) -> Reply {
    reply(&item(scopes::scope(call, Use::Read)?.stat(&folder(call)?).map_err(fs_error)?))
}

fn read_text(call: &Call) -> Reply {
    let path = path(call)?;
    let reader = scopes::scope(call, Use::Read)?.reader(&path, 0, None).map_err(fs_error)?;
    if reader.size() > STREAM_PIECE_BYTES as u64 {
        return opened(call, reader);
    }
    let text = String::from_utf8(reader.into_bytes(&path).map_err(fs_error)?);
    let text = text
        .map_err(|_| BridgeError::new(ErrorCode::FsNotUtf8, format!("no text in UTF-8: `{path}`")));
    reply(&text?)
}

fn write_text(call: &Call) -> Reply {
    let text: String = call.arg("text")?;
    let written = scopes::scope(call, Use::Write)?.write(&path(call)?, text.as_bytes());
    reply(&written.map_err(fs_error)?)
}

/// A small file at once, else a stream of it: WebKit takes a long answer in twice the time of as many bytes in pieces.
fn read_bytes(call: &Call) -> Reply {
    let path = path(call)?;
    let reader = scopes::scope(call, Use::Read)?.reader(&path, 0, None).map_err(fs_error)?;
    if reader.size() > STREAM_PIECE_BYTES as u64 {
        return opened(call, reader);
    }
    bytes_reply(call, reader.into_bytes(&path).map_err(fs_error)?)
}

/// A stream of a file that is put together in the page.
fn opened(call: &Call, reader: FileReader) -> Reply {
    let size = reader.size();
    if size > MAX_WHOLE_FILE_BYTES {
        let message =
            format!("larger than {MAX_WHOLE_FILE_BYTES} bytes, found: {size}; read it as a stream");
        return Err(BridgeError::new(ErrorCode::FsTooLarge, message));
    }
    reply(&FsOpened { stream: streams::open_read(call, reader)?, size })
}

fn write_bytes(call: &Call) -> Reply {
    let scope = scopes::scope(call, Use::Write)?;
    reply(&scope.write(&path(call)?, &bytes_of(call)?).map_err(fs_error)?)
}

fn read_stream(call: &Call) -> Reply {
    let offset = call.arg::<Option<u64>>("offset")?.unwrap_or_default();
    let (scope, length) = (scopes::scope(call, Use::Read)?, call.arg("length")?);
    let reader = scope.reader(&path(call)?, offset, length).map_err(fs_error)?;
    let size = reader.size();
    reply(&FsOpened { stream: streams::open_read(call, reader)?, size })
}

fn write_stream(call: &Call) -> Reply {
    let (path, append) = (path(call)?, flag(call, "append")?);
    let writer = scopes::scope(call, Use::Write)?.writer(&path, append).map_err(fs_error)?;
    reply(&FsOpened { stream: streams::open_write(call, Box::new(FileSink(writer)))?, size: 0 })
}

/// A file that a page writes.
struct FileSink(FileWriter);

impl Sink for FileSink {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write(bytes).map_err(fs_error)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.0.finish().map_err(fs_error)
    }
}

fn exists(call: &Call) -> Reply {
    reply(&scopes::scope(call, Use::Read)?.exists(&path(call)?).map_err(fs_error)?)
}

fn rename(call: &Call) -> Reply {
    let (src, dest): (String, String) = (call.arg("src")?, call.arg("dest")?);
    let overwrite = flag(call, "overwrite")?;
    let scope = scopes::scope(call, Use::Write)?;
    reply(&scope.rename(&src, &dest, overwrite).map_err(fs_error)?)
}

fn copy(call: &Call) -> Reply {
    let (src, dest): (String, String) = (call.arg("src")?, call.arg("dest")?);
    let (recursive, overwrite) = (flag(call, "recursive")?, flag(call, "overwrite")?);
    let scope = scopes::scope(call, Use::Write)?;
    reply(&scope.copy(&src, &dest, recursive, overwrite).map_err(fs_error)?)
}

fn clear(call: &Call) -> Reply {
    let cleared = match scopes::name(call)? {
        ScopeName::Trash => scopes::trash(call)?.clear(),
        _ => scopes::scope(call, Use::Remove)?.clear(),
    };
    reply(&cleared.map_err(fs_error)?)
}

fn usage(call: &Call) -> Reply {
    let scope = scopes::scope(call, Use::Write)?;
    let (used, quota) = (scope.usage().map_err(fs_error)?, scope.quota());
    reply(&FsUsage {
        bytes: used.bytes,
        quota: quota.bytes,
        entries: used.entries,
        entries_quota: quota.entries,
    })
}

fn recover(call: &Call) -> Reply {
    let (trash, data) = (scopes::trash(call)?, scopes::data(call)?);
    reply(&trash.recover(&data, &path(call)?).map_err(fs_error)?)
}

pub(super) fn item(entry: Entry) -> FsItem {
    FsItem {
        name: entry.name,
        path: entry.path,
        is_file: entry.is_file,
        is_directory: entry.is_directory,
        size: entry.size,
        // Where no time is kept, the oldest there is.
        modified_ms: entry.modified_ms.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_the_script_sends_at_once_is_what_the_files_take() {
        assert_eq!(bridge_contract::MAX_BYTES_AT_ONCE, scoped_fs::MAX_FILE);
    }
}
