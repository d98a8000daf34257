//! The window that opens with the app, as the config describes it.

use runtime_settings::settings::{Content, Window};
use tauri::{AppHandle, Manager as _, PixelUnit, WebviewUrl, WebviewWindow, WindowSizeConstraints};

use super::build::{Plan, build};
use crate::{labels::MAIN, state::AppState};

/// Creates the main window, hidden.
pub(crate) fn create(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let state = app.state::<AppState>();
    let settings = &state.settings.window;
    let url = match &state.settings.content {
        // A URL that the config check let through parses here too.
        Content::Url { url } => {
            WebviewUrl::External(url.parse().map_err(tauri::Error::InvalidUrl)?)
        }
        Content::Dir { .. } => WebviewUrl::default(),
    };
    state.windows.claim(MAIN, true).map_err(|error| tauri::Error::Anyhow(error.into()))?;
    build(
        app,
        Plan {
            label: MAIN.to_owned(),
            url,
            title: settings.title.clone(),
            follows_document: false,
            width: f64::from(settings.width),
            height: f64::from(settings.height),
            constraints: constraints(settings),
            position: None,
            center: settings.center,
            resizable: settings.resizable,
            maximized: settings.maximized,
            fullscreen: settings.fullscreen,
            decorations: settings.decorations,
            always_on_top: settings.always_on_top,
        },
    )
}

fn constraints(settings: &Window) -> WindowSizeConstraints {
    let pixels =
        |value: Option<u32>| value.map(|value| PixelUnit::Logical(f64::from(value).into()));
    WindowSizeConstraints {
        min_width: pixels(settings.min_width),
        min_height: pixels(settings.min_height),
        max_width: pixels(settings.max_width),
        max_height: pixels(settings.max_height),
    }
}
