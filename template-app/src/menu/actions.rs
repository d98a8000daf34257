//! What predefined items do where the system does it not by itself.

use runtime_settings::menu::Predefined;
use serde::{Deserialize, de::value};
use tauri::{AppHandle, Manager as _, WebviewWindow};

use crate::{labels::MAIN, tray};

/// The item of the tray, or of a menu of Tauri's, that has this name was chosen: the window in front is meant, else the main one.
pub(super) fn run_named(app: &AppHandle, name: &str) {
    let name: value::StrDeserializer<'_, value::Error> = value::StrDeserializer::new(name);
    let Ok(action) = Predefined::deserialize(name) else { return };
    let windows = app.webview_windows();
    let focused = windows.values().find(|window| window.is_focused().unwrap_or_default());
    match focused.or_else(|| windows.get(MAIN)) {
        Some(window) => run(window, action),
        None if action == Predefined::Quit => app.exit(0),
        None => {}
    }
}

/// Does what an item of this window's menu stands for. What the window cannot do, it cannot do.
pub(super) fn run(window: &WebviewWindow, action: Predefined) {
    let _ = match action {
        Predefined::CloseWindow => window.close(),
        Predefined::Fullscreen => {
            window.is_fullscreen().and_then(|is_full| window.set_fullscreen(!is_full))
        }
        // Nobody could bring a window back that no icon stands for.
        Predefined::Hide if tray::is_shown(window.app_handle()) => window.hide(),
        Predefined::Hide | Predefined::Minimize => window.minimize(),
        Predefined::Maximize => window.is_maximized().and_then(|is_max| match is_max {
            true => window.unmaximize(),
            false => window.maximize(),
        }),
        Predefined::Quit => {
            window.app_handle().exit(0);
            Ok(())
        }
        #[cfg(target_os = "linux")]
        other => super::linux::run(window, other),
        // These are the system's own.
        #[cfg(not(target_os = "linux"))]
        _ => Ok(()),
    };
}
