//! An archive becomes a folder, or nothing: every entry is judged before the first byte is written, and every byte is hashed
//! on its way.
//!
//! Nobody should be able to do harm with an archive: it has no links, no names that lead elsewhere, and not more than it
//! says. The folder is new and ours alone, and files in it are only ever created, so that nothing is followed or replaced.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    io::{self, BufReader, Read as _, Write as _},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, ZipArchive, read::ZipFile, result::ZipError};

use super::{
    fault::{Fault, on_disk},
    names,
};

/// Entries of an archive (count): an artifact of ours has about ten.
const MAX_ENTRIES: usize = 10_000;
/// What may be read to learn an archive's entries, in bytes: some hundred for each.
const MAX_DIRECTORY_BYTES: u64 = 8 * 1024 * 1024;
/// What an archive may unpack to, in bytes: four times the largest release asset that GitHub takes.
const MAX_TOTAL_BYTES: u64 = 8 * 1024 * 1024 * 1024;
/// How many times its own size an entry may unpack to (factor): text shrinks to a tenth, zeros to a thousandth.
const MAX_RATIO: u64 = 200;
/// What may shrink as it likes, in bytes: a short text of blanks is no bomb.
const FREE_OF_RATIO: u64 = 16 * 1024 * 1024;
/// What is read and written at once, in bytes.
const CHUNK_LEN: usize = 256 * 1024;
/// The type of a file within its Unix mode, and the two types that are taken.
const MODE_TYPE: u32 = 0o170_000;
const MODE_FILE: u32 = 0o100_000;
const MODE_FOLDER: u32 = 0o040_000;
const MODE_RUNS: u32 = 0o111;

/// A file as it came out of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// With slashes.
    pub(super) path: String,
    /// In bytes.
    pub(super) size: u64,
    pub(super) sha256: String,
}

/// What will be made of an entry.
struct Entry {
    index: usize,
    path: String,
    size: u64,
    runs: bool,
}

/// Unpacks an archive into a folder that is empty, and gives its files. Ends early when it is abandoned.
pub(super) fn unpack(
    archive: &Path,
    to: &Path,
    abandoned: &AtomicBool,
) -> Result<Vec<Unpacked>, Fault> {
    let file = fs_err::File::open(archive)?;
    let allowance = Cell::new(MAX_DIRECTORY_BYTES);
    let reader = Metered { inner: BufReader::new(file), allowance: &allowance };
    let mut zip = ZipArchive::new(reader).map_err(not_read)?;
    allowance.set(u64::MAX);
    if zip.len() > MAX_ENTRIES {
        let text = format!("too many entries: {}, allowed are {MAX_ENTRIES}", zip.len());
        return Err(Fault::Refused(text));
    }
    if zip.has_duplicate_names() {
        return Err(Fault::refused("two entries have one name"));
    }
    let entries = survey(&zip)?;
    zip.validate_header_consistency().map_err(not_read)?;
    let mut left: u64 = entries.iter().map(|entry| entry.size).sum();
    let mut files = Vec::new();
    for entry in entries {
        let mut from = zip.by_index(entry.index).map_err(not_read)?;
        files.push(extract(&mut from, &entry, to, left, abandoned)?);
        left -= entry.size;
    }
    Ok(files)
}

/// A reader that gives so many bytes and no more: what is made of them stays in memory.
struct Metered<'a, R> {
    inner: R,
    allowance: &'a Cell<u64>,
}

impl<R: io::Read> io::Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.allowance.get().checked_sub(read as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "too long a list of entries")
        })?;
        self.allowance.set(left);
        Ok(read)
    }
}

impl<R: io::Seek> io::Seek for Metered<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// The files of an archive, in its order, when all of its entries may be unpacked.
fn survey<R: io::Read + io::Seek>(zip: &ZipArchive<R>) -> Result<Vec<Entry>, Fault> {
    let mut seen = Seen::default();
    let mut entries = Vec::new();
    let mut total: u64 = 0;
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(not_read)?;
        let raw = entry.name_raw();
        let name = String::from_utf8_lossy(raw);
        let refuse = |why: &str| Fault::refused(format!("{why}: {name:?}"));
        let path = std::str::from_utf8(raw).map_err(|_| refuse("a name that is no text"))?;
        let (path, is_folder) =
            path.strip_suffix('/').map_or((path, false), |folder| (folder, true));
        if let Some(why) = names::path_fault(path) {
            return Err(refuse(why));
        }
        // Also where the archive says that it was made on another system.
        let mode = entry.external_attributes() >> 16;
        match mode & MODE_TYPE {
            0 => {}
            MODE_FILE if !is_folder => {}
            MODE_FOLDER if is_folder => {}
            _ => return Err(refuse("neither a file nor a folder")),
        }
        if entry.encrypted() {
            return Err(refuse("encrypted"));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(refuse("compressed in an unusual way"));
        }
        if is_folder && entry.size() > 0 {
            return Err(refuse("a folder with content"));
        }
        seen.add(path, is_folder).map_err(refuse)?;
        let free = entry.size() <= FREE_OF_RATIO;
        if !free && entry.size() / entry.compressed_size().max(1) > MAX_RATIO {
            return Err(refuse("it unpacks to far more than it is"));
        }
        total = total.saturating_add(entry.size());
        if total > MAX_TOTAL_BYTES {
            let why = format!("it unpacks to more than {MAX_TOTAL_BYTES} bytes");
            return Err(refuse(&why));
        }
        if !is_folder {
            let (path, runs) = (path.to_owned(), mode & MODE_RUNS != 0);
            entries.push(Entry { index, path, size: entry.size(), runs });
        }
    }
    Ok(entries)
}

/// The paths of an archive, as a system sees them that does not tell capitals from small letters.
#[derive(Default)]
struct Seen {
    files: BTreeSet<String>,
    /// With how they are written.
    folders: BTreeMap<String, String>,
}

impl Seen {
    fn add(&mut self, path: &str, is_folder: bool) -> Result<(), &'static str> {
        let ends = path.match_indices('/').map(|(at, _)| at);
        for end in ends.chain(is_folder.then_some(path.len())) {
            let folder = &path[..end];
            let key = folder.to_ascii_lowercase();
            if self.files.contains(&key) {
                return Err("a file and a folder have one name");
            }
            if self.folders.entry(key).or_insert_with(|| folder.to_owned()) != folder {
                return Err("two names differ by capitals only");
            }
        }
        let key = path.to_ascii_lowercase();
        if is_folder {
            return Ok(());
        }
        if self.folders.contains_key(&key) {
            return Err("a file and a folder have one name");
        }
        if !self.files.insert(key) {
            return Err("two names differ by capitals only");
        }
        Ok(())
    }
}

/// Writes one file. `left` is what this and the following files need, in bytes.
fn extract<R: io::Read>(
    from: &mut ZipFile<'_, R>,
    entry: &Entry,
    to: &Path,
    mut left: u64,
    abandoned: &AtomicBool,
) -> Result<Unpacked, Fault> {
    let path = to.join(&entry.path);
    let parent = path.parent().unwrap_or(to);
    fs_err::create_dir_all(parent).map_err(|error| on_disk(error, parent, left))?;
    let create = || fs_err::OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = create().map_err(|error| on_disk(error, &path, left))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK_LEN];
    let mut size: u64 = 0;
    loop {
        if abandoned.load(Ordering::Relaxed) {
            return Err(Fault::Here(anyhow::anyhow!("nobody waits for it any more")));
        }
        let read = from.read(&mut buffer).map_err(|error| damaged(error, &entry.path))?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if size > entry.size {
            break;
        }
        hash.update(&buffer[..read]);
        file.write_all(&buffer[..read]).map_err(|error| on_disk(error, &path, left))?;
        left -= read as u64;
    }
    if size != entry.size {
        let text = format!("another size than it says: {:?}", entry.path);
        return Err(Fault::Refused(text));
    }
    finish(&file, entry.runs).map_err(|error| on_disk(error, &path, left))?;
    let sha256 = format!("{:x}", hash.finalize());
    Ok(Unpacked { path: entry.path.clone(), size, sha256 })
}

/// A file that was written is on the disk, may be run if that is what it is for, and is not written again: it may come to
/// stand in several builds.
pub(super) fn finish(file: &fs_err::File, runs: bool) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = if runs { 0o555 } else { 0o444 };
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = runs;
    file.sync_all()
}

/// A fault of the archive, or of the disk that it is on.
fn not_read(error: ZipError) -> Fault {
    match error {
        ZipError::Io(error) if !is_content(&error) => Fault::Here(error.into()),
        other => Fault::refused(format!("not an archive as it should be: {other}")),
    }
}

fn damaged(error: io::Error, name: &str) -> Fault {
    if is_content(&error) {
        Fault::refused(format!("damaged: {name:?} ({error})"))
    } else {
        Fault::Here(anyhow::Error::new(error).context(format!("failed to unpack: {name}")))
    }
}

/// Whether reading failed because of what was read.
fn is_content(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof | Other)
}
