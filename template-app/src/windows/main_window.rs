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
            constraints: constraints(settings, 0),
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

/// The limits of the main window's size when something of this height stands above its page, in logical pixels.
#[cfg(all(target_os = "linux", feature = "standard"))]
pub(crate) fn constrain(window: &WebviewWindow, above: u32) -> tauri::Result<()> {
    let settings = &window.state::<AppState>().settings.window;
    window.set_size_constraints(constraints(settings, above))
}

fn constraints(settings: &Window, above: u32) -> WindowSizeConstraints {
    let pixels =
        |value: Option<u32>| value.map(|value| PixelUnit::Logical(f64::from(value).into()));
    let high = |value: Option<u32>| pixels(value.map(|value| value.saturating_add(above)));
    WindowSizeConstraints {
        min_width: pixels(settings.min_width),
        min_height: high(settings.min_height),
        max_width: pixels(settings.max_width),
        max_height: high(settings.max_height),
    }
}
