//! Module `downloads`: looks at what the window's pages have downloaded.

use bridge_contract::{BridgeError, ErrorCode};
use tauri::Manager as _;

use super::{
    Call, Command,
    Command::{Later, Now},
    Reply, Task, reply,
};
use crate::downloads;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("downloads_list", Now(list)),
    ("downloads_reveal", Later(reveal)),
    ("downloads_cancel", Now(cancel)),
];

fn list(call: &Call) -> Reply {
    reply(&downloads::list(&call.window))
}

fn reveal(call: Call) -> Task {
    Box::pin(async move {
        let file = downloads::file(&call.window, call.arg("id")?)?;
        let shown = downloads::reveal(call.window.app_handle(), &file).await;
        reply(&shown.map_err(|error| {
            let message = format!("no file manager could be opened: {}", error.kind());
            BridgeError::new(ErrorCode::DownloadsIo, message)
        })?)
    })
}

fn cancel(call: &Call) -> Reply {
    reply(&downloads::cancel(&call.window, call.arg("id")?)?)
}
