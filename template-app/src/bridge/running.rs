//! The calls that run, so that none runs twice.
//!
//! A page that is left breaks off the requests that it waits for. Tauri's script takes that for a way that is blocked, and sends each of
//! them once more on another: a file would be written twice, and a dialog would open again.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bridge_contract::CALL_HEADER;
use tauri::{Manager as _, Wry, ipc::InvokeMessage};

use crate::state::AppState;

/// Window and name of a call.
type Key = (String, Vec<u8>);

/// Each call that runs.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashSet<Key>>>);

/// A call that runs, until this is dropped.
pub(super) struct Run {
    /// Not the app's handle: that has parts of the toolkit, which belong to the window's thread, and calls end on others.
    running: Running,
    /// None when the call has no name: it is not the script's.
    key: Option<Key>,
}

impl Run {
    /// Notes a call; none when it runs already.
    pub(super) fn begin(message: &InvokeMessage<Wry>) -> Option<Run> {
        let webview = message.webview_ref();
        let name = message.headers().get(CALL_HEADER);
        let key = name.map(|name| (webview.label().to_owned(), name.as_bytes().to_vec()));
        let running = webview.state::<AppState>().running.clone();
        if let Some(key) = &key
            && !running.all().insert(key.clone())
        {
            return None;
        }
        Some(Run { running, key })
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            self.running.all().remove(key);
        }
    }
}

impl Running {
    fn all(&self) -> MutexGuard<'_, HashSet<(String, Vec<u8>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
