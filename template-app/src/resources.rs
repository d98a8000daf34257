//! What a page has open: streams, watches and handles, by number, in Tauri's table of its webview. They end with the page.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bridge_contract::{BridgeError, ErrorCode};
use tauri::{Manager as _, Resource, ResourceId, ResourceTable, WebviewWindow, async_runtime};

use crate::{bridge::Call, state::AppState};

/// Things that one page may have open (count): a leak is noticed, and a page that works is not stopped.
const MAX_OPEN: usize = 1000;

/// The windows whose pages have had something open, by label. A window that is gone is not to be found by then, and what it holds
/// may hold it.
#[derive(Default)]
pub(crate) struct Holders(Mutex<HashMap<String, WebviewWindow>>);

/// Puts something into the table of the page that called, which may be gone by now, and gives its number.
pub(crate) fn add_for(call: &Call, resource: impl Resource) -> Result<ResourceId, BridgeError> {
    add_few(call, resource, MAX_OPEN)
}

/// The same for a kind of things of which a page has fewer.
pub(crate) fn add_few(
    call: &Call,
    resource: impl Resource,
    most: usize,
) -> Result<ResourceId, BridgeError> {
    add_to_page(&call.window, call.page, resource, most)
}

/// The same for a page by its number.
pub(crate) fn add_for_page(
    window: &WebviewWindow,
    page: u64,
    resource: impl Resource,
) -> Result<ResourceId, BridgeError> {
    add_to_page(window, page, resource, MAX_OPEN)
}

fn add_to_page(
    window: &WebviewWindow,
    page: u64,
    resource: impl Resource,
    most: usize,
) -> Result<ResourceId, BridgeError> {
    let mut table = window.resources_table();
    // Under the table's lock: whoever leaves the page counts first, and then empties the table.
    if window.state::<AppState>().page(window.label()) != page {
        return Err(BridgeError::new(ErrorCode::BridgeStreamClosed, "the page has gone"));
    }
    let name = resource.name();
    if table.names().filter(|(_, known)| *known == name).count() >= most {
        let message = format!("more than {most} of this kind are open: {name}");
        return Err(BridgeError::new(ErrorCode::BridgeTooManyOpen, message));
    }
    drop(name);
    add_to(window, &mut table, resource)
}

fn add_to(
    window: &WebviewWindow,
    table: &mut ResourceTable,
    resource: impl Resource,
) -> Result<ResourceId, BridgeError> {
    if table.names().count() >= MAX_OPEN {
        let message = format!("more than {MAX_OPEN} streams, watches and handles are open");
        return Err(BridgeError::new(ErrorCode::BridgeTooManyOpen, message));
    }
    let state = window.state::<AppState>();
    let mut holders = state.holders.0.lock().unwrap_or_else(PoisonError::into_inner);
    holders.entry(window.label().to_owned()).or_insert_with(|| window.clone());
    Ok(table.add(resource))
}

/// Ends everything that the page of a window had open that is gone.
pub(crate) fn window_closed(state: &AppState, label: &str) {
    let mut holders = state.holders.0.lock().unwrap_or_else(PoisonError::into_inner);
    let window = holders.remove(label);
    drop(holders);
    if let Some(window) = window {
        close_all(&window);
    }
}

/// Ends everything that the window's page had open: it is left.
pub(crate) fn close_all(window: &WebviewWindow) {
    let mut table = window.resources_table();
    let open: Vec<_> = table.names().map(|(id, _)| id).collect();
    // Nobody else takes anything out while the table is locked.
    let open: Vec<_> = open.into_iter().filter_map(|id| table.take_any(id).ok()).collect();
    if open.is_empty() {
        return;
    }
    // Not on the window's thread: an unfinished file is removed here.
    async_runtime::spawn_blocking(move || {
        for resource in open {
            resource.close();
        }
    });
}
