//! What the app is asked to open, at its start and later: links of its own schemes, and files of its own types.
//!
//! It comes on the command line, from a second start, and on macOS as an event. What comes before a page listens is kept for the
//! first that does.

mod link;

use std::{
    collections::{HashMap, VecDeque},
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bridge_contract::{BridgeError, Deeplink, ErrorCode, FilesOpened, NativeEvent};
use runtime_settings::RuntimeSettings;
use serde_json::json;
use tauri::{AppHandle, Manager as _, WebviewWindow, async_runtime};
use url::Url;

use crate::{
    auth,
    bridge::{Call, Reply, reply},
    files::dropped::give_to_page,
    labels::{Kind, MAIN},
    native_events,
    state::AppState,
};

/// The longest link, in bytes: what systems hand over as one argument, Windows the least.
const MAX_LINK_BYTES: usize = 8 * 1024;
/// Links and files, each, that are kept until a page listens (count); the oldest go first.
const MAX_KEPT: usize = 100;

const DEEPLINK: &str = "deeplink";
const OPENED_FILES: &str = "app:opened-files";

/// What has come, and who listens.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Pages that listen to links, by Tauri's label of their window.
    listeners: HashMap<String, u64>,
    /// The page of the main window that takes files.
    taker: Option<u64>,
    links: VecDeque<Deeplink>,
    files: VecDeque<PathBuf>,
    last: Option<Deeplink>,
    have_come: bool,
}

/// What an app opens.
#[derive(Clone, Copy)]
struct Own<'a> {
    schemes: &'a [String],
    extensions: &'a [String],
}

impl<'a> Own<'a> {
    fn of(settings: &'a RuntimeSettings) -> Own<'a> {
        let links = settings.deep_links.as_ref();
        Own {
            schemes: links.map(|links| links.schemes.as_slice()).unwrap_or_default(),
            extensions: &settings.file_extensions,
        }
    }

    fn has_scheme(self, url: &Url) -> bool {
        url.as_str().len() <= MAX_LINK_BYTES
            && self.schemes.iter().any(|scheme| scheme == url.scheme())
    }

    /// By its name alone, as file managers see it.
    fn has_type(self, path: &Path) -> bool {
        let extension = path.extension().and_then(OsStr::to_str).map(str::to_lowercase);
        extension.is_some_and(|extension| self.extensions.contains(&extension))
    }
}

/// Sorts arguments by what they are; whatever is none of both is the app's own business.
fn sorted(own: Own<'_>, args: &[impl AsRef<OsStr>]) -> (Vec<Url>, Vec<PathBuf>) {
    let (mut links, mut files) = (Vec::new(), Vec::new());
    for arg in args {
        let arg = arg.as_ref();
        match arg.to_str().and_then(|text| Url::parse(text).ok()) {
            Some(url) if own.has_scheme(&url) => links.push(url),
            Some(url) if url.scheme() == "file" => files.extend(url.to_file_path()),
            _ => files.push(PathBuf::from(arg)),
        }
    }
    files.retain(|path| path.is_absolute() && own.has_type(path));
    (links, files)
}

/// Arguments that mean the same in another folder: a second start hands them to a process that began somewhere else.
pub(crate) fn absolute(settings: &RuntimeSettings, args: Vec<OsString>) -> Vec<OsString> {
    let absolute = |arg: OsString| {
        let path = Path::new(&arg);
        if !Own::of(settings).has_type(path) || !path.is_file() {
            return arg;
        }
        let Ok(path) = std::path::absolute(path) else { return arg };
        match path.to_str() {
            Some(_) => path.into(),
            // What is no text travels as a URL.
            None => Url::from_file_path(&path).map_or(arg, |url| String::from(url).into()),
        }
    };
    args.into_iter().map(absolute).collect()
}

/// Takes what is on a command line, this one's or that of a second start.
pub(crate) fn take(app: &AppHandle, args: &[impl AsRef<OsStr>]) {
    let (links, files) = sorted(Own::of(&app.state::<AppState>().settings), args);
    links.iter().for_each(|link| arrived(app, link));
    take_files(app, files);
}

/// Whether there has been anything to open.
pub(crate) fn have_come(state: &AppState) -> bool {
    state.arrivals.inner().have_come
}

/// Takes what macOS wants opened, and shows the window that has been shown before.
#[cfg(target_os = "macos")]
pub(crate) fn opened(app: &AppHandle, urls: &[Url]) {
    if app.state::<AppState>().windows.was_shown(MAIN) {
        crate::windows::show_main(app);
    }
    take(app, &urls.iter().map(Url::as_str).collect::<Vec<_>>());
}

/// A link of one of the app's schemes has come.
pub(crate) fn arrived(app: &AppHandle, url: &Url) {
    let state = app.state::<AppState>();
    // With the code of a sign-in in it, which is for nobody but the page that waits for it.
    if auth::take_redirect(&state, url) {
        return;
    }
    let link = link::describe(url);
    let mut inner = state.arrivals.inner();
    inner.last = Some(link.clone());
    inner.have_come = true;
    let is_there = |(label, page): &(&String, &u64)| state.page(label) == **page;
    let listening: Vec<_> =
        inner.listeners.iter().filter(is_there).map(|(label, _)| label.clone()).collect();
    if listening.is_empty() {
        keep(&mut inner.links, link);
        return;
    }
    for label in listening {
        native_events::send_to(&state, &label, event(DEEPLINK, json!(link)));
    }
}

fn keep<T>(kept: &mut VecDeque<T>, new: T) {
    if kept.len() >= MAX_KEPT {
        kept.pop_front();
    }
    kept.push_back(new);
}

fn event(name: &str, payload: serde_json::Value) -> NativeEvent {
    NativeEvent { event: name.to_owned(), payload, source: None }
}

/// Files have come; the page of the main window gets them, when it takes files.
fn take_files(app: &AppHandle, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    let state = app.state::<AppState>();
    let mut inner = state.arrivals.inner();
    inner.have_come = true;
    let page = inner.taker.filter(|page| *page == state.page(MAIN));
    match (page, app.get_webview_window(MAIN)) {
        (Some(page), Some(window)) => give(window, page, files),
        _ => files.into_iter().for_each(|file| keep(&mut inner.files, file)),
    }
}

fn give(window: WebviewWindow, page: u64, files: Vec<PathBuf>) {
    // The disk may take its time, and the window waits for nobody.
    async_runtime::spawn_blocking(move || {
        let state = window.state::<AppState>();
        let (given, rejected) = give_to_page(&window, page, &files);
        if state.page(MAIN) == page {
            let opened = FilesOpened { files: given, rejected };
            native_events::send_to(&state, MAIN, event(OPENED_FILES, json!(opened)));
        } else {
            // The page has gone meanwhile: the next one that listens gets them.
            let mut inner = state.arrivals.inner();
            files.into_iter().for_each(|file| keep(&mut inner.files, file));
        }
    });
}

/// The page that called listens to links; it gets those that are waiting.
pub(crate) fn on_deeplink(call: &Call) -> Reply {
    let state = call.window.state::<AppState>();
    check_links(call, &state)?;
    let label = call.window.label();
    let mut inner = state.arrivals.inner();
    inner.listeners.insert(label.to_owned(), call.page);
    for link in std::mem::take(&mut inner.links) {
        native_events::send_to(&state, label, event(DEEPLINK, json!(link)));
    }
    reply(&())
}

pub(crate) fn last_deeplink(call: &Call) -> Reply {
    let state = call.window.state::<AppState>();
    check_links(call, &state)?;
    reply(&state.arrivals.inner().last)
}

/// Links are the whole app's, and windows that are alone hear of none.
fn check_links(call: &Call, state: &AppState) -> Result<(), BridgeError> {
    if state.settings.deep_links.is_none() {
        return Err(unsupported("app.json has no section `deepLinks`"));
    }
    match call.kind {
        Kind::Main | Kind::Page => Ok(()),
        _ => Err(unsupported("a `cacheOnly` window is told of no links")),
    }
}

/// The page that called takes files; it gets those that are waiting.
pub(crate) fn on_open_files(call: &Call) -> Reply {
    let state = call.window.state::<AppState>();
    if state.settings.file_extensions.is_empty() {
        return Err(unsupported("app.json has no section `fileAssociations`"));
    }
    if call.kind != Kind::Main {
        return Err(unsupported("the main window takes the files that the app is to open"));
    }
    let mut inner = state.arrivals.inner();
    inner.taker = Some(call.page);
    let files: Vec<_> = inner.files.drain(..).collect();
    drop(inner);
    if !files.is_empty() {
        give(call.window.clone(), call.page, files);
    }
    reply(&())
}

fn unsupported(reason: &str) -> BridgeError {
    BridgeError::new(ErrorCode::EventsUnsupported, reason)
}

/// Functions that this app's config gives nothing to do.
pub(crate) fn idle(settings: &RuntimeSettings) -> impl Iterator<Item = &'static str> {
    let links: &[_] = match settings.deep_links {
        None => &["events.onDeeplink", "events.lastDeeplink"],
        Some(_) => &[],
    };
    let files: &[_] =
        if settings.file_extensions.is_empty() { &["events.onOpenFiles"] } else { &[] };
    links.iter().chain(files).copied()
}

impl Arrivals {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_files_of_the_apps_own_are_taken_and_nothing_else() {
        let (schemes, extensions) = (["notes".to_owned()], ["md".to_owned(), "note".to_owned()]);
        let own = Own { schemes: &schemes, extensions: &extensions };
        let long = format!("notes://{}", "x".repeat(MAX_LINK_BYTES));
        let (links, files) = sorted(
            own,
            &[
                "notes://a",
                "NOTES://B",
                "notes://[",
                "other://a",
                "https://example.com/a.md",
                "--flag",
                "/etc/passwd",
                "file:///etc/passwd",
                "/home/a/My Notes.MD",
                "file:///home/a/b%20c.note",
                &long,
            ],
        );
        let links: Vec<_> = links.iter().map(Url::as_str).collect();
        assert_eq!(links, ["notes://a", "notes://B"]);
        assert_eq!(
            files,
            [Path::new("/home/a/My Notes.MD"), Path::new("/home/a/b c.note")].map(Path::to_owned)
        );
    }

    #[test]
    fn the_oldest_goes_when_too_much_waits() {
        let mut kept = VecDeque::new();
        (0..=MAX_KEPT).for_each(|number| keep(&mut kept, number));
        assert_eq!((kept.len(), kept.front(), kept.back()), (MAX_KEPT, Some(&1), Some(&MAX_KEPT)));
    }
}
