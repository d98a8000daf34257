//! What is in folders: `{"path": "notes"}`, `["notes"]`, or nothing for the whole storage.

use std::{fs, io, path::Path};

use serde_json::{Value, json};

use crate::arguments;

/// Most entries of an answer, so that it stays within 1 MiB.
const MAX_ENTRIES: usize = 2_000;

/// Names, kinds and sizes of what is in a folder, sorted by name.
pub fn list(args: &Value) -> Result<Value, String> {
    let path = folder(args)?;
    let mut entries = sorted(Path::new(path)).map_err(|error| failed(path, &error))?;
    let more = entries.len().saturating_sub(MAX_ENTRIES);
    entries.truncate(MAX_ENTRIES);
    let entries: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let kind = if entry.is_folder { "folder" } else { "file" };
            json!({ "name": entry.name, "kind": kind, "bytes": entry.bytes })
        })
        .collect();
    Ok(json!({ "entries": entries, "more": more }))
}

/// Removes a file, or a folder with all that is in it. Tells whether it was there.
pub fn remove(args: &Value) -> Result<Value, String> {
    let path = arguments::text(args, 0, "path")?;
    let remove = || {
        if fs::symlink_metadata(path)?.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        }
    };
    match remove() {
        Ok(()) => Ok(json!(true)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(json!(false)),
        Err(error) => Err(format!("cannot remove {path}: {error}")),
    }
}

/// A folder drawn as a tree, for people.
pub fn tree(args: &Value) -> Result<Value, String> {
    let path = folder(args)?;
    let mut lines = Vec::new();
    draw(Path::new(path), "", &mut lines).map_err(|error| failed(path, &error))?;
    Ok(json!(lines.join("\n")))
}

/// How many files and folders there are below a folder, and how many bytes.
pub fn usage(args: &Value) -> Result<Value, String> {
    let path = folder(args)?;
    let (mut files, mut folders, mut bytes) = (0_u64, 0_u64, 0_u64);
    let mut waiting = vec![Path::new(path).to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in sorted(&folder).map_err(|error| failed(path, &error))? {
            if entry.is_folder {
                folders += 1;
                waiting.push(folder.join(entry.name));
            } else {
                files += 1;
                bytes += entry.bytes;
            }
        }
    }
    Ok(json!({ "files": files, "folders": folders, "bytes": bytes }))
}

fn folder(args: &Value) -> Result<&str, String> {
    arguments::text_or(args, 0, "path", ".")
}

fn failed(path: &str, error: &io::Error) -> String {
    format!("cannot list {path}: {error}")
}

struct Entry {
    name: String,
    is_folder: bool,
    bytes: u64,
}

fn sorted(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_folder = entry.file_type()?.is_dir();
        let bytes = if is_folder { 0 } else { entry.metadata()?.len() };
        let name = entry.file_name().to_string_lossy().into_owned();
        entries.push(Entry { name, is_folder, bytes });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn draw(folder: &Path, margin: &str, lines: &mut Vec<String>) -> io::Result<()> {
    let entries = sorted(folder)?;
    for (place, entry) in entries.iter().enumerate() {
        if lines.len() >= MAX_ENTRIES {
            return Ok(());
        }
        let is_last = place + 1 == entries.len();
        let (branch, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let slash = if entry.is_folder { "/" } else { "" };
        lines.push(format!("{margin}{branch}{}{slash}", entry.name));
        if entry.is_folder {
            draw(&folder.join(&entry.name), &format!("{margin}{below}"), lines)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::{scratch::Scratch, write};

    #[test]
    fn a_folder_is_listed_drawn_and_measured() {
        let scratch = Scratch::new("folders");
        for (path, contents) in [("a/b/deep.txt", "12345"), ("a/c.txt", "1"), ("d.txt", "")] {
            write(&json!([scratch.path(path), contents])).unwrap();
        }
        let root = json!([scratch.path("")]);
        let listed = list(&root).unwrap();
        assert_eq!(listed["entries"][0], json!({"name": "a", "kind": "folder", "bytes": 0}));
        assert_eq!(listed["entries"][1], json!({"name": "d.txt", "kind": "file", "bytes": 0}));
        let drawn = "├─ a/\n│  ├─ b/\n│  │  └─ deep.txt\n│  └─ c.txt\n└─ d.txt";
        assert_eq!(tree(&root), Ok(json!(drawn)));
        assert_eq!(usage(&root), Ok(json!({"files": 3, "folders": 2, "bytes": 6})));
    }

    #[test]
    fn what_is_removed_is_gone() {
        let scratch = Scratch::new("removed");
        write(&json!([scratch.path("a/b.txt"), "x"])).unwrap();
        assert_eq!(remove(&json!([scratch.path("a")])), Ok(json!(true)));
        assert_eq!(remove(&json!([scratch.path("a")])), Ok(json!(false)));
        assert!(list(&json!([scratch.path("a")])).unwrap_err().starts_with("cannot list"));
    }
}
