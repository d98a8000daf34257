//! Where the file of a download is while it comes in, and where it goes when it is all there.

use std::{
    io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use scoped_fs::numbered_file_name;
use tauri::{AppHandle, Manager as _};

use super::list::PlacedFile;

/// What a file that comes in ends with. It is hidden, in the folder for downloads.
const PART_SUFFIX: &str = ".part";
/// What WebKit adds to the name of a file that it writes.
const WEBKIT_SUFFIX: &str = ".wkdownload";
/// Names that are tried when names are taken (count).
const MAX_NUMBER: u32 = 9999;
/// The user's folder, where the system has no other.
const FALLBACK_FOLDER: &str = "Downloads";

/// Where a file shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The user chose exactly this path, and agreed where something is replaced.
    Chosen(PathBuf),
    /// This name in this folder, or one with a number: nothing is replaced.
    New { folder: PathBuf, name: String },
}

/// A hidden name that no other download has.
pub(super) fn part_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(".deskwright-{}-{number}{PART_SUFFIX}", process::id())
}

/// The user's folder for downloads; made where it is missing.
pub(super) fn downloads_folder(app: &AppHandle) -> io::Result<PathBuf> {
    let paths = app.path();
    let folder = paths
        .download_dir()
        .or_else(|_| paths.home_dir().map(|home| home.join(FALLBACK_FOLDER)))
        .map_err(io::Error::other)?;
    fs_err::create_dir_all(&folder)?;
    Ok(folder)
}

/// Gives a file that has come in its name, unless some of it is missing; tells its size. A file that cannot get there is removed.
pub(super) fn settle(
    part: &Path,
    place: Place,
    expected: Option<u64>,
) -> Result<(PlacedFile, u64), String> {
    let settled = measure(part, expected).and_then(|size| {
        let file = take(part, place)
            .map_err(|error| format!("the file cannot be put in its place: {}", error.kind()))?;
        Ok((file, size))
    });
    if settled.is_err() {
        discard(part);
    }
    settled
}

fn measure(part: &Path, expected: Option<u64>) -> Result<u64, String> {
    let metadata = fs_err::metadata(part);
    let size = metadata.map_err(|error| format!("the file is gone: {}", error.kind()))?.len();
    match expected {
        Some(expected) if expected != size => {
            Err(format!("the server promised {expected} bytes and sent {size}"))
        }
        _ => Ok(size),
    }
}

fn take(part: &Path, place: Place) -> io::Result<PlacedFile> {
    match place {
        Place::Chosen(path) => {
            move_to(part, &path)?;
            Ok(PlacedFile { path, is_chosen: true })
        }
        Place::New { folder, name } => {
            let path = reserve(&folder, &name)?;
            if let Err(error) = move_to(part, &path) {
                // Nobody else has put anything into it: it is ours, and empty.
                let _ = fs_err::remove_file(&path);
                return Err(error);
            }
            Ok(PlacedFile { path, is_chosen: false })
        }
    }
}

/// Replaces what is at the path, in one step also where the path is on another disk.
fn move_to(part: &Path, path: &Path) -> io::Result<()> {
    match fs_err::rename(part, path) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {}
        moved => return moved,
    }
    let beside = path.with_file_name(part_name());
    let copied = fs_err::copy(part, &beside).and_then(|_| fs_err::rename(&beside, path));
    // What has been renamed is not there any more, and of the rest nothing is wanted.
    let _ = fs_err::remove_file(&beside);
    copied.and_then(|()| fs_err::remove_file(part))
}

/// Makes an empty file by a name that nothing had, for the moment that it takes to replace it.
fn reserve(folder: &Path, name: &str) -> io::Result<PathBuf> {
    for number in 0..=MAX_NUMBER {
        let path = folder.join(numbered_file_name(name, number));
        match fs_err::File::create_new(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Removes what has come in so far.
pub(super) fn discard(part: &Path) {
    let mut webkits = part.as_os_str().to_owned();
    webkits.push(WEBKIT_SUFFIX);
    for path in [part, Path::new(&webkits)] {
        // The webview may have removed it already.
        let _ = fs_err::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs_err::write(folder.path().join(file), "old").unwrap();
        }
        let part = folder.path().join(part_name());
        fs_err::write(&part, "new").unwrap();
        (folder, part)
    }

    fn text(folder: &tempfile::TempDir, name: &str) -> String {
        fs_err::read_to_string(folder.path().join(name)).unwrap()
    }

    #[test]
    fn a_new_file_replaces_nothing() {
        let (folder, part) = folder_with(&["a.txt", "a (1).txt"]);
        let place = Place::New { folder: folder.path().to_owned(), name: "a.txt".to_owned() };
        let (file, size) = settle(&part, place, Some(3)).unwrap();
        assert_eq!((file.path, file.is_chosen, size), (folder.path().join("a (2).txt"), false, 3));
        assert_eq!([text(&folder, "a.txt"), text(&folder, "a (2).txt")], ["old", "new"]);
        assert!(!part.exists());
    }

    #[test]
    fn the_chosen_file_is_replaced() {
        let (folder, part) = folder_with(&["a.txt"]);
        let (file, _) = settle(&part, Place::Chosen(folder.path().join("a.txt")), None).unwrap();
        assert!(file.is_chosen);
        assert_eq!(text(&folder, "a.txt"), "new");
    }

    #[test]
    fn half_a_file_gets_no_name() {
        let (folder, part) = folder_with(&[]);
        let place = Place::New { folder: folder.path().to_owned(), name: "a.txt".to_owned() };
        let why = settle(&part, place, Some(4)).err().unwrap();
        assert_eq!(why, "the server promised 4 bytes and sent 3");
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_cannot_be_put_in_its_place_leaves_nothing() {
        let (folder, part) = folder_with(&[]);
        let gone = folder.path().join("gone");
        let place = Place::New { folder: gone.clone(), name: "a.txt".to_owned() };
        assert!(settle(&part, place, None).err().unwrap().contains("place"));
        assert!(!part.exists() && !gone.exists());
    }

    #[test]
    fn parts_are_hidden_and_have_names_of_their_own() {
        assert!(part_name().starts_with(".deskwright-"));
        assert_ne!(part_name(), part_name());
    }

    #[test]
    fn another_disk_gets_a_copy() {
        let (folder, part) = folder_with(&["a.txt"]);
        let other = tempfile::tempdir_in("/dev/shm");
        // Where there is no other disk, the move is the usual one.
        let other = other.unwrap_or_else(|_| tempfile::tempdir().unwrap());
        let path = other.path().join("a.txt");
        settle(&part, Place::Chosen(path.clone()), Some(3)).unwrap();
        assert_eq!(fs_err::read_to_string(path).unwrap(), "new");
        assert_eq!(text(&folder, "a.txt"), "old");
        assert!(!part.exists());
        assert_eq!(fs_err::read_dir(other.path()).unwrap().count(), 1);
    }
}
