//! Keeps size and place of windows for the next time, in `window-state.json` of the app's data folder.
//!
//! What cannot be read or written is no reason to disturb the user: the window then opens as the config says.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, WebviewWindow, async_runtime};

use super::geometry::{Bounds, Geometry, Screen};
use crate::{kept, labels, state::AppState};

const FILE: &str = "window-state.json";
/// The format of the file. Another one is ignored.
const FORMAT: u32 = 1;
/// How long windows must be left alone before they are written down: a drag is hundreds of events.
const QUIET: Duration = Duration::from_millis(500);
/// Windows that are kept (count), those that closed last.
const MAX_KEPT: usize = 50;

/// What is known of windows that were open.
#[derive(Default)]
pub(crate) struct Remembered {
    inner: Mutex<Inner>,
    /// Held by whoever writes: of two at once, the one that knows less must not come second. The window's thread never waits for
    /// the disk, so it is not `inner`.
    writing: Mutex<()>,
}

#[derive(Default)]
struct Inner {
    /// None until it is read.
    kept: Option<Vec<Kept>>,
    is_dirty: bool,
    /// Windows that moved since; somebody waits for them to come to rest.
    moved: HashSet<String>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    format: u32,
    windows: Vec<Kept>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// As pages know it.
    label: String,
    #[serde(flatten)]
    geometry: Geometry,
}

/// What is kept of the window of this label, if anything is.
pub(super) fn of(app: &AppHandle, label: &str) -> Option<Geometry> {
    let state = app.state::<AppState>();
    if !is_kept(&state, label) {
        return None;
    }
    let mut inner = inner(&state);
    let label = labels::public(label);
    let kept = kept(app, &mut inner);
    kept.iter().find(|kept| kept.label == label).map(|kept| kept.geometry)
}

/// The screens, the primary one first.
pub(super) fn screens(app: &AppHandle) -> Vec<Screen> {
    let primary = app.primary_monitor().ok().flatten();
    let all = app.available_monitors().unwrap_or_default();
    primary.iter().chain(&all).map(Screen::of).collect()
}

/// A window moved or changed its size: it is looked at when it has come to rest.
pub(crate) fn note(app: &AppHandle, label: &str) {
    let state = app.state::<AppState>();
    if !is_kept(&state, label) {
        return;
    }
    let mut inner = inner(&state);
    let somebody_waits = !inner.moved.is_empty();
    inner.moved.insert(label.to_owned());
    if somebody_waits {
        return;
    }
    let app = app.clone();
    async_runtime::spawn(async move {
        tokio::time::sleep(QUIET).await;
        let looking = app.clone();
        // The app ends when that fails, and has written by then.
        let _ = app.run_on_main_thread(move || look(&looking));
    });
}

fn look(app: &AppHandle) {
    let moved = std::mem::take(&mut inner(&app.state::<AppState>()).moved);
    for window in moved.iter().filter_map(|label| app.get_webview_window(label)) {
        take(&window);
    }
    write_later(app);
}

/// The window is about to close or hide. On the window's thread.
pub(super) fn note_now(window: &WebviewWindow) {
    take(window);
    write_later(window.app_handle());
}

/// The app is about to end. On the window's thread.
pub(crate) fn note_all(app: &AppHandle) {
    app.webview_windows().values().for_each(take);
}

/// Writes what is not written yet.
pub(crate) fn flush(app: &AppHandle) {
    let state = app.state::<AppState>();
    let _writing = state.remembered.writing.lock().unwrap_or_else(PoisonError::into_inner);
    let windows = {
        let mut inner = inner(&state);
        if !std::mem::take(&mut inner.is_dirty) {
            return;
        }
        inner.kept.clone().unwrap_or_default()
    };
    if let Some(path) = path(app) {
        let _ = write(&path, &Document { format: FORMAT, windows });
    }
}

fn write_later(app: &AppHandle) {
    if inner(&app.state::<AppState>()).is_dirty {
        let app = app.clone();
        async_runtime::spawn_blocking(move || flush(&app));
    }
}

/// Takes down how a window is now.
fn take(window: &WebviewWindow) {
    let state = window.state::<AppState>();
    // What the toolkit says of hidden windows is not where they were.
    if !is_kept(&state, window.label()) || !window.is_visible().unwrap_or_default() {
        return;
    }
    let mut inner = inner(&state);
    let windows = kept(window.app_handle(), &mut inner);
    let label = labels::public(window.label());
    let before = windows.iter().position(|kept| kept.label == label).map(|at| windows.remove(at));
    let earlier = before.as_ref().map(|kept| kept.geometry);
    let geometry = read(window, earlier).ok().or(earlier);
    if let Some(geometry) = geometry {
        windows.push(Kept { label: label.to_owned(), geometry });
    }
    let surplus = windows.len().saturating_sub(MAX_KEPT);
    windows.drain(..surplus);
    inner.is_dirty |= geometry != earlier;
}

fn read(window: &WebviewWindow, before: Option<Geometry>) -> tauri::Result<Geometry> {
    let before_bounds = before.and_then(|geometry| geometry.bounds);
    if window.is_minimized()? {
        let (maximized, fullscreen) =
            before.map_or((false, false), |before| (before.maximized, before.fullscreen));
        return Ok(Geometry { bounds: before_bounds, maximized, fullscreen });
    }
    let (maximized, fullscreen) = (window.is_maximized()?, window.is_fullscreen()?);
    if maximized || fullscreen {
        return Ok(Geometry { bounds: before_bounds, maximized, fullscreen });
    }
    let (position, outer) = (window.outer_position()?, window.outer_size()?);
    // Without the menu, which makes the window higher when it comes again.
    let inner = super::content_size(&window.as_ref().window(), window.inner_size()?);
    let bounds = Bounds {
        x: position.x,
        y: position.y,
        width: inner.width,
        height: inner.height,
        frame_width: outer.width.saturating_sub(inner.width),
        frame_height: outer.height.saturating_sub(inner.height),
        scale: window.scale_factor()?,
    };
    Ok(Geometry { bounds: Some(bounds), maximized, fullscreen })
}

fn is_kept(state: &AppState, label: &str) -> bool {
    state.settings.window.remember_geometry
        && state.self_test.is_none()
        && state.windows.is_remembered(label)
}

fn inner(state: &AppState) -> MutexGuard<'_, Inner> {
    state.remembered.inner.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kept<'a>(app: &AppHandle, inner: &'a mut Inner) -> &'a mut Vec<Kept> {
    inner.kept.get_or_insert_with(|| path(app).and_then(|path| load(&path)).unwrap_or_default())
}

fn path(app: &AppHandle) -> Option<PathBuf> {
    Some(app.path().app_data_dir().ok()?.join(FILE))
}

/// What the file says; none when there is none or it is no such file.
fn load(path: &Path) -> Option<Vec<Kept>> {
    let document: Document = serde_json::from_slice(&fs_err::read(path).ok()?).ok()?;
    let mut windows = document.windows;
    windows.truncate(MAX_KEPT);
    (document.format == FORMAT).then_some(windows)
}

/// The whole file or what was there before.
fn write(path: &Path, document: &Document) -> io::Result<()> {
    kept::write(path, &serde_json::to_vec(document)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(label: &str, x: i32) -> Kept {
        let bounds =
            Bounds { x, y: 2, width: 3, height: 4, frame_width: 5, frame_height: 6, scale: 1.5 };
        let geometry = Geometry { bounds: Some(bounds), maximized: true, fullscreen: false };
        Kept { label: label.to_owned(), geometry }
    }

    #[test]
    fn what_is_written_is_read_and_what_is_damaged_is_not() {
        let folder = std::env::temp_dir().join(format!("window-state-{}", std::process::id()));
        let path = folder.join("below").join(FILE);
        assert!(load(&path).is_none(), "no file");
        for x in [1, -7] {
            let document = Document { format: FORMAT, windows: vec![kept("main", x)] };
            write(&path, &document).unwrap();
            let read = load(&path).unwrap();
            assert_eq!(read.first().map(|kept| kept.geometry), Some(kept("main", x).geometry));
        }
        let whole = fs_err::read_to_string(&path).unwrap();
        for damaged in ["", "{", &whole[..whole.len() / 2], &whole.replace(":1", ":\"x\""), "[]"] {
            fs_err::write(&path, damaged).unwrap();
            assert!(load(&path).is_none(), "{damaged}");
        }
        let newer = Document { format: FORMAT + 1, windows: vec![kept("main", 1)] };
        write(&path, &newer).unwrap();
        assert!(load(&path).is_none(), "another format");
        fs_err::remove_dir_all(&folder).unwrap();
    }
}
