//! The app's windows that can have the bridge: built here, and known here by Tauri's label until they are gone.
//!
//! Pop-ups are in `popups`: they have no bridge, and nobody but their opener knows them.

mod build;
mod close;
mod geometry;
mod main_window;
mod open;
mod remember;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tauri::{Manager as _, PhysicalSize, WebviewWindow, Window};
use tokio::sync::watch;

use crate::{
    labels::{self, CACHE_ONLY_PREFIX, Kind, MAIN, PAGE_PREFIX},
    state::AppState,
    token::Token,
};

pub(crate) use close::{answer, close_requested, unwatch, watch};
#[cfg(all(target_os = "linux", feature = "standard"))]
pub(crate) use main_window::constrain as constrain_main;
pub(crate) use main_window::create as create_main;
pub(crate) use open::{Request, open};
pub(crate) use remember::{Remembered, flush, note, note_all};

/// Windows that pages may have open at once (count): more is a mistake, and each costs a process.
const MAX_WINDOWS: usize = 50;

/// The windows that are open or about to open, by Tauri's label.
#[derive(Default)]
pub(crate) struct Windows {
    entries: Mutex<HashMap<String, Entry>>,
    /// How many there have been.
    count: Mutex<u64>,
}

/// What the runtime knows about a window besides what Tauri does.
struct Entry {
    /// The larger, the younger.
    number: u64,
    /// Proves that a call comes from this window's own document.
    token: Token,
    /// It has been shown, and is left alone from then on.
    shown: watch::Sender<bool>,
    /// Its place and size are kept for the next time that a window of this label opens.
    is_remembered: bool,
    close: close::Asking,
}

/// What a label turned out to be.
enum Claim {
    /// Free until now; the window can be built.
    New(watch::Receiver<bool>),
    /// A window of the same kind has it, which is on its way out when `closing`.
    Same {
        shown: watch::Receiver<bool>,
        closing: bool,
    },
    /// A window of another kind has it.
    Taken,
    TooMany,
}

impl Windows {
    /// A window is about to be built.
    fn claim(&self, label: &str, is_remembered: bool) -> Result<Claim, getrandom::Error> {
        let token = Token::new()?;
        let mut entries = self.entries();
        if let Some(entry) = entries.get(label) {
            let closing = entry.close.is_decided();
            return Ok(Claim::Same { shown: entry.shown.subscribe(), closing });
        }
        let public = labels::public(label);
        if tauri_labels(public).iter().any(|other| entries.contains_key(other)) {
            return Ok(Claim::Taken);
        }
        if entries.keys().filter(|label| *label != MAIN).count() >= MAX_WINDOWS {
            return Ok(Claim::TooMany);
        }
        let (shown, receiver) = watch::channel(false);
        let number = self.next_number();
        let close = close::Asking::default();
        entries.insert(label.to_owned(), Entry { number, token, shown, is_remembered, close });
        Ok(Claim::New(receiver))
    }

    /// A window is gone, or could not be built.
    pub(crate) fn closed(&self, label: &str) {
        self.entries().remove(label);
    }

    /// The window shows another page now: who wanted to be asked has gone.
    pub(crate) fn page_left(&self, label: &str) {
        if let Some(entry) = self.entries().get_mut(label) {
            entry.close.unwatch();
        }
    }

    /// The token of a window.
    pub(crate) fn token(&self, label: &str) -> Option<Token> {
        self.entries().get(label).map(|entry| entry.token.clone())
    }

    /// From now on the window is left alone when its page has loaded. True, if it was not before.
    pub(crate) fn show_first(&self, label: &str) -> bool {
        self.entries().get(label).is_some_and(|entry| !entry.shown.send_replace(true))
    }

    /// Whether the window has been shown, or was to be.
    #[cfg(all(feature = "standard", target_os = "macos"))]
    pub(crate) fn was_shown(&self, label: &str) -> bool {
        self.entries().get(label).is_some_and(|entry| *entry.shown.borrow())
    }

    fn shown(&self, label: &str) -> Option<watch::Receiver<bool>> {
        self.entries().get(label).map(|entry| entry.shown.subscribe())
    }

    fn is_remembered(&self, label: &str) -> bool {
        self.entries().get(label).is_some_and(|entry| entry.is_remembered)
    }

    /// A label that no window has had in this run.
    fn fresh_label(&self) -> String {
        loop {
            let label = format!("window-{}", self.next_number());
            let entries = self.entries();
            if !tauri_labels(&label).iter().any(|label| entries.contains_key(label)) {
                return label;
            }
        }
    }

    fn next_number(&self) -> u64 {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        *count
    }

    /// Labels of windows, the oldest first.
    fn by_age(&self) -> Vec<String> {
        let entries = self.entries();
        let mut labels: Vec<_> =
            entries.iter().map(|(label, entry)| (entry.number, label.clone())).collect();
        labels.sort_unstable();
        labels.into_iter().map(|(_, label)| label).collect()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What Tauri may call a window that pages know by this label.
fn tauri_labels(public: &str) -> [String; 3] {
    [public.to_owned(), format!("{PAGE_PREFIX}{public}"), format!("{CACHE_ONLY_PREFIX}{public}")]
}

/// The window that a page means by a label, if the page's window may know it: a `cacheOnly` window knows itself only.
pub(crate) fn find(caller: &WebviewWindow, public: &str) -> Option<WebviewWindow> {
    if public == labels::public(caller.label()) {
        return Some(caller.clone());
    }
    if Kind::of(caller.label()) == Kind::CacheOnly {
        return None;
    }
    // A page may not spell a label as Tauri does, and pop-ups are none of its business.
    let known = |label: &String| labels::public(label) == public && Kind::of(label).has_bridge();
    let labels = tauri_labels(public).into_iter().filter(known);
    labels.filter_map(|label| caller.get_webview_window(&label)).next()
}

/// Every window that `find` finds, the oldest first.
pub(crate) fn reachable(caller: &WebviewWindow) -> Vec<WebviewWindow> {
    if Kind::of(caller.label()) == Kind::CacheOnly {
        return vec![caller.clone()];
    }
    let labels = caller.state::<AppState>().windows.by_age();
    labels.iter().filter_map(|label| caller.get_webview_window(label)).collect()
}

/// How much of a window's height, in logical pixels, is a bar above its page that the toolkit counts as inside.
pub(crate) fn bar_height(label: &str) -> u32 {
    #[cfg(all(target_os = "linux", feature = "standard"))]
    if label == MAIN {
        return crate::menu::bar_height();
    }
    let _ = label;
    0
}

/// The page's part of a window's inner size.
pub(crate) fn content_size(window: &Window, inner: PhysicalSize<u32>) -> PhysicalSize<u32> {
    let bar = match bar_height(window.label()) {
        0 => 0,
        logical => (f64::from(logical) * window.scale_factor().unwrap_or(1.0)).round() as u32,
    };
    PhysicalSize::new(inner.width, inner.height.saturating_sub(bar))
}

/// Shows a window in front of others, whatever became of it.
pub(crate) fn bring_to_front(window: &WebviewWindow) -> tauri::Result<()> {
    window.state::<AppState>().windows.show_first(window.label());
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(windows: &Windows, label: &str) -> &'static str {
        match windows.claim(label, false).unwrap() {
            Claim::New(_) => "new",
            Claim::Same { .. } => "same",
            Claim::Taken => "taken",
            Claim::TooMany => "too many",
        }
    }

    #[test]
    fn a_label_is_one_windows_of_one_kind_until_that_is_gone() {
        let windows = Windows::default();
        assert_eq!(claim(&windows, MAIN), "new");
        assert_eq!(claim(&windows, "page/a"), "new");
        assert_eq!(claim(&windows, "page/a"), "same");
        assert_eq!(claim(&windows, "cache/a"), "taken");
        let token = windows.token("page/a").map(|token| format!("{token:?}"));
        windows.closed("page/a");
        assert!(windows.token("page/a").is_none());
        assert_eq!(claim(&windows, "cache/a"), "new");
        assert_ne!(windows.token("cache/a").map(|token| format!("{token:?}")), token);
        assert_eq!(windows.by_age(), [MAIN, "cache/a"]);
    }

    #[test]
    fn there_is_a_limit_and_the_main_window_does_not_count() {
        let windows = Windows::default();
        assert_eq!(claim(&windows, MAIN), "new");
        for _ in 0..MAX_WINDOWS {
            let label = windows.fresh_label();
            assert_eq!(claim(&windows, &format!("{PAGE_PREFIX}{label}")), "new");
        }
        assert_eq!(claim(&windows, "page/more"), "too many");
        assert_eq!(claim(&windows, "cache/more"), "too many");
        windows.closed(&windows.by_age()[1].clone());
        assert_eq!(claim(&windows, "page/more"), "new");
    }

    #[test]
    fn a_window_is_shown_once() {
        let windows = Windows::default();
        assert!(!windows.show_first("page/a"), "no such window");
        assert_eq!(claim(&windows, "page/a"), "new");
        assert!(windows.show_first("page/a"));
        assert!(!windows.show_first("page/a"));
    }
}
