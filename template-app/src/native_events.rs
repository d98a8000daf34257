//! Events of the runtime itself, and the way of every event to the pages that listen.

use bridge_contract::NativeEvent;
use serde_json::{Value, json};
use tauri::{Manager as _, Theme, Window, WindowEvent};

use crate::{background, cache_only, state::AppState};

/// Turns what happens to a window into events, each with the window's label.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    let state = window.state::<AppState>();
    let label = window.label();
    match event {
        WindowEvent::Focused(true) => emit(&state, "window:focus", json!({ "label": label })),
        WindowEvent::Focused(false) => emit(&state, "window:blur", json!({ "label": label })),
        WindowEvent::Resized(size) => {
            emit(
                &state,
                "window:resized",
                json!({ "label": label, "width": size.width, "height": size.height }),
            );
        }
        WindowEvent::Moved(position) => {
            emit(
                &state,
                "window:moved",
                json!({ "label": label, "x": position.x, "y": position.y }),
            );
        }
        WindowEvent::CloseRequested { .. } => {
            emit(&state, "window:close-requested", json!({ "label": label }))
        }
        WindowEvent::ThemeChanged(theme) => {
            if let Some(webview) = window.get_webview_window(label) {
                background::apply(&webview, &state.settings.window.background_color);
            }
            let theme = if *theme == Theme::Dark { "dark" } else { "light" };
            emit(&state, "window:theme", json!({ "label": label, "theme": theme }));
        }
        WindowEvent::Destroyed => {
            state.channels().remove(label);
            state.page_left(label);
            state.fs.window_closed(label);
            cache_only::leave(&state, label);
            state.windows.closed(label);
        }
        _ => {}
    }
}

/// Sends an event of the runtime to every page that listens.
pub(crate) fn emit(state: &AppState, event: &str, payload: Value) {
    send_to_all(state, &NativeEvent { event: event.to_owned(), payload, source: None });
}

/// Sends an event to the page of one window; a page that does not listen misses it, as on the web.
pub(crate) fn send_to(state: &AppState, label: &str, event: NativeEvent) {
    if let Some(channel) = state.channels().get(label) {
        // A page that is just going away cannot be told.
        let _ = channel.send(event);
    }
}

/// Sends an event to every page that listens.
pub(crate) fn send_to_all(state: &AppState, event: &NativeEvent) {
    for channel in state.channels().values() {
        // A page that is just going away cannot be told.
        let _ = channel.send(event.clone());
    }
}
