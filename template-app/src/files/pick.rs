//! Picking by the system's dialogs: what a page asks for, and what of the user's choice it gets.

use std::path::{Path, PathBuf};

use bridge_contract::{BridgeError, ErrorCode, FilePicked, FileRejected, FilesPicked};
use scoped_fs::safe_file_name;
use serde::Deserialize;
use tauri::{Manager as _, async_runtime};

use super::{Found, Picked, Result, kinds, name_of};
use crate::{
    bridge::Call,
    dialogs::{self, Choice, Chooser, Filter},
    resources,
    state::AppState,
};

/// Longest title of a dialog, in characters: it is the page's, and the dialog is the system's.
const MAX_TITLE: usize = 100;
/// Filters that a dialog offers (count).
const MAX_FILTERS: usize = 20;

/// What a page asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Options {
    multi: bool,
    directory: bool,
    /// Extensions or kinds of content; other files are rejected.
    allowed: Vec<String>,
    /// Larger files are rejected.
    max_bytes: Option<u64>,
    title: Option<String>,
    filters: Vec<FilterOption>,
}

/// A filter, as a page names it.
#[derive(Debug, Deserialize)]
struct FilterOption {
    name: String,
    extensions: Vec<String>,
}

/// Lets the user choose files or folders, and gives them to the page.
pub(crate) async fn open(call: &Call, options: Options) -> Result<FilesPicked> {
    let allowed = kinds::extensions(&options.allowed)?;
    let mut filters = filters(&options.filters)?;
    if filters.is_empty() && !allowed.is_empty() {
        filters.push(Filter { name: listed(&allowed), extensions: allowed.clone() });
    }
    let (choice, usual) = match (options.directory, options.multi) {
        (true, _) => (Choice::Folder, "Choose a folder"),
        (false, true) => (Choice::Files, "Choose files"),
        (false, false) => (Choice::File, "Choose a file"),
    };
    let chooser = Chooser { title: title(options.title, usual), choice, filters, folder: None };
    let chosen = choose(call, chooser).await?;
    let (found, rejected) = blocking(move || sort(chosen, &allowed, options.max_bytes)).await?;
    give(call, found, rejected)
}

/// Lets the user choose a place for a file. None: the user chose none.
pub(crate) async fn save(call: &Call, name: &str, options: Options) -> Result<Option<FilePicked>> {
    let chooser = Chooser {
        title: title(options.title, "Save"),
        choice: Choice::Place(safe_file_name(name)),
        filters: filters(&options.filters)?,
        folder: None,
    };
    let Some(path) = choose(call, chooser).await?.pop() else { return Ok(None) };
    let found = blocking(move || match Found::at(&path) {
        Ok(found) => found,
        // It is not there yet; what cannot be written says so when it is.
        Err(_) => Found { picked: Picked::File(path.clone()), name: name_of(&path), path, size: 0 },
    });
    let given = give(call, vec![found.await?], Vec::new())?;
    Ok(given.picked.into_iter().next())
}

async fn choose(call: &Call, chooser: Chooser) -> Result<Vec<PathBuf>> {
    let state = call.window.state::<AppState>();
    let _one_at_a_time = state.files.choose(call.window.label())?;
    dialogs::choose(&call.window, chooser).await.map_err(internal)
}

/// The disk may take its time.
async fn blocking<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    async_runtime::spawn_blocking(look).await.map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::BridgeInternal, error.to_string())
}

/// What the page takes, and what it does not, with the reasons.
pub(super) fn sort(
    paths: Vec<PathBuf>,
    allowed: &[String],
    max_bytes: Option<u64>,
) -> (Vec<Found>, Vec<FileRejected>) {
    let (mut taken, mut rejected) = (Vec::new(), Vec::new());
    for path in paths {
        let found = Found::at(&path).map_err(|_| "unreadable").and_then(|found| {
            let is_file = matches!(found.picked, Picked::File(_));
            if is_file && !allowed.is_empty() && !kinds::fits(&found.name, allowed) {
                Err("type")
            } else if is_file && max_bytes.is_some_and(|most| found.size > most) {
                Err("too-large")
            } else {
                Ok(found)
            }
        });
        match found {
            Ok(found) => taken.push(found),
            Err(reason) => rejected.push(self::rejected(&path, reason)),
        }
    }
    (taken, rejected)
}

pub(super) fn rejected(path: &Path, reason: &'static str) -> FileRejected {
    FileRejected { name: name_of(path), reason }
}

/// Gives files to the page that asked; nothing, when it has gone or has too much open.
fn give(call: &Call, found: Vec<Found>, rejected: Vec<FileRejected>) -> Result<FilesPicked> {
    let mut picked: Vec<FilePicked> = Vec::new();
    for found in found {
        let mut told = found.told(0);
        match resources::add_for(call, found.picked) {
            Ok(id) => told.id = id,
            Err(error) => {
                picked.iter().for_each(|given| super::close(&call.window, given.id));
                return Err(error);
            }
        }
        picked.push(told);
    }
    Ok(FilesPicked { picked, rejected })
}

fn title(asked: Option<String>, usual: &str) -> String {
    let asked = asked.unwrap_or_default();
    let shown: String = asked.chars().filter(|c| !c.is_control()).take(MAX_TITLE).collect();
    if shown.trim().is_empty() { usual.to_owned() } else { shown }
}

fn filters(asked: &[FilterOption]) -> Result<Vec<Filter>> {
    let filter = |asked: &FilterOption| {
        let extensions: Result<Vec<_>> =
            asked.extensions.iter().map(|word| kinds::plain(word)).collect();
        Ok(Filter { name: title(Some(asked.name.clone()), "Files"), extensions: extensions? })
    };
    asked.iter().take(MAX_FILTERS).map(filter).collect()
}

/// A filter's name for people: `*.jpg, *.png`.
fn listed(extensions: &[String]) -> String {
    const SHOWN: usize = 6;
    let names: Vec<_> =
        extensions.iter().take(SHOWN).map(|extension| format!("*.{extension}")).collect();
    let more = if extensions.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a.png", "large.png", "b.txt", "folder"].map(|name| folder.path().join(name));
        for (path, text) in paths.iter().zip(["1", "12345", "1"]) {
            fs_err::write(path, text).unwrap();
        }
        fs_err::create_dir(&paths[3]).unwrap();
        let gone = folder.path().join("gone.png");
        let paths: Vec<_> = paths.into_iter().chain([gone]).collect();
        let (taken, rejected) = sort(paths, &["png".to_owned()], Some(4));
        let taken: Vec<_> = taken.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(taken, ["a.png", "folder"]);
        let rejected: Vec<_> =
            rejected.iter().map(|file| (file.name.as_str(), file.reason)).collect();
        let expected = [("large.png", "too-large"), ("b.txt", "type"), ("gone.png", "unreadable")];
        assert_eq!(rejected, expected);
    }

    #[test]
    fn titles_are_short_and_plain() {
        assert_eq!(title(None, "Save"), "Save");
        assert_eq!(title(Some(" \n".to_owned()), "Save"), "Save");
        assert_eq!(title(Some("Pick\na photo".to_owned()), "Save"), "Picka photo");
        assert_eq!(title(Some("x".repeat(500)), "Save").len(), MAX_TITLE);
        assert_eq!(listed(&["a".to_owned(), "b".to_owned()]), "*.a, *.b");
    }
}
