//! Events of the runtime itself, and the way of every event to the pages that listen.

use bridge_contract::NativeEvent;
use serde_json::{Value, json};
use tauri::{Manager as _, PhysicalSize, Theme, Window, WindowEvent};

use crate::{
    background, cache_only, files,
    labels::{self, Kind, MAIN},
    resources,
    state::AppState,
    tray, windows,
};

/// Turns what happens to a window into events, each with the window's label as pages know it.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    let state = window.state::<AppState>();
    let label = window.label();
    let public = labels::public(label);
    let tell = |event: &str, payload: Value| emit_about(&state, label, event, payload);
    match event {
        WindowEvent::Focused(true) => {
            #[cfg(feature = "standard")]
            state.menu.focused(label);
            tell("window:focus", json!({ "label": public }));
        }
        WindowEvent::Focused(false) => tell("window:blur", json!({ "label": public })),
        WindowEvent::Resized(size) => {
            windows::note(window.app_handle(), label);
            let PhysicalSize { width, height } = windows::content_size(window, *size);
            tell("window:resized", json!({ "label": public, "width": width, "height": height }));
        }
        WindowEvent::Moved(position) => {
            windows::note(window.app_handle(), label);
            tell("window:moved", json!({ "label": public, "x": position.x, "y": position.y }));
        }
        WindowEvent::CloseRequested { api, .. } => {
            tell("window:close-requested", json!({ "label": public }));
            windows::close_requested(window, api);
        }
        WindowEvent::ThemeChanged(theme) => {
            if let Some(webview) = window.get_webview_window(label) {
                background::apply(&webview, &state.settings.window);
            }
            let theme = if *theme == Theme::Dark { "dark" } else { "light" };
            tell("window:theme", json!({ "label": public, "theme": theme }));
        }
        WindowEvent::DragDrop(event) => files::dropped::tell(window, event),
        WindowEvent::Destroyed => {
            state.page_left(label);
            resources::window_closed(&state, label);
            state.fs.window_closed(label);
            cache_only::leave(&state, label);
            state.windows.closed(label);
            // It was to hide, and nobody could bring it back.
            if label == MAIN && tray::hides(&state) {
                window.app_handle().exit(0);
            }
        }
        _ => {}
    }
}

/// Sends an event of the runtime to every page that listens. Those of `cacheOnly` windows are told about their own window only.
pub(crate) fn emit(state: &AppState, event: &str, payload: Value) {
    send_to_all(state, &NativeEvent { event: event.to_owned(), payload, source: None });
}

/// Sends an event about a window to those that may know it.
fn emit_about(state: &AppState, label: &str, event: &str, payload: Value) {
    let event = NativeEvent { event: event.to_owned(), payload, source: None };
    match Kind::of(label) {
        Kind::Main | Kind::Page => send_to_all(state, &event),
        Kind::CacheOnly => send_to(state, label, event),
        Kind::Popup => {}
    }
}

/// Sends an event to the page of one window; a page that does not listen misses it, as on the web.
pub(crate) fn send_to(state: &AppState, label: &str, event: NativeEvent) {
    if let Some(channel) = state.channels().get(label) {
        // A page that is just going away cannot be told.
        let _ = channel.send(event);
    }
}

/// Sends an event to every page that listens, but those of `cacheOnly` windows.
pub(crate) fn send_to_all(state: &AppState, event: &NativeEvent) {
    let channels = state.channels();
    let shared = channels.iter().filter(|(label, _)| Kind::of(label) != Kind::CacheOnly);
    for (_, channel) in shared {
        // A page that is just going away cannot be told.
        let _ = channel.send(event.clone());
    }
}
