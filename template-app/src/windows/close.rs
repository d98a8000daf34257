//! How a window closes: its page is asked first, if it wants to be, and the main window may hide instead.

use std::time::Duration;

use serde_json::{Value, json};
use tauri::{CloseRequestApi, Manager as _, WebviewWindow, Window, async_runtime, ipc::Channel};

use super::remember;
use crate::{labels::MAIN, state::AppState, tray};

/// A page that has not answered by then is not asked any longer: one that hangs must not keep its window.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Where a page is asked; what it gets is the number of the question.
type Questions = Channel<Value>;

/// Between the wish to close a window and its end.
#[derive(Default)]
pub(super) struct Asking {
    page: Option<Questions>,
    /// Number of the question that waits for its answer.
    open: Option<u32>,
    count: u32,
    /// It closes; nothing stops it any more.
    decided: bool,
}

impl Asking {
    pub(super) fn is_decided(&self) -> bool {
        self.decided
    }

    pub(super) fn unwatch(&mut self) {
        self.page = None;
    }

    /// Asks the page, unless it has been asked already. None: there is nobody to ask.
    fn ask(&mut self) -> Option<Asked> {
        if self.decided {
            return None;
        }
        if self.open.is_some() {
            return Some(Asked::Already);
        }
        self.count = self.count.wrapping_add(1);
        // A page that cannot be told is one that does not answer.
        let _ = self.page.as_ref()?.send(json!(self.count));
        self.open = Some(self.count);
        Some(Asked::Now(self.count))
    }

    /// Takes the answer to a question that is open. False: it is not.
    fn take(&mut self, question: u32) -> bool {
        self.open.take_if(|open| *open == question).is_some()
    }
}

enum Asked {
    Now(u32),
    Already,
}

/// The window's page wants to be asked.
pub(crate) fn watch(window: &WebviewWindow, questions: Questions) {
    if let Some(entry) = window.state::<AppState>().windows.entries().get_mut(window.label()) {
        entry.close.page = Some(questions);
    }
}

/// The window's page no longer wants to be asked.
pub(crate) fn unwatch(window: &WebviewWindow) {
    window.state::<AppState>().windows.page_left(window.label());
}

/// Somebody wants a window closed: its button, the keyboard, a page.
pub(crate) fn close_requested(window: &Window, api: &CloseRequestApi) {
    let state = window.state::<AppState>();
    let label = window.label();
    let Some(window) = window.get_webview_window(label) else { return };
    let asked = state.windows.entries().get_mut(label).and_then(|entry| entry.close.ask());
    match asked {
        Some(Asked::Now(question)) => {
            api.prevent_close();
            async_runtime::spawn(async move {
                tokio::time::sleep(ANSWER_WITHIN).await;
                answer(&window, question, false);
            });
        }
        Some(Asked::Already) => api.prevent_close(),
        None if leave(&window) => {}
        None => api.prevent_close(),
    }
}

/// The answer of a window's page, or of the deadline, to one question.
pub(crate) fn answer(window: &WebviewWindow, question: u32, keep: bool) {
    let state = window.state::<AppState>();
    let mut entries = state.windows.entries();
    let Some(entry) = entries.get_mut(window.label()) else { return };
    if !entry.close.take(question) || keep {
        return;
    }
    drop(entries);
    let leaving = window.clone();
    // Place and size are read on the window's thread.
    let _ = window.run_on_main_thread(move || {
        if leave(&leaving) {
            // It is gone already when that fails.
            let _ = leaving.destroy();
        }
    });
}

/// Nothing keeps the window any more. True: it is to end; false: it is the main window, and hides behind a tray icon.
fn leave(window: &WebviewWindow) -> bool {
    remember::note_now(window);
    let state = window.state::<AppState>();
    if window.label() == MAIN && tray::hides(&state) {
        tray::hide_or_quit(window);
        return false;
    }
    if let Some(entry) = state.windows.entries().get_mut(window.label()) {
        entry.close.decided = true;
    }
    true
}
