//! The downloads of this run: what is known of each, and which events a change gives.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bridge_contract::{Download, DownloadState};
use scoped_fs::safe_file_name;

use crate::labels::Kind;

/// Downloads that are remembered (count); those that go on are never forgotten.
const MAX_KEPT: usize = 100;
/// Time between two reports of progress: what a bar on the screen can show.
const BETWEEN_REPORTS: Duration = Duration::from_millis(100);
/// Longest URL that a page is told, in bytes: some carry megabytes.
const MAX_URL: usize = 2048;

/// The downloads of this run.
#[derive(Default)]
pub(super) struct List(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    last_id: u32,
    /// Newest first.
    entries: VecDeque<Entry>,
}

struct Entry {
    download: Download,
    /// Absent: no page is told.
    owner: Option<Owner>,
    file: Option<PathBuf>,
    is_announced: bool,
    reported: Option<Instant>,
}

/// Whose a download is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// Label of the window.
    pub(super) label: String,
    /// Number of the page that the window showed.
    pub(super) page: u64,
}

/// What can happen to a download.
pub(super) enum Change {
    /// Name and size are known.
    Known {
        name: String,
        total: Option<u64>,
        state: DownloadState,
    },
    /// Its place is decided.
    Running,
    /// So many bytes are there by now.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other webviews do not tell"))]
    Received(u64),
    Done {
        file: PlacedFile,
        size: u64,
    },
    Failed(String),
    Cancelled,
}

/// Where a file has come to be.
pub(super) struct PlacedFile {
    pub(super) path: PathBuf,
    /// The user chose the place, so that the page may know it.
    pub(super) is_chosen: bool,
}

/// An event: its name, whom it is for, and its payload.
pub(super) type Event = (&'static str, Owner, Download);

impl List {
    /// A new download, and its number.
    pub(super) fn add(&self, owner: Option<Owner>, url: &str) -> u32 {
        let mut all = self.lock();
        all.last_id += 1;
        let id = all.last_id;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let download = Download {
            id,
            url: shown_url(url),
            name: name_in(url),
            path: None,
            state: DownloadState::Running,
            received: 0,
            total: None,
            started_at: u64::try_from(now.as_millis()).unwrap_or_default(),
            error: None,
        };
        let entry = Entry { download, owner, file: None, is_announced: false, reported: None };
        all.entries.push_front(entry);
        while all.entries.len() > MAX_KEPT {
            let oldest = all.entries.iter().rposition(|entry| entry.download.state.has_ended());
            let Some(oldest) = oldest else { break };
            all.entries.remove(oldest);
        }
        id
    }

    /// Notes a change, and gives the events that it makes, in their order. What has ended does not change any more.
    pub(super) fn change(&self, id: u32, change: Change) -> Vec<Event> {
        let mut all = self.lock();
        let entry = all.entries.iter_mut().find(|entry| entry.download.id == id);
        let Some(entry) = entry.filter(|entry| !entry.download.state.has_ended()) else {
            return Vec::new();
        };
        let mut events = Vec::new();
        let was_asking = entry.download.state == DownloadState::Asking;
        let is_progress = match change {
            Change::Received(_) => true,
            Change::Running => was_asking,
            _ => false,
        };
        entry.apply(change);
        if !entry.is_announced {
            entry.is_announced = true;
            events.push("download:start");
        } else if is_progress {
            let is_due = entry.reported.is_none_or(|last| last.elapsed() >= BETWEEN_REPORTS);
            if is_due {
                entry.reported = Some(Instant::now());
                events.push("download:progress");
            }
        }
        if entry.download.state.has_ended() {
            events.push("download:done");
        }
        let Some(owner) = &entry.owner else { return Vec::new() };
        events.into_iter().map(|event| (event, owner.clone(), entry.download.clone())).collect()
    }

    /// The downloads that a window may know of: those of the app's pages, or of a window with rights of its own.
    pub(super) fn seen_by(&self, label: &str) -> Vec<Download> {
        let all = self.lock();
        let seen = all.entries.iter().filter(|entry| {
            entry.owner.as_ref().is_some_and(|Owner { label: owner, .. }| {
                owner == label || (is_app(owner) && is_app(label))
            })
        });
        seen.map(|entry| entry.download.clone()).collect()
    }

    /// Downloads whose place the user is still asked for.
    pub(super) fn asking(&self) -> usize {
        let is_asking = |entry: &&Entry| entry.download.state == DownloadState::Asking;
        self.lock().entries.iter().filter(is_asking).count()
    }

    pub(super) fn state(&self, id: u32) -> Option<DownloadState> {
        self.of(id, |entry| entry.download.state)
    }

    pub(super) fn owner(&self, id: u32) -> Option<Owner> {
        self.of(id, |entry| entry.owner.clone()).flatten()
    }

    /// Where the file of a finished download is.
    pub(super) fn file(&self, id: u32) -> Option<PathBuf> {
        self.of(id, |entry| entry.file.clone()).flatten()
    }

    fn of<T>(&self, id: u32, read: impl Fn(&Entry) -> T) -> Option<T> {
        self.lock().entries.iter().find(|entry| entry.download.id == id).map(read)
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn apply(&mut self, change: Change) {
        let download = &mut self.download;
        match change {
            Change::Known { name, total, state } => {
                (download.name, download.total, download.state) = (name, total, state);
            }
            Change::Running => download.state = DownloadState::Running,
            Change::Received(bytes) => download.received = bytes,
            Change::Done { file, size } => {
                let name = file.path.file_name().unwrap_or_default();
                download.name = name.to_string_lossy().into_owned();
                download.path = file.is_chosen.then(|| file.path.to_string_lossy().into_owned());
                download.received = size;
                download.state = DownloadState::Done;
                self.file = Some(file.path);
            }
            Change::Failed(why) => {
                download.state = DownloadState::Failed;
                download.error = Some(why);
            }
            Change::Cancelled => download.state = DownloadState::Cancelled,
        }
    }
}

/// A window of the app's own pages?
fn is_app(label: &str) -> bool {
    matches!(Kind::of(label), Kind::Main | Kind::Page)
}

/// What the file might be called, until that is known.
pub(super) fn name_in(url: &str) -> String {
    let url =
        url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "tauri"));
    let last = url.as_ref().and_then(|url| url.path_segments()?.next_back()).unwrap_or_default();
    safe_file_name(&percent_encoding::percent_decode_str(last).decode_utf8_lossy())
}

/// The URL without megabytes of data.
fn shown_url(url: &str) -> String {
    let shown = match url.strip_prefix("data:") {
        Some(data) => &url[..url.len() - data.len() + data.find(',').unwrap_or(data.len())],
        None => url,
    };
    shown[..shown.floor_char_boundary(MAX_URL)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn main() -> Option<Owner> {
        owned_by("main")
    }

    fn owned_by(label: &str) -> Option<Owner> {
        Some(Owner { label: label.to_owned(), page: 1 })
    }

    fn known(name: &str) -> Change {
        Change::Known { name: name.to_owned(), total: Some(3), state: DownloadState::Running }
    }

    fn names(events: &[Event]) -> Vec<&'static str> {
        events.iter().map(|event| event.0).collect()
    }

    #[test]
    fn a_download_is_announced_once_and_ends_once() {
        let list = List::default();
        let id = list.add(main(), "https://example.com/a");
        assert_eq!(names(&list.change(id, known("a"))), ["download:start"]);
        assert_eq!(names(&list.change(id, Change::Received(1))), ["download:progress"]);
        // So soon after, a report would show nothing new.
        assert_eq!(names(&list.change(id, Change::Received(2))), [""; 0]);
        let file = PlacedFile { path: "/there/a (1)".into(), is_chosen: false };
        let done = list.change(id, Change::Done { file, size: 3 });
        assert_eq!(names(&done), ["download:done"]);
        let download = &done[0].2;
        assert_eq!(
            (download.name.as_str(), &download.path, download.received),
            ("a (1)", &None, 3)
        );
        assert_eq!(names(&list.change(id, Change::Cancelled)), [""; 0]);
        assert_eq!(list.file(id), Some("/there/a (1)".into()));
    }

    #[test]
    fn what_fails_at_once_is_announced_all_the_same() {
        let list = List::default();
        let id = list.add(main(), "https://example.com/a");
        let events = list.change(id, Change::Failed("no".to_owned()));
        assert_eq!(names(&events), ["download:start", "download:done"]);
    }

    #[test]
    fn windows_see_what_is_theirs() {
        let list = List::default();
        for owner in [Some("main"), Some("page/a"), Some("cache/a"), None] {
            list.add(owner.and_then(owned_by), "https://example.com/");
        }
        let ids = |label| list.seen_by(label).iter().map(|seen| seen.id).collect::<Vec<_>>();
        assert_eq!(ids("main"), [2, 1]);
        assert_eq!(ids("page/b"), [2, 1]);
        assert_eq!(ids("cache/a"), [3]);
        assert_eq!(ids("cache/b"), [0; 0]);
        assert_eq!(ids("popup-1"), [0; 0]);
        assert!(list.change(4, known("secret")).is_empty());
    }

    #[test]
    fn the_oldest_that_has_ended_is_forgotten() {
        let list = List::default();
        let first = list.add(main(), "https://example.com/");
        for _ in 0..MAX_KEPT {
            let id = list.add(main(), "https://example.com/");
            list.change(id, Change::Cancelled);
        }
        let seen = list.seen_by("main");
        assert_eq!(seen.len(), MAX_KEPT);
        assert!(seen.iter().any(|download| download.id == first), "it goes on");
        assert!(seen.iter().all(|download| download.id != first + 1), "it has ended");
    }

    #[test]
    fn a_name_is_there_from_the_beginning() {
        for (url, name) in [
            ("https://example.com/a/b%20c.pdf?x=/y", "b c.pdf"),
            ("https://example.com/%2e%2e%2fx", "x"),
            ("https://example.com/", "download"),
            ("data:text/plain,hello", "download"),
            ("blob:https://example.com/0b6e", "download"),
        ] {
            assert_eq!(name_in(url), name, "{url}");
        }
    }

    #[test]
    fn urls_are_told_without_their_data() {
        assert_eq!(shown_url("data:text/csv;base64,AAAA"), "data:text/csv;base64");
        assert_eq!(shown_url("data:"), "data:");
        assert_eq!(shown_url("https://example.com/a,b"), "https://example.com/a,b");
        assert_eq!(shown_url(&format!("https://xy/{}", "ä".repeat(2000))).len(), MAX_URL - 1);
    }
}
