//! The pack's manifest: which files it has, with size and digest. Whoever knows the manifest's digest knows the pack.

use std::{
    collections::BTreeMap,
    io,
    path::{Component, Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{MANIFEST_FILE, Sha256};

/// The format that this runtime reads.
const FORMAT: u32 = 1;

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    /// By path inside the pack, with `/` between the parts. The manifest itself is not listed.
    pub files: BTreeMap<String, FileEntry>,
}

/// One file of the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    pub sha256: Sha256,
    /// In bytes.
    pub size: u64,
    /// Value of the `Content-Type` header. Decided when the pack is made, so that no table of types is in every app.
    #[serde(rename = "type")]
    pub content_type: String,
}

/// Why a pack is not the one that its manifest describes.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("the app pack's manifest does not match the app")]
    OtherManifest,
    #[error("the app pack's manifest cannot be read: {0}")]
    BadManifest(serde_json::Error),
    #[error("the app pack has format {found}, this app reads format {FORMAT}")]
    OtherFormat { found: u32 },
    #[error("a file of the app pack is missing: `{0}`")]
    Missing(String),
    #[error("a file in the app pack does not belong to it: `{0}`")]
    Added(String),
    #[error("a file of the app pack was changed: `{0}`")]
    Changed(String),
    #[error("the app pack cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl Manifest {
    /// The manifest of a pack that is still in memory: path and content of each file, and what type a path has.
    pub fn of_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        content_type: impl Fn(&str) -> String,
    ) -> Manifest {
        let entry = |(path, bytes): (&'a str, &[u8])| {
            let (sha256, size) = (Sha256::of(bytes), bytes.len() as u64);
            (path.to_owned(), FileEntry { sha256, size, content_type: content_type(path) })
        };
        Manifest { format: FORMAT, files: files.into_iter().map(entry).collect() }
    }

    /// The bytes of `manifest.json`. Their digest is what a stamp holds.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising maps of strings and numbers into memory has nothing that could fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads `manifest.json`.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, PackError> {
        let manifest: Manifest = serde_json::from_slice(bytes).map_err(PackError::BadManifest)?;
        match manifest.format {
            FORMAT => Ok(manifest),
            found => Err(PackError::OtherFormat { found }),
        }
    }

    /// Checks that the folder has exactly the files of the manifest, each with its content.
    pub fn verify(&self, pack: &Path) -> Result<(), PackError> {
        for path in list_files(pack)? {
            if path != MANIFEST_FILE && !self.files.contains_key(&path) {
                return Err(PackError::Added(path));
            }
        }
        self.files.iter().try_for_each(|(path, entry)| entry.verify(pack, path))
    }
}

impl FileEntry {
    /// Checks one file on disk; its size first, since that is cheap.
    fn verify(&self, pack: &Path, path: &str) -> Result<(), PackError> {
        let file = match fs_err::File::open(pack.join(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(PackError::Missing(path.to_owned()));
            }
            Err(error) => return Err(error.into()),
        };
        if file.metadata()?.len() != self.size || Sha256::of_reader(file)? != self.sha256 {
            return Err(PackError::Changed(path.to_owned()));
        }
        Ok(())
    }

    /// Does this content belong to the entry?
    pub fn matches(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.size && Sha256::of(bytes) == self.sha256
    }
}

/// Every file below `root`, as relative paths with `/`. Links are listed, never followed.
fn list_files(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                found.push(slashed(&path));
            }
        }
    }
    Ok(found)
}

fn slashed(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[(&str, &[u8])] = &[("runtime.json", b"{}"), ("web/index.html", b"<h1>hi</h1>")];

    fn pack() -> (tempfile::TempDir, Manifest) {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in FILES {
            let path = folder.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, bytes).unwrap();
        }
        let manifest = Manifest::of_files(FILES.iter().copied(), |_| "text/html".to_owned());
        fs_err::write(folder.path().join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
        (folder, manifest)
    }

    #[test]
    fn a_whole_pack_passes_and_the_manifest_reads_back() {
        let (folder, manifest) = pack();
        manifest.verify(folder.path()).unwrap();
        assert_eq!(Manifest::parse(&manifest.to_bytes()).unwrap(), manifest);
    }

    #[test]
    fn changed_missing_and_added_files_are_told_apart() {
        let (folder, manifest) = pack();
        let index = folder.path().join("web/index.html");
        fs_err::write(&index, b"<h1>ho</h1>").unwrap();
        assert!(
            matches!(manifest.verify(folder.path()), Err(PackError::Changed(path)) if path == "web/index.html")
        );
        fs_err::remove_file(&index).unwrap();
        assert!(
            matches!(manifest.verify(folder.path()), Err(PackError::Missing(path)) if path == "web/index.html")
        );
        fs_err::write(&index, FILES[1].1).unwrap();
        fs_err::write(folder.path().join("web/extra.js"), b"").unwrap();
        assert!(
            matches!(manifest.verify(folder.path()), Err(PackError::Added(path)) if path == "web/extra.js")
        );
    }

    #[test]
    fn another_format_is_refused() {
        let error = Manifest::parse(br#"{"format":2,"files":{}}"#).unwrap_err();
        assert_eq!(error.to_string(), "the app pack has format 2, this app reads format 1");
    }
}
