//! The calls that run, so that none runs twice.
//!
//! A page that is left breaks off the requests that it waits for. Tauri's script takes that for a way that is blocked, and sends each of
//! them once more on another: a file would be written twice, and a dialog would open again.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bridge_contract::CALL_HEADER;
use tauri::{AppHandle, Manager as _, Wry, ipc::InvokeMessage};

use crate::state::AppState;

/// Window and name of each call that runs.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashSet<(String, Vec<u8>)>>);

/// A call that runs, until this is dropped.
pub(super) struct Run {
    app: AppHandle,
    /// None when the call has no name: it is not the script's.
    key: Option<(String, Vec<u8>)>,
}

impl Run {
    /// Notes a call; none when it runs already.
    pub(super) fn begin(message: &InvokeMessage<Wry>) -> Option<Run> {
        let webview = message.webview_ref();
        let name = message.headers().get(CALL_HEADER);
        let key = name.map(|name| (webview.label().to_owned(), name.as_bytes().to_vec()));
        let app = webview.app_handle().clone();
        if let Some(key) = &key
            && !app.state::<AppState>().running.all().insert(key.clone())
        {
            return None;
        }
        Some(Run { app, key })
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            self.app.state::<AppState>().running.all().remove(key);
        }
    }
}

impl Running {
    fn all(&self) -> MutexGuard<'_, HashSet<(String, Vec<u8>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
