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
use tauri::{
    AppHandle, Manager, WebviewWindow, WebviewWindowBuilder, Wry,
    async_runtime::{self, Receiver},
};

#[cfg(target_os = "linux")]
use crate::content;
use crate::{
    cache_only,
    dialogs::{self, Choice, Chooser},
    grants,
    labels::{Kind, MAIN},
    native_events,
    state::AppState,
};
use list::{Change, List, Owner};
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
pub(crate) fn handle_builder<'a, M: Manager<Wry>>(
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
        window.run_on_main_thread(move || linux::stop(id, End::Cancelled)).map_err(internal)?;
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
/// the app's own belongs to the main window, or to the `cacheOnly` window whose profile it shares; what else it loads is nobody's
/// to know.
fn owner(app: &AppHandle, label: Option<String>, url: &str) -> Option<String> {
    let label = label?;
    if Kind::of(&label).has_bridge() {
        return Some(label);
    }
    let url = url::Url::parse(url.strip_prefix("blob:").unwrap_or(url)).ok()?;
    let state = app.state::<AppState>();
    if !state.policy.is_granted(&url) {
        return None;
    }
    cache_only::host(&state, &label).unwrap_or_else(|| Some(MAIN.to_owned()))
}

/// A download has begun, in the window of this label.
fn begin(app: &AppHandle, label: Option<String>, url: &str) -> u32 {
    let state = app.state::<AppState>();
    let owner = owner(app, label, url).map(|label| Owner { page: state.page(&label), label });
    state.downloads.list.add(owner, url)
}

/// Where a file goes: decided, wanted nowhere, or impossible.
type Decision = Result<Option<Place>, String>;

/// A file of the pack is downloaded: its bytes are here, under the name that its URL gives.
#[cfg(target_os = "linux")]
fn copy_packed(app: &AppHandle, label: Option<String>, url: &str) {
    let id = begin(app, label, url);
    let (app, url) = (app.clone(), url.to_owned());
    async_runtime::spawn_blocking(move || {
        let state = app.state::<AppState>();
        let Some(bytes) = content::bytes_of(&state.pack, &url) else {
            return change(&app, id, Change::Failed("the app has no such file".to_owned()));
        };
        let total = Some(bytes.len() as u64);
        let received = receive(&app, id, list::name_in(&url), total);
        let written = received.as_ref().map(|(part, _)| fs_err::write(part, bytes));
        let ended = match written {
            Some(Err(error)) => {
                End::Failed(format!("the file cannot be written: {}", error.kind()))
            }
            _ => End::Complete,
        };
        end(&app, id, ended, received, total);
    });
}

/// What is going to be downloaded is known now. Its bytes go to a hidden file in the folder for downloads, while the user is
/// asked where the config says so; the decision follows. None: there is no such folder.
fn receive(
    app: &AppHandle,
    id: u32,
    name: String,
    total: Option<u64>,
) -> Option<(PathBuf, Receiver<Decision>)> {
    let asks = app.state::<AppState>().settings.web.downloads == DownloadFolder::Ask;
    let state = if asks { DownloadState::Asking } else { DownloadState::Running };
    change(app, id, Change::Known { name: name.clone(), total, state });
    let folder = match place::downloads_folder(app) {
        Ok(folder) => folder,
        Err(error) => {
            // Only the kind of the error: the page is not told where the user keeps files.
            let why = format!("the folder for downloads cannot be used: {}", error.kind());
            change(app, id, Change::Failed(why));
            return None;
        }
    };
    let part = folder.join(place::part_name());
    let (sender, decision) = async_runtime::channel(1);
    let app = app.clone();
    async_runtime::spawn(async move {
        let decided = match asks {
            true => ask(&app, id, folder, name).await,
            false => Ok(Some(Place::New { folder, name })),
        };
        match &decided {
            Ok(Some(_)) => change(&app, id, Change::Running),
            Ok(None) => stop(&app, id, End::Cancelled),
            Err(why) => stop(&app, id, End::Failed(why.clone())),
        }
        // Nobody waits for it when the download has failed meanwhile.
        let _ = sender.send(decided).await;
    });
    Some((part, decision))
}

/// Asks the user for a place, when it is this download's turn.
async fn ask(app: &AppHandle, id: u32, folder: PathBuf, name: String) -> Decision {
    let state = app.state::<AppState>();
    let Downloads { list, question } = &state.downloads;
    if list.asking() > MAX_QUESTIONS {
        return Err(format!("{MAX_QUESTIONS} downloads wait for the user already"));
    }
    let _one_at_a_time = question.lock().await;
    let is_wanted = list.state(id) == Some(DownloadState::Asking);
    let window = list.owner(id).and_then(|owner| app.get_webview_window(&owner.label));
    let window = window.or_else(|| app.get_webview_window(MAIN));
    let Some(window) = window.filter(|_| is_wanted) else { return Ok(None) };
    let chooser = Chooser {
        title: "Save the download".to_owned(),
        choice: Choice::Place(name),
        filters: Vec::new(),
        folder: Some(folder),
    };
    let chosen = dialogs::choose(&window, chooser).await.map_err(|error| error.to_string())?;
    Ok(chosen.into_iter().next().map(Place::Chosen))
}

/// Ends a download whose bytes are not wanted. Where the webview cannot stop it, they go nowhere.
fn stop(app: &AppHandle, id: u32, why: End) {
    #[cfg(target_os = "linux")]
    {
        // Without a window's thread the app has ended.
        let _ = app.run_on_main_thread(move || linux::stop(id, why));
    }
    #[cfg(not(target_os = "linux"))]
    change(app, id, why.into());
}

/// The webview is done with a download. Its file goes to its place when it is all there, and is removed otherwise.
fn end(
    app: &AppHandle,
    id: u32,
    end: End,
    received: Option<(PathBuf, Receiver<Decision>)>,
    expected: Option<u64>,
) {
    let app = app.clone();
    async_runtime::spawn(async move {
        let Some((part, mut decision)) = received else {
            return change(&app, id, end.into());
        };
        let decided = match end {
            End::Complete => decision.recv().await.unwrap_or(Ok(None)),
            _ => Ok(None),
        };
        let settled = async_runtime::spawn_blocking(move || match decided {
            Ok(Some(place)) => match place::settle(&part, place, expected) {
                Ok((file, size)) => Change::Done { file, size },
                Err(why) => Change::Failed(why),
            },
            decided => {
                place::discard(&part);
                decided.err().map_or(end.into(), Change::Failed)
            }
        });
        if let Ok(settled) = settled.await {
            change(&app, id, settled);
        }
    });
}

impl From<End> for Change {
    fn from(end: End) -> Change {
        match end {
            End::Failed(why) => Change::Failed(why),
            // Complete, and nobody wants it.
            End::Cancelled | End::Complete => Change::Cancelled,
        }
    }
}

/// Notes a change, and tells the window whose page began the download.
fn change(app: &AppHandle, id: u32, what: Change) {
    let state = app.state::<AppState>();
    for (event, owner, download) in state.downloads.list.change(id, what) {
        let Owner { label, page } = owner;
        let Some(window) = app.get_webview_window(&label) else { continue };
        let kind = Kind::of(&label);
        let is_on = grants::modules(&state.settings, kind).contains(&Module::Downloads);
        // Another page is told when it is the app's; what else the window may show has no business with it. The page itself is
        // known by its number: while a link is followed, the window's URL is already that of the link.
        let is_granted = state.page(&label) == page
            || window.url().is_ok_and(|url| state.policy.is_granted(&url));
        if is_on && is_granted {
            let event =
                NativeEvent { event: event.to_owned(), payload: json!(download), source: None };
            native_events::send_to(&state, &label, event);
        }
    }
}
