//! Work on the window's thread, for who waits elsewhere for what comes of it.

use std::sync::mpsc;

use tauri::AppHandle;

/// Does something on the window's thread and waits for its result. Not for a task that others wait for: it holds a thread.
pub(crate) fn on_main<T: Send + 'static>(
    app: &AppHandle,
    work: impl FnOnce(&AppHandle) -> T + Send + 'static,
) -> tauri::Result<T> {
    let (sender, receiver) = mpsc::channel();
    let handle = app.clone();
    app.run_on_main_thread(move || {
        // Nobody waits any more when that fails.
        let _ = sender.send(work(&handle));
    })?;
    receiver.recv().map_err(|_| tauri::Error::FailedToReceiveMessage)
}
