//! Downloads by Tauri's handler, which tells of the beginning and of the end. It can neither be
//! stopped nor asked how far it is.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use scoped_fs::safe_file_name;
use tauri::{
    AppHandle, Manager, WebviewWindowBuilder, Wry, async_runtime::Receiver, webview::DownloadEvent,
};

use super::{Decision, End};

/// A download that the webview is busy with.
struct Running {
    id: u32,
    label: String,
    url: String,
    /// Where its bytes go, and the decision about its place.
    received: (PathBuf, Receiver<Decision>),
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
fn begin(app: &AppHandle, label: &str, url: &str, proposed: &Path) -> Option<PathBuf> {
    let name = safe_file_name(&proposed.file_name().unwrap_or_default().to_string_lossy());
    let id = super::begin(app, Some(label.to_owned()), url);
    let (part, decision) = super::receive(app, id, name, None)?;
    let received = (part.clone(), decision);
    let running = Running { id, label: label.to_owned(), url: url.to_owned(), received };
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(running);
    Some(part)
}

/// The end is told by URL alone on macOS; of several downloads of one URL the first is meant.
fn finish(app: &AppHandle, label: &str, url: &str, path: Option<PathBuf>, success: bool) {
    let mut all = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let is_it = |running: &Running| {
        running.label == label
            && running.url == url
            && path.as_ref().is_none_or(|path| *path == running.received.0)
    };
    let Some(position) = all.iter().position(is_it) else { return };
    let Running { id, received, .. } = all.remove(position);
    drop(all);
    let end = match success {
        true => End::Complete,
        false => End::Failed("the webview could not complete it".to_owned()),
    };
    super::end(app, id, end, Some(received), None);
}
