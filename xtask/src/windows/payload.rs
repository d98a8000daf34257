//! What a Windows installer puts on the disk, checked to be possible there, and laid out for the tools that pack it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use runtime_settings::{MANIFEST_FILE, Manifest, PACK_DIR, is_device};

use super::identity::Identity;
use crate::{error, render::NOT_IN_FILE_NAMES};

/// WebView2's loader, which executables of the GNU toolchain take from a library beside them.
pub(crate) const LOADER: &str = "WebView2Loader.dll";
/// Longest path below the installation folder (characters): Windows allows 260 for the whole, and a folder such as
/// `C:\Users\somebody\AppData\Local\Programs\Some App` needs its part.
const MAX_PATH_CHARS: usize = 180;

/// A file that is installed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PayloadFile {
    /// Path below the installation folder, with `/`.
    pub(super) path: String,
    pub(super) source: PathBuf,
    /// In bytes.
    pub(super) size: u64,
}

/// Everything that is installed, in order of the paths.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) files: Vec<PayloadFile>,
}

impl Payload {
    /// The executable, what stands beside it, and the pack.
    pub(super) fn read(binary: &Path, identity: &Identity) -> anyhow::Result<Payload> {
        let pack = binary.with_file_name(PACK_DIR);
        let manifest = Manifest::parse(&fs_err::read(pack.join(MANIFEST_FILE))?)?;
        manifest.verify(&pack)?;
        let mut sources = BTreeMap::from([(identity.executable(), binary.to_owned())]);
        let loader = binary.with_file_name(LOADER);
        if loader.is_file() {
            sources.insert(LOADER.to_owned(), loader);
        }
        for path in manifest.files.keys().map(String::as_str).chain([MANIFEST_FILE]) {
            sources.insert(format!("{PACK_DIR}/{path}"), pack.join(path));
        }
        check_names(sources.keys().map(String::as_str))?;
        let file = |(path, source): (String, PathBuf)| {
            let size = fs_err::metadata(&source)?.len();
            Ok(PayloadFile { path, source, size })
        };
        Ok(Payload { files: sources.into_iter().map(file).collect::<anyhow::Result<_>>()? })
    }

    /// Copies every file into a folder, under its number: no tool that reads it there meets a name of a user's making.
    pub(super) fn stage(&self, dir: &Path) -> anyhow::Result<()> {
        for (index, file) in self.files.iter().enumerate() {
            fs_err::copy(&file.source, dir.join(staged_name(index)))?;
        }
        Ok(())
    }

    /// In kilobytes, as the list of installed apps wants it.
    pub(super) fn kilobytes(&self) -> u64 {
        self.files.iter().map(|file| file.size.div_ceil(1024)).sum()
    }
}

impl PayloadFile {
    /// The folder (empty for the installation folder itself) and the name in it.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.path.rsplit_once('/').unwrap_or(("", &self.path))
    }
}

/// The name of a file of the payload in the folder where installers are made.
pub(super) fn staged_name(index: usize) -> String {
    format!("f{index}")
}

/// Web content comes from systems that allow more names than Windows does.
fn check_names<'a>(paths: impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths {
        if let Some(reason) = path.split('/').find_map(refused_name) {
            return Err(error::hinted(
                format!("Windows cannot have a file of this name: `{path}` ({reason})"),
                "rename it in the web content",
            ));
        }
        if path.chars().count() > MAX_PATH_CHARS {
            return Err(error::hinted(
                format!("the path is too long for Windows: `{path}`"),
                format!("shorten it to {MAX_PATH_CHARS} characters"),
            ));
        }
        if let Some(other) = seen.insert(path.to_lowercase(), path) {
            return Err(error::hinted(
                format!("Windows takes two files for the same: `{other}` and `{path}`"),
                "give them names that differ in more than capital letters",
            ));
        }
    }
    Ok(())
}

fn refused_name(name: &str) -> Option<String> {
    if let Some(c) = name.chars().find(|c| c.is_control() || NOT_IN_FILE_NAMES.contains(c)) {
        return Some(format!("it has the character {c:?}"));
    }
    if name.ends_with(['.', ' ']) {
        return Some("it ends in a dot or a space".to_owned());
    }
    is_device(name).then(|| "it is a device there".to_owned())
}

#[cfg(test)]
mod tests {
    use super::check_names;

    fn refused(paths: &[&str]) -> Option<String> {
        check_names(paths.iter().copied()).err().map(|error| error.to_string())
    }

    #[test]
    fn names_of_web_projects_are_allowed() {
        let paths = [
            "app-pack/web/[id]/$page.js",
            "a/b {c} 東京'.txt",
            "a/.well-known/x",
            "a/COM10",
            "A2/b",
        ];
        assert_eq!(refused(&paths), None);
    }

    #[test]
    fn names_that_windows_has_not_are_refused() {
        for name in ["a/b:c", "a/what?", "a\\b", "a/b./c", "a/aux.js", "a/b ", "a/\u{1}"] {
            assert!(refused(&[name]).is_some(), "{name}");
        }
        assert!(refused(&["a/b.js", "a/B.js"]).unwrap().contains("`a/b.js` and `a/B.js`"));
        assert!(refused(&[&"x".repeat(181)]).unwrap().contains("too long"));
    }
}
