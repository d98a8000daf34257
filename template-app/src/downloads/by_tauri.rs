//! Downloads by Tauri's handler, which tells of the beginning and of the end. It wants a path at once, so where the user is asked
//! the bytes wait in the app's cache until there is an answer.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use scoped_fs::safe_file_name;
use tauri::{
    AppHandle, Manager, WebviewWindowBuilder, Wry,
    async_runtime::{self, Receiver},
    webview::DownloadEvent,
};

use super::{End, place, place::Place};

/// A download that the webview is busy with.
struct Running {
    id: u32,
    label: String,
    url: String,
    part: PathBuf,
    /// Where it goes, once that is decided.
    place: Receiver<Result<Option<Place>, String>>,
}

static RUNNING: Mutex<Vec<Running>> = Mutex::new(Vec::new());

/// Follows the downloads of the window that is built.
pub(super) fn handle<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    builder.on_download(|webview, event| match event {
        DownloadEvent::Requested { url, destination } => {
            let app = webview.app_handle();
            match begin(app, webview.label(), url.as_str(), destination) {
                Some(part) => {
                    *destination = part;
                    true
                }
                None => false,
            }
        }
        DownloadEvent::Finished { url, path, success } => {
            finish(webview.app_handle(), webview.label(), url.as_str(), path, success);
            true
        }
        _ => true,
    })
}

/// The path that the bytes go to. None: there is no room for them.
fn begin(app: &AppHandle, label: &str, url: &str, proposed: &std::path::Path) -> Option<PathBuf> {
    let folder = app.path().app_cache_dir().ok()?;
    fs_err::create_dir_all(&folder).ok()?;
    let part = folder.join(place::part_name());
    let name = safe_file_name(&proposed.file_name().unwrap_or_default().to_string_lossy());
    let id = super::begin(app, Some(label.to_owned()), url);
    let (sender, place) = async_runtime::channel(1);
    let running =
        Running { id, label: label.to_owned(), url: url.to_owned(), part: part.clone(), place };
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(running);
    let app = app.clone();
    async_runtime::spawn(async move {
        let decided = super::decide(app.clone(), id, name, None).await;
        if matches!(decided, Ok(Some(_))) {
            super::running(&app, id);
        }
        let _ = sender.send(decided).await;
    });
    Some(part)
}

/// The end is told by URL alone; of several downloads of one URL the first is meant.
fn finish(app: &AppHandle, label: &str, url: &str, path: Option<PathBuf>, success: bool) {
    let mut all = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let is_it = |running: &Running| {
        running.label == label
            && running.url == url
            && path.as_ref().is_none_or(|path| *path == running.part)
    };
    let Some(position) = all.iter().position(is_it) else { return };
    let mut running = all.remove(position);
    drop(all);
    let app = app.clone();
    async_runtime::spawn(async move {
        let decided = running.place.recv().await.unwrap_or(Ok(None));
        let nowhere = Place::Chosen(running.part.clone());
        let (end, place) = match decided {
            Ok(Some(place)) if success => (End::Complete, place),
            Ok(Some(_)) => (End::Failed("the webview could not complete it".to_owned()), nowhere),
            Ok(None) => (End::Cancelled, nowhere),
            Err(why) => (End::Failed(why), nowhere),
        };
        super::end(&app, running.id, end, Some((running.part, place)), None);
    });
}
