//! Opening tables, for reading and for writing.

use std::{
    fs::{self, File},
    path::Path,
};

use csv::{ByteRecord, Reader, ReaderBuilder, Writer, WriterBuilder};
use serde_json::Value;

use crate::arguments;

/// What is read and written at once, in bytes. Each time is a call into the host, which costs more than the bytes.
const BUFFER: usize = 256 * 1024;

/// The table that `path` names. Its first row has the names; its rows may be shorter or longer than that.
pub fn open(args: &Value) -> Result<Reader<File>, String> {
    let path = arguments::text(args, 0, "path")?;
    let delimiter = match arguments::text_or(&named(args), 0, "delimiter", ",")?.as_bytes() {
        [byte] => *byte,
        _ => return Err("`delimiter` is not one ASCII character".into()),
    };
    let file = File::open(path).map_err(|error| format!("cannot open {path}: {error}"))?;
    let mut options = ReaderBuilder::new();
    Ok(options.delimiter(delimiter).flexible(true).buffer_capacity(BUFFER).from_reader(file))
}

/// Settings have no place, only a name.
pub fn named(args: &Value) -> Value {
    if args.is_object() { args.clone() } else { Value::Null }
}

/// A table that is written. It is there as a whole when it is finished, and may take the place of the one that is read.
pub struct NewTable<'a> {
    writer: Writer<File>,
    part: String,
    path: &'a str,
}

impl NewTable<'_> {
    /// Begins a table, in folders that are made.
    pub fn create(path: &str) -> Result<NewTable<'_>, String> {
        let part = format!("{path}.part");
        let create = || {
            if let Some(folder) = Path::new(path).parent() {
                fs::create_dir_all(folder)?;
            }
            File::create(&part)
        };
        let file = create().map_err(|error| format!("cannot write {path}: {error}"))?;
        let mut options = WriterBuilder::new();
        let writer = options.flexible(true).buffer_capacity(BUFFER).from_writer(file);
        Ok(NewTable { writer, part, path })
    }

    pub fn write(&mut self, row: &ByteRecord) -> Result<(), String> {
        self.writer.write_byte_record(row).map_err(unwritable)
    }

    /// Gives the table its name; tells its size in bytes.
    pub fn finish(self) -> Result<u64, String> {
        let file = self.writer.into_inner().map_err(unwritable)?;
        let bytes = file.metadata().map_err(unwritable)?.len();
        drop(file);
        fs::rename(&self.part, self.path).map_err(unwritable)?;
        Ok(bytes)
    }
}

/// The place of a column in the first row.
pub fn column_of(header: &ByteRecord, name: &str) -> Result<usize, String> {
    header.iter().position(|column| column == name.as_bytes()).ok_or_else(|| {
        let names: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
        format!("no column `{name}`, only: {}", names.join(", "))
    })
}

/// A field as a number.
pub fn number(field: &[u8]) -> Option<f64> {
    let number: f64 = str::from_utf8(field).ok()?.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

pub fn unreadable(error: csv::Error) -> String {
    format!("cannot read the table: {error}")
}

fn unwritable(error: impl std::fmt::Display) -> String {
    format!("cannot write the table: {error}")
}
