//! What is in files: `{"path": "notes/today.txt", "contents": "…"}` or `["notes/today.txt", "…"]`.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

use serde_json::{Value, json};

use crate::arguments;

/// Largest part of a file that is read at once, in bytes: written as JSON it fits into the answer, which has 1 MiB.
const MAX_READ: u64 = 256 * 1024;

/// Replaces a file, and makes the folders above it.
pub fn write(args: &Value) -> Result<Value, String> {
    put(args, OpenOptions::new().write(true).create(true).truncate(true))
}

/// Adds to the end of a file, which is made if it is missing.
pub fn append(args: &Value) -> Result<Value, String> {
    put(args, OpenOptions::new().append(true).create(true))
}

fn put(args: &Value, how: &OpenOptions) -> Result<Value, String> {
    let path = arguments::text(args, 0, "path")?;
    let contents = arguments::text(args, 1, "contents")?;
    let write = || {
        if let Some(folder) = Path::new(path).parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = how.open(path)?;
        file.write_all(contents.as_bytes())?;
        file.metadata()
    };
    let metadata = write().map_err(|error| format!("cannot write {path}: {error}"))?;
    Ok(json!({ "path": path, "bytes": metadata.len() }))
}

/// Reads a text, or the part of it that `from` and `bytes` name.
pub fn read(args: &Value) -> Result<Value, String> {
    let path = arguments::text(args, 0, "path")?;
    let from = arguments::count(args, 1, "from", 0)?;
    let bytes = arguments::count(args, 2, "bytes", MAX_READ)?.min(MAX_READ);
    let read = || {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(from))?;
        let mut part = Vec::new();
        file.take(bytes).read_to_end(&mut part)?;
        Ok((size, part))
    };
    let failed = |error: std::io::Error| format!("cannot read {path}: {error}");
    let (size, part) = read().map_err(failed)?;
    let next = from + part.len() as u64;
    // A character may be cut at either end of a part.
    let contents = String::from_utf8_lossy(&part);
    Ok(json!({
        "path": path,
        "contents": contents,
        "size": size,
        "next": if next < size { Some(next) } else { None },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::scratch::Scratch;

    #[test]
    fn a_file_is_written_grown_and_read_in_parts() {
        let scratch = Scratch::new("contents");
        let path = scratch.path("a/b.txt");
        assert_eq!(write(&json!([path, "one"])).unwrap()["bytes"], 3);
        assert_eq!(append(&json!([path, " two"])).unwrap()["bytes"], 7);
        assert_eq!(read(&json!([path])).unwrap()["contents"], "one two");
        let part = read(&json!({"path": path, "from": 4, "bytes": 2})).unwrap();
        assert_eq!((&part["contents"], &part["next"]), (&json!("tw"), &json!(6)));
        assert_eq!(write(&json!([path, ""])).unwrap()["bytes"], 0);
        assert_eq!(read(&json!([path])).unwrap()["next"], Value::Null);
    }

    #[test]
    fn what_fails_names_the_path() {
        let scratch = Scratch::new("failures");
        let missing = scratch.path("missing.txt");
        let error = read(&json!([missing])).unwrap_err();
        assert!(error.starts_with(&format!("cannot read {missing}: ")), "{error}");
        assert!(write(&json!([scratch.path(""), "x"])).unwrap_err().starts_with("cannot write"));
    }
}
