//! What a page has open: streams, watches and handles, by number, in Tauri's table of its webview. They end with the page.

use bridge_contract::{BridgeError, ErrorCode};
use tauri::{Manager as _, Resource, ResourceId, WebviewWindow};

/// Things that one page may have open (count): a leak is noticed, and a page that works is not stopped.
const MAX_OPEN: usize = 1000;

/// Puts something into the table of the window's page, and gives its number.
pub(crate) fn add(
    window: &WebviewWindow,
    resource: impl Resource,
) -> Result<ResourceId, BridgeError> {
    let mut table = window.resources_table();
    if table.names().count() >= MAX_OPEN {
        let message = format!("more than {MAX_OPEN} streams, watches and handles are open");
        return Err(BridgeError::new(ErrorCode::BridgeTooManyOpen, message));
    }
    Ok(table.add(resource))
}

/// Ends everything that the window's page had open: it is left, or the window is gone.
pub(crate) fn close_all(window: &WebviewWindow) {
    let mut table = window.resources_table();
    let open: Vec<_> = table.names().map(|(id, _)| id).collect();
    for id in open {
        // Nobody else takes anything out while the table is locked.
        let _ = table.close(id);
    }
}
