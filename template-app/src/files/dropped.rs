//! Files that the user drops on a window. Only a page that has said that it takes them is told, and gets them.

use std::{collections::HashMap, path::PathBuf, sync::PoisonError};

use bridge_contract::{DropPosition, FileDrop, FilePicked, FileRejected, NativeEvent};
use serde_json::json;
use tauri::{
    DragDropEvent, Manager, PhysicalPosition, WebviewWindow, WebviewWindowBuilder, Window, Wry,
    async_runtime,
};

use super::{name_of, pick};
use crate::{bridge::Call, grants, labels::Kind, native_events, resources, state::AppState};

/// Files of one drop that are looked at (count); what is behind them is left out, and told as rejected.
const MAX_DROPPED: usize = 500;

/// A page that takes drops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taker {
    /// Number of the page.
    page: u64,
    /// It wants to know of every move of what is dragged over it.
    hover: bool,
}

/// The pages that take drops, by Tauri's label of their window.
pub(super) type Takers = HashMap<String, Taker>;

/// Whether the window that is built takes part in dragging at all. With a handler of ours, Windows' webview gives the page no
/// events of its own for what is dragged, so there is one only where the app wants files.
pub(crate) fn apply<'a, M: Manager<Wry>>(
    state: &AppState,
    label: &str,
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    let modules = grants::settings_of(&state.settings, Kind::of(label));
    if modules.is_some_and(|modules| modules.files) {
        builder
    } else {
        builder.disable_drag_drop_handler()
    }
}

/// The page that called takes drops from now on; `hover` once asked for stays.
pub(crate) fn accept(call: &Call, hover: bool) {
    let state = call.window.state::<AppState>();
    let mut takers = state.files.takers.lock().unwrap_or_else(PoisonError::into_inner);
    let known = takers.get(call.window.label()).filter(|known| known.page == call.page);
    let hover = hover || known.is_some_and(|known| known.hover);
    takers.insert(call.window.label().to_owned(), Taker { page: call.page, hover });
}

/// Something is dragged over a window.
pub(crate) fn tell(window: &Window, event: &DragDropEvent) {
    let state = window.state::<AppState>();
    let label = window.label();
    let takers = state.files.takers.lock().unwrap_or_else(PoisonError::into_inner);
    let taker = takers.get(label).copied();
    drop(takers);
    // The page before, or a foreign one that the window shows now, is told nothing.
    let Some(taker) = taker.filter(|taker| taker.page == state.page(label)) else { return };
    let at = |position: &PhysicalPosition<f64>| Some(logical(window, position));
    match event {
        DragDropEvent::Enter { paths, position } => {
            let names = paths.iter().map(|path| name_of(path)).collect();
            send(&state, label, FileDrop { names, position: at(position), ..empty("enter") });
        }
        DragDropEvent::Over { position } if taker.hover => {
            send(&state, label, FileDrop { position: at(position), ..empty("hover") });
        }
        DragDropEvent::Drop { paths, position } => {
            if let Some(window) = window.get_webview_window(label) {
                give(window, taker.page, paths.clone(), at(position));
            }
        }
        DragDropEvent::Leave => send(&state, label, empty("cancel")),
        _ => {}
    }
}

fn empty(kind: &'static str) -> FileDrop {
    FileDrop {
        kind,
        names: Vec::new(),
        paths: Vec::new(),
        files: Vec::new(),
        rejected: Vec::new(),
        position: None,
    }
}

/// In pixels of the page, from its upper left corner.
fn logical(window: &Window, position: &PhysicalPosition<f64>) -> DropPosition {
    // Only Windows' webview tells pixels of the screen, whatever the type says.
    let scale = if cfg!(windows) { window.scale_factor().unwrap_or(1.0) } else { 1.0 };
    DropPosition { x: position.x / scale, y: position.y / scale }
}

/// Gives what was dropped to the page, unless that has gone meanwhile.
fn give(window: WebviewWindow, page: u64, paths: Vec<PathBuf>, position: Option<DropPosition>) {
    // The disk may take its time, and the window waits for nobody.
    async_runtime::spawn_blocking(move || {
        let state = window.state::<AppState>();
        let label = window.label();
        let names = paths.iter().map(|path| name_of(path)).collect();
        let (files, rejected) = give_to_page(&window, page, &paths);
        if state.page(label) == page {
            let paths = files.iter().map(|file| file.path.clone()).collect();
            let drop = FileDrop { names, paths, files, rejected, position, ..empty("drop") };
            send(&state, label, drop);
        }
    });
}

/// Makes handles of what a user has dropped or opened, for one page; and what of it that page does not get.
pub(crate) fn give_to_page(
    window: &WebviewWindow,
    page: u64,
    paths: &[PathBuf],
) -> (Vec<FilePicked>, Vec<FileRejected>) {
    let (looked_at, too_many) = paths.split_at(paths.len().min(MAX_DROPPED));
    let (found, mut rejected) = pick::sort(looked_at.to_vec(), &[], None);
    rejected.extend(too_many.iter().map(|path| pick::rejected(path, "too-many")));
    let mut files = Vec::new();
    for found in found {
        let mut told = found.told(0);
        match resources::add_for_page(window, page, found.picked) {
            Ok(id) => {
                told.id = id;
                files.push(told);
            }
            Err(_) => rejected.push(pick::rejected(&found.path, "too-many")),
        }
    }
    (files, rejected)
}

fn send(state: &AppState, label: &str, drop: FileDrop) {
    let event = format!("dragdrop:{}", drop.kind);
    native_events::send_to(state, label, NativeEvent { event, payload: json!(drop), source: None });
}
