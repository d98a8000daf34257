//! What `cacheOnly` windows have to themselves: a folder for files, and a profile of the webview. Nothing of it outlives the
//! window. And, on Linux, the profile of an app that is to forget everything (`web.incognito`).
//!
//! All is below `windows/<run>` in the app's cache folder. A locked file beside that folder says that the run goes on; the next
//! start removes what runs that ended left behind. Folders are numbered and not named after windows: labels can be names that
//! Windows opens a device for, and can differ in case alone.

#[cfg(target_os = "linux")]
mod profile_linux;

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use tauri::{AppHandle, Manager, WebviewWindow, WebviewWindowBuilder, Wry, async_runtime};

use crate::state::AppState;

/// The folder in the app's cache folder that has a folder for each run.
const FOLDER: &str = "windows";
/// Profiles below a run's folder: that of an app that forgets everything, and with a number those of windows.
const PROFILE: &str = "profile";
/// Extension of a run's lock file.
const LOCK: &str = "lock";

/// The rooms of this run's `cacheOnly` windows.
#[derive(Default)]
pub(crate) struct Rooms {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Made for the first window that needs it.
    run: Option<Run>,
    rooms: Vec<Room>,
    count: u32,
}

struct Run {
    dir: PathBuf,
    /// Says that this run goes on, for as long as it is open.
    lock: File,
}

struct Room {
    profile: PathBuf,
    /// The profile has nothing of an earlier window's in it.
    is_clean: bool,
    /// The window that it was made for, and its folder for files.
    owner: Option<(String, PathBuf)>,
    /// Labels of pop-ups, which share their opener's profile.
    guests: Vec<String>,
}

impl Room {
    fn is_empty(&self) -> bool {
        self.owner.is_none() && self.guests.is_empty()
    }

    fn is_owned_by(&self, label: &str) -> bool {
        self.owner.as_ref().is_some_and(|(owner, _)| owner == label)
    }

    fn has(&self, label: &str) -> bool {
        self.is_owned_by(label) || self.guests.iter().any(|guest| guest == label)
    }
}

/// The folder for files of a `cacheOnly` window, by Tauri's label. It is there from before the window until the window is gone;
/// no other window has one.
#[cfg(feature = "standard")]
pub(crate) fn folder(state: &AppState, label: &str) -> Option<PathBuf> {
    let inner = inner(state);
    let (_, folder) = inner
        .rooms
        .iter()
        .find(|room| room.is_owned_by(label))
        .and_then(|room| room.owner.as_ref())?;
    Some(folder.clone())
}

/// Makes the room of a window that is about to be built.
pub(crate) fn enter(app: &AppHandle, label: &str) -> io::Result<()> {
    let state = app.state::<AppState>();
    let mut inner = inner(&state);
    let run = run(&mut inner, app)?;
    inner.count += 1;
    let folder = run.join(inner.count.to_string());
    let profile = run.join(format!("{PROFILE}-{}", inner.count));
    fs_err::create_dir(&folder)?;
    let owner = Some((label.to_owned(), folder));
    match inner.rooms.iter_mut().find(|room| room.is_clean && room.is_empty()) {
        Some(room) => room.owner = owner,
        None => inner.rooms.push(Room { profile, is_clean: true, owner, guests: Vec::new() }),
    }
    Ok(())
}

/// A pop-up is about to be built: it shares the room of its opener, if that has one.
pub(crate) fn share(state: &AppState, opener: &str, label: &str) {
    if let Some(room) = inner(state).rooms.iter_mut().find(|room| room.has(opener)) {
        room.guests.push(label.to_owned());
    }
}

/// Whose pop-up is it? None: not one of a `cacheOnly` window; nobody's: of one that is gone.
pub(crate) fn host(state: &AppState, popup: &str) -> Option<Option<String>> {
    let inner = inner(state);
    let room = inner.rooms.iter().find(|room| room.guests.iter().any(|guest| guest == popup))?;
    Some(room.owner.as_ref().map(|(owner, _)| owner.clone()))
}

/// A window is gone. Its files go at once, the profile with the last window that used it.
pub(crate) fn leave(state: &AppState, label: &str) {
    let mut inner = inner(state);
    let Some(index) = inner.rooms.iter().position(|room| room.has(label)) else { return };
    let Some(room) = inner.rooms.get_mut(index) else { return };
    match room.owner.take_if(|(owner, _)| owner == label) {
        Some((_, folder)) => remove_later(folder),
        None => room.guests.retain(|guest| guest != label),
    }
    if !room.is_empty() {
        return;
    }
    room.is_clean = false;
    let profile = room.profile.clone();
    drop(inner);
    forget_profile(state, profile);
}

/// Linux: what webviews keep of a profile is kept until the app ends, so the profile is emptied and serves another window.
#[cfg(target_os = "linux")]
fn forget_profile(state: &AppState, profile: PathBuf) {
    let _ = state;
    profile_linux::empty(profile);
}

/// The webview's own processes may use the profile for a moment; what cannot be removed now is removed at the next start.
#[cfg(not(target_os = "linux"))]
fn forget_profile(state: &AppState, profile: PathBuf) {
    inner(state).rooms.retain(|room| room.profile != profile);
    remove_later(profile);
}

/// A profile has nothing in it any more.
#[cfg(target_os = "linux")]
fn is_empty_again(state: &AppState, profile: &Path) {
    let mut inner = inner(state);
    if let Some(room) = inner.rooms.iter_mut().find(|room| room.profile == profile) {
        room.is_clean = true;
    }
}

/// Gives a window that is being built the profile of its room; other windows share the app's.
pub(crate) fn apply_profile<'a, M: Manager<Wry>>(
    app: &AppHandle,
    label: &str,
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> io::Result<WebviewWindowBuilder<'a, Wry, M>> {
    let state = app.state::<AppState>();
    let mut inner = inner(&state);
    if let Some(room) = inner.rooms.iter().find(|room| room.has(label)) {
        // On macOS a store in memory, one for each webview.
        return Ok(match cfg!(target_os = "macos") {
            true => builder.incognito(true),
            false => builder.data_directory(room.profile.clone()),
        });
    }
    if cfg!(target_os = "linux") && state.settings.web.incognito {
        return Ok(builder.data_directory(run(&mut inner, app)?.join(PROFILE)));
    }
    Ok(builder)
}

/// Linux: keeps what the profile of a window that was built is emptied by.
pub(crate) fn keep_profile(window: &WebviewWindow) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let state = window.state::<AppState>();
        let inner = inner(&state);
        if let Some(room) = inner.rooms.iter().find(|room| room.is_owned_by(window.label())) {
            return profile_linux::keep(window, room.profile.clone());
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = window;
    Ok(())
}

/// Removes what earlier runs left behind: those that crashed.
pub(crate) fn sweep(app: &AppHandle) {
    let Ok(cache) = app.path().app_cache_dir() else { return };
    async_runtime::spawn_blocking(move || sweep_below(&cache.join(FOLDER)));
}

/// The app ends: nothing of its windows stays.
pub(crate) fn end(state: &AppState) {
    if let Some(run) = inner(state).run.take() {
        remove(&run.dir, run.lock);
    }
}

fn inner(state: &AppState) -> MutexGuard<'_, Inner> {
    state.rooms.inner.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The folder of this run, made when it is needed.
fn run(inner: &mut Inner, app: &AppHandle) -> io::Result<PathBuf> {
    if let Some(run) = &inner.run {
        return Ok(run.dir.clone());
    }
    let cache = app.path().app_cache_dir().map_err(io::Error::other)?;
    let run = begin_run(&cache.join(FOLDER))?;
    Ok(inner.run.insert(run).dir.clone())
}

/// A folder that no other run has. The lock comes first, so that nobody takes the folder for a leftover.
fn begin_run(below: &Path) -> io::Result<Run> {
    fs_err::create_dir_all(below)?;
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let dir = below.join(format!("{}-{time}", std::process::id()));
    let lock = OpenOptions::new().write(true).create_new(true).open(lock_path(&dir))?;
    lock.try_lock()?;
    fs_err::create_dir(&dir)?;
    Ok(Run { dir, lock })
}

fn lock_path(dir: &Path) -> PathBuf {
    dir.with_extension(LOCK)
}

fn sweep_below(folder: &Path) {
    // No folder: no app has had such a window.
    let Ok(entries) = fs_err::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let dir = path.with_extension("");
        let lock =
            OpenOptions::new().write(true).create(true).truncate(false).open(lock_path(&dir));
        let Ok(lock) = lock else { continue };
        match lock.try_lock() {
            Ok(()) => remove(&dir, lock),
            // Somebody runs, or the file system cannot tell.
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

/// Removes a run's folder and then its lock. What cannot be removed is tried again at the next start.
fn remove(dir: &Path, lock: File) {
    let removed = fs_err::remove_dir_all(dir);
    drop(lock);
    if removed.is_ok() || !dir.exists() {
        let _ = fs_err::remove_file(lock_path(dir));
    }
}

fn remove_later(folder: PathBuf) {
    async_runtime::spawn_blocking(move || {
        // What cannot be removed now is removed at the app's end or at the next start.
        let _ = fs_err::remove_dir_all(folder);
    });
}
