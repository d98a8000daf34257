//! Files of records: one JSON object on each line, a new file each month and whenever one is large.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, SystemTime},
};

use bridge_contract::{RecordsArea, RecordsFile, RetentionRun};
use serde_json::Value;

use super::{locked, ms_since_epoch, scrub};

/// The longest record, in bytes: files are something else.
const MAX_RECORD_BYTES: usize = 64 * 1024;
/// The largest file and the most in one area, in bytes: what a user can still send to somebody. The oldest files go first.
const LIMITS: Limits = Limits { file: 10 * 1024 * 1024, area: 50 * 1024 * 1024 };

#[derive(Clone, Copy)]
struct Limits {
    file: u64,
    area: u64,
}

/// The folder of records.
pub(crate) struct Records {
    folder: PathBuf,
    limits: Limits,
    home: Option<String>,
    /// Held by whoever writes, so that lines stay whole and files are counted right.
    writing: Mutex<()>,
}

pub(crate) fn name(area: RecordsArea) -> &'static str {
    match area {
        RecordsArea::Logs => "logs",
        RecordsArea::Crashes => "crashes",
        RecordsArea::Runtime => "runtime",
    }
}

pub(super) const AREAS: [RecordsArea; 3] =
    [RecordsArea::Logs, RecordsArea::Crashes, RecordsArea::Runtime];

impl Records {
    pub(super) fn new(folder: PathBuf) -> Records {
        let home = std::env::home_dir().map(|home| home.to_string_lossy().into_owned());
        Records { folder, limits: LIMITS, home, writing: Mutex::default() }
    }

    /// Adds a record to the file of this month.
    pub(super) fn append(&self, area: RecordsArea, stem: &str, record: &Value) -> io::Result<()> {
        let line = self.line(record)?;
        let folder = self.folder.join(name(area));
        let _writing = locked(&self.writing);
        create_private(&folder)?;
        let (path, is_new) = self.current(&folder, stem, line.len());
        if is_new {
            self.make_room(area, line.len())?;
        }
        append_whole(&path, line.as_bytes())
    }

    /// Writes a record into a file of its own. Waits for nobody.
    pub(super) fn write_alone(
        &self,
        area: RecordsArea,
        stem: &str,
        record: &Value,
    ) -> io::Result<()> {
        let folder = self.folder.join(name(area));
        create_private(&folder)?;
        append_whole(&folder.join(format!("{stem}.json")), self.line(record)?.as_bytes())
    }

    fn line(&self, record: &Value) -> io::Result<String> {
        let mut line = scrub::value(record.clone(), self.home.as_deref()).to_string();
        line.push('\n');
        if line.len() > MAX_RECORD_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(line)
    }

    /// The file that takes the next line, and whether it is a new one.
    fn current(&self, folder: &Path, stem: &str, more: usize) -> (PathBuf, bool) {
        let day = day();
        let month = &day[..7];
        let part = |number: u32| match number {
            1 => folder.join(format!("{stem}-{month}.jsonl")),
            number => folder.join(format!("{stem}-{month}.part{number}.jsonl")),
        };
        let size = |path: &Path| fs_err::metadata(path).map(|metadata| metadata.len());
        let mut number = 1;
        // The earliest parts may have been deleted.
        for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let suffix = name.strip_prefix(&format!("{stem}-{month}.part"));
            let found = suffix.and_then(|rest| rest.strip_suffix(".jsonl")?.parse().ok());
            number = number.max(found.unwrap_or(1));
        }
        match size(&part(number)) {
            Ok(size) if size + more as u64 > self.limits.file => (part(number + 1), true),
            Ok(_) => (part(number), false),
            Err(_) => (part(number), true),
        }
    }

    /// Deletes the oldest files until a whole new one fits.
    fn make_room(&self, area: RecordsArea, more: usize) -> io::Result<()> {
        let files = self.list(area)?;
        let mut all: u64 = files.iter().map(|file| file.bytes).sum();
        let most = self.limits.area.saturating_sub(self.limits.file.max(more as u64));
        for oldest in files.iter().rev() {
            if all <= most {
                break;
            }
            fs_err::remove_file(self.folder.join(&oldest.rel_path))?;
            all -= oldest.bytes;
        }
        Ok(())
    }

    /// Files of an area, the newest first. What is no file of records is left out.
    pub(crate) fn list(&self, area: RecordsArea) -> io::Result<Vec<RecordsFile>> {
        let folder = name(area);
        let entries = match fs_err::read_dir(self.folder.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_record = name.ends_with(".jsonl") || name.ends_with(".json");
            // Of the entry itself: a link is no file of records.
            let Some(metadata) = entry.metadata().ok().filter(|it| it.is_file() && is_record)
            else {
                continue;
            };
            files.push(RecordsFile {
                rel_path: format!("{folder}/{name}"),
                bytes: metadata.len(),
                modified_ms: metadata.modified().map(ms_since_epoch).unwrap_or_default(),
            });
        }
        files.sort_by(|a, b| (b.modified_ms, &b.rel_path).cmp(&(a.modified_ms, &a.rel_path)));
        Ok(files)
    }

    /// The text of a file that `list` names.
    pub(crate) fn read(&self, path: &str) -> io::Result<String> {
        let area = AREAS.into_iter().find(|area| path.split('/').next() == Some(name(*area)));
        let known = area.map(|area| self.list(area)).transpose()?.unwrap_or_default();
        if !known.iter().any(|file| file.rel_path == path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let bytes = fs_err::read(self.folder.join(path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Deletes files that were last written longer ago.
    pub(crate) fn delete_older(
        &self,
        area: RecordsArea,
        age: Duration,
    ) -> io::Result<RetentionRun> {
        let _writing = locked(&self.writing);
        let now = ms_since_epoch(SystemTime::now());
        let age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let mut run = RetentionRun::default();
        for file in self.list(area)? {
            if file.modified_ms.saturating_add(age) <= now {
                fs_err::remove_file(self.folder.join(&file.rel_path))?;
                run = RetentionRun { deleted: run.deleted + 1, bytes: run.bytes + file.bytes };
            }
        }
        Ok(run)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// For its owner alone.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// All of the line or nothing: a disk that is full leaves no half ones.
fn append_whole(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = fs_err::OpenOptions::new().append(true).create(true).open(path)?;
    // Other processes of the app write here too; a file system without locks goes without.
    let _ = file.file().lock();
    let before = file.metadata()?.len();
    let written = file.write_all(line);
    if written.is_err() {
        // An empty file that was just made is an eyesore, and no more.
        let _ = file.set_len(before);
    }
    written
}

/// Today by UTC, as in `2026-11-21`.
pub(crate) fn day() -> String {
    date(ms_since_epoch(SystemTime::now()) / (24 * 60 * 60 * 1000))
}

/// The date of a day after 1970-01-01. https://howardhinnant.github.io/date_algorithms.html#civil_from_days
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Of a year that begins in March.
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests;
