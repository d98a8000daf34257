//! Caches that outlive the fake: their files, and a list of what they are, in a folder of their own.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::Cache;
use crate::store::StoredFile;

const LIST: &str = "caches.json";
/// All caches together (bytes). The oldest go first: with each change of the sources there are new ones, of some 20 MB.
const MAX_LEN: u64 = 2_000_000_000;

/// A line of the list.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    repository: String,
    key: String,
    version: String,
    size: u64,
    sha256: String,
}

/// What an earlier fake has kept, the oldest first. What is not whole any more is left out.
pub(crate) fn read(dir: &Path, mut id: impl FnMut() -> u64) -> Result<Vec<Cache>> {
    fs_err::create_dir_all(dir)?;
    let list = dir.join(LIST);
    if !list.exists() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = serde_json::from_str(&fs_err::read_to_string(list)?).unwrap_or_default();
    let known = rows.into_iter().filter_map(|row| {
        let path = dir.join(&row.sha256);
        let whole = fs_err::metadata(&path).is_ok_and(|found| found.len() == row.size);
        let file = StoredFile { path, size: row.size, sha256: row.sha256 };
        whole.then(|| Cache {
            id: id(),
            repository: row.repository,
            key: row.key,
            version: row.version,
            upload: String::new(),
            file: Some(file),
        })
    });
    Ok(known.collect())
}

/// Brings the folder to what the caches are, and forgets the oldest where they are too many.
pub(crate) fn write(dir: &Path, caches: &mut [Cache]) -> Result<()> {
    let mut left = MAX_LEN;
    let mut rows = Vec::new();
    for cache in caches.iter_mut().rev() {
        let Some(file) = &mut cache.file else { continue };
        let Some(rest) = left.checked_sub(file.size) else {
            cache.file = None;
            continue;
        };
        left = rest;
        keep(dir, file)?;
        rows.push(Row {
            repository: cache.repository.clone(),
            key: cache.key.clone(),
            version: cache.version.clone(),
            size: file.size,
            sha256: file.sha256.clone(),
        });
    }
    rows.reverse();
    let list = tempfile::NamedTempFile::new_in(dir)?;
    fs_err::write(list.path(), serde_json::to_string_pretty(&rows)?)?;
    list.persist(dir.join(LIST))?;
    let unknown = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name != LIST && !rows.iter().any(|row| row.sha256 == name)
    };
    for path in files(dir)?.into_iter().filter(unknown) {
        fs_err::remove_file(path)?;
    }
    Ok(())
}

/// Moves a file into the folder, where it is known by its hash.
fn keep(dir: &Path, file: &mut StoredFile) -> Result<()> {
    let place = dir.join(&file.sha256);
    if file.path != place {
        if !place.exists() {
            let copy = tempfile::NamedTempFile::new_in(dir)?;
            fs_err::copy(&file.path, copy.path())?;
            copy.persist(&place)?;
        }
        file.path = place;
    }
    Ok(())
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs_err::read_dir(dir)?.map(|entry| Ok(entry?.path()));
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::{Cache, LIST, MAX_LEN, StoredFile, read, write};

    fn cache(dir: &std::path::Path, key: &str, size: Option<u64>) -> Cache {
        let path = dir.join(format!("upload-{key}"));
        fs_err::write(&path, key).unwrap();
        let size = size.unwrap_or(key.len() as u64);
        let (version, upload) = ("1".to_owned(), String::new());
        let file = Some(StoredFile { path, size, sha256: format!("hash-of-{key}") });
        Cache { id: 1, repository: "o/r".to_owned(), key: key.to_owned(), version, upload, file }
    }

    #[test]
    fn they_come_back_whole_and_in_their_order() {
        let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut caches =
            vec![cache(elsewhere.path(), "one", None), cache(elsewhere.path(), "two", None)];
        write(dir.path(), &mut caches).unwrap();
        drop(elsewhere);
        let keys = || -> Vec<_> {
            read(dir.path(), || 7).unwrap().into_iter().map(|cache| cache.key).collect()
        };
        assert_eq!(keys(), ["one", "two"]);
        let first = read(dir.path(), || 7).unwrap().remove(0).file.unwrap();
        assert_eq!(first.read().unwrap(), b"one");
        // One that was cut short is none.
        fs_err::write(first.path, "o").unwrap();
        assert_eq!(keys(), ["two"]);
        fs_err::write(dir.path().join(LIST), "no JSON").unwrap();
        assert!(keys().is_empty());
    }

    #[test]
    fn the_oldest_make_room() {
        let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut caches = vec![
            cache(elsewhere.path(), "old", None),
            cache(elsewhere.path(), "large", Some(MAX_LEN - 3)),
            cache(elsewhere.path(), "new", None),
        ];
        write(dir.path(), &mut caches).unwrap();
        assert!(caches[0].file.is_none() && caches[1].file.is_some() && caches[2].file.is_some());
        assert!(!dir.path().join("hash-of-old").exists());
        // Without the others, nothing of them is left.
        caches.truncate(1);
        write(dir.path(), &mut caches).unwrap();
        assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 1);
    }
}
