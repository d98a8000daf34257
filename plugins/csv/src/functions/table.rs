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
    part: Part,
    path: &'a str,
}

/// What is written so far. Unless it was given its name, it is removed: a part fills the storage and is of no use.
struct Part(String);

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl NewTable<'_> {
    /// Begins a table, in folders that are made.
    pub fn create(path: &str) -> Result<NewTable<'_>, String> {
        let part = Part(format!("{path}.part"));
        let create = || {
            if let Some(folder) = Path::new(path).parent() {
                fs::create_dir_all(folder)?;
            }
            File::create(&part.0)
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
        fs::rename(&self.part.0, self.path).map_err(unwritable)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_there_as_a_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("csv-test-{}", std::process::id()));
        let path = folder.join("t.csv").display().to_string();
        let names = || fs::read_dir(&folder).unwrap().count();
        let row = ByteRecord::from(&["a", "b,c"][..]);
        let mut table = NewTable::create(&path).unwrap();
        table.write(&row).unwrap();
        assert_eq!((names(), Path::new(&path).exists()), (1, false));
        drop(table);
        assert_eq!(names(), 0);

        let mut table = NewTable::create(&path).unwrap();
        table.write(&row).unwrap();
        assert_eq!(table.finish(), Ok(8));
        assert_eq!((names(), fs::read_to_string(&path).unwrap()), (1, "a,\"b,c\"\n".to_owned()));
        fs::remove_dir_all(folder).unwrap();
    }
}
