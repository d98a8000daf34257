//! Downloads of every window: where their files go, what becomes of them, and who is told. They work without any call; the
//! module `downloads` only looks at them.
//!
//! Linux connects to WebKit itself (`linux`): Tauri's handler is one for a whole web context there, so that each window would
//! report the downloads of all. Elsewhere Tauri's handler tells beginning and end (`by_tauri`).

#[cfg(not(target_os = "linux"))]
mod by_tauri;
#[cfg(target_os = "linux")]
mod linux;
mod list;
mod place;
mod reveal;

use std::path::PathBuf;

use bridge_contract::{BridgeError, Download, DownloadState, ErrorCode, Module, NativeEvent};
use runtime_settings::settings::DownloadFolder;
use serde_json::json;
use tauri::{AppHandle, Manager as _, WebviewWindow, WebviewWindowBuilder, Wry, async_runtime};

use crate::{
    dialogs::{self, Choice, Chooser},
    grants,
    labels::{Kind, MAIN},
    native_events,
    state::AppState,
};
use list::{Change, List};
use place::Place;
pub(crate) use reveal::reveal;

/// Questions that may wait for the user at once (count): a page that starts hundreds of downloads does not bury its user.
const MAX_QUESTIONS: usize = 10;

/// What the runtime knows about downloads.
#[derive(Default)]
pub(crate) struct Downloads {
    list: List,
    /// The user is asked one thing at a time.
    question: async_runtime::Mutex<()>,
}

/// How a download ended in the webview.
#[derive(Debug)]
pub(crate) enum End {
    /// The file is complete, as far as the webview can tell.
    Complete,
    Cancelled,
    Failed(String),
}

/// What downloads need while a window is built.
pub(crate) fn handle_builder<'a, M: tauri::Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    #[cfg(not(target_os = "linux"))]
    return by_tauri::handle(builder);
    #[cfg(target_os = "linux")]
    builder
}

/// What downloads need once a window is there, before its navigation is guarded: a response that becomes a download shows no
/// page.
pub(crate) fn handle_window(window: &WebviewWindow) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    return linux::watch(window);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = window;
        Ok(())
    }
}

/// The downloads that the window may know of, newest first.
pub(crate) fn list(window: &WebviewWindow) -> Vec<Download> {
    window.state::<AppState>().downloads.list.seen_by(window.label())
}

/// Stops a download. False: it has ended already.
pub(crate) fn cancel(window: &WebviewWindow, id: u32) -> Result<bool, BridgeError> {
    let known = find(window, id)?;
    #[cfg(target_os = "linux")]
    {
        if known.state.has_ended() {
            return Ok(false);
        }
        let internal =
            |error: tauri::Error| BridgeError::new(ErrorCode::BridgeInternal, error.to_string());
        window.run_on_main_thread(move || linux::cancel(id)).map_err(internal)?;
        Ok(true)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let message = format!("the webview of this system cannot stop a download: {}", known.id);
        Err(BridgeError::new(ErrorCode::DownloadsUnsupported, message))
    }
}

/// The file of a finished download.
pub(crate) fn file(window: &WebviewWindow, id: u32) -> Result<PathBuf, BridgeError> {
    let known = find(window, id)?;
    let file = window.state::<AppState>().downloads.list.file(id);
    file.filter(|file| file.exists()).ok_or_else(|| {
        let message = format!("the download has no file: `{}`", known.name);
        BridgeError::new(ErrorCode::DownloadsNoFile, message)
    })
}

fn find(window: &WebviewWindow, id: u32) -> Result<Download, BridgeError> {
    let known = list(window).into_iter().find(|download| download.id == id);
    known.ok_or_else(|| {
        let message = format!("this window knows no download of this id: {id}");
        BridgeError::new(ErrorCode::DownloadsNotFound, message)
    })
}

/// The label of the window that a download belongs to, given the one that began it. A pop-up has no bridge: what it loads of
/// the app's own is the main window's, and what else it loads is nobody's to know.
fn owner(app: &AppHandle, label: Option<String>, url: &str) -> Option<String> {
    let label = label?;
    if Kind::of(&label).has_bridge() {
        return Some(label);
    }
    let url = url::Url::parse(url.strip_prefix("blob:").unwrap_or(url)).ok()?;
    app.state::<AppState>().policy.is_granted(&url).then(|| MAIN.to_owned())
}

/// A download has begun, in the window of this label.
fn begin(app: &AppHandle, label: Option<String>, url: &str) -> u32 {
    let owner = owner(app, label, url);
    app.state::<AppState>().downloads.list.add(owner, url)
}

/// What is going to be downloaded is known now: decides where it goes, with the user where the config says so. None: nowhere.
async fn decide(
    app: AppHandle,
    id: u32,
    name: String,
    total: Option<u64>,
) -> Result<Option<Place>, String> {
    let state = app.state::<AppState>();
    let asks = state.settings.web.downloads == DownloadFolder::Ask;
    if asks && state.downloads.list.asking() >= MAX_QUESTIONS {
        return Err(format!("{MAX_QUESTIONS} downloads wait for the user already"));
    }
    let now = if asks { DownloadState::Asking } else { DownloadState::Running };
    change(&app, id, Change::Known { name: name.clone(), total, state: now });
    let folder = place::downloads_folder(&app).map_err(|error| unusable(&error))?;
    if !asks {
        return Ok(Some(Place::New { folder, name }));
    }
    let _one_at_a_time = state.downloads.question.lock().await;
    let still_wanted = state.downloads.list.state(id) == Some(DownloadState::Asking);
    let window = state.downloads.list.owner(id).and_then(|label| app.get_webview_window(&label));
    let Some(window) = window.or_else(|| app.get_webview_window(MAIN)).filter(|_| still_wanted)
    else {
        return Ok(None);
    };
    let chooser = Chooser {
        title: "Save the download".to_owned(),
        choice: Choice::Place(name),
        filters: Vec::new(),
        folder: Some(folder),
    };
    let chosen = dialogs::choose(&window, chooser).await.map_err(|error| error.to_string())?.pop();
    Ok(chosen.map(Place::Chosen))
}

/// Bytes have come in.
fn progress(app: &AppHandle, id: u32, received: u64) {
    change(app, id, Change::Received(received));
}

/// The user has chosen: bytes go to the file now.
fn running(app: &AppHandle, id: u32) {
    change(app, id, Change::Running);
}

/// The webview is done with a download. Its file goes to its place, if it is all there.
fn end(
    app: &AppHandle,
    id: u32,
    end: End,
    written: Option<(PathBuf, Place)>,
    expected: Option<u64>,
) {
    let app = app.clone();
    async_runtime::spawn_blocking(move || {
        let ended = match (end, written) {
            (End::Complete, Some((part, place))) => match place::settle(&part, place, expected) {
                Ok((file, size)) => Change::Done { file, size },
                Err(why) => Change::Failed(why),
            },
            (End::Complete, None) => Change::Failed("nothing was written".to_owned()),
            (other, written) => {
                if let Some((part, _)) = written {
                    place::discard(&part);
                }
                match other {
                    End::Failed(why) => Change::Failed(why),
                    _ => Change::Cancelled,
                }
            }
        };
        change(&app, id, ended);
    });
}

/// Notes a change, and tells the window whose page began the download.
fn change(app: &AppHandle, id: u32, what: Change) {
    let state = app.state::<AppState>();
    for (event, owner, download) in state.downloads.list.change(id, what) {
        let Some(window) = app.get_webview_window(&owner) else { continue };
        let kind = Kind::of(&owner);
        let is_on = grants::modules(&state.settings, kind).contains(&Module::Downloads);
        // Whatever else the window shows meanwhile has no business with it.
        let is_granted = window.url().is_ok_and(|url| state.policy.is_granted(&url));
        if is_on && is_granted {
            let event =
                NativeEvent { event: event.to_owned(), payload: json!(download), source: None };
            native_events::send_to(&state, &owner, event);
        }
    }
}

/// Only the kind of the error: the page is not told where the user keeps files.
fn unusable(error: &std::io::Error) -> String {
    format!("the folder for downloads cannot be used: {}", error.kind())
}
