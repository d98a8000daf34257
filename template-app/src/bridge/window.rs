//! Module `window`: the caller's window by default, another one by its label.

use bridge_contract::{BridgeError, ErrorCode, WindowInfo, WindowPosition, WindowSize};
use tauri::{Manager as _, PhysicalPosition, PhysicalSize, WebviewWindow};

use super::{Call, Command, Command::Now, Reply, Result, internal, reply};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("window_close", Now(close)),
    ("window_minimize", Now(minimize)),
    ("window_maximize_toggle", Now(maximize_toggle)),
    ("window_fullscreen", Now(fullscreen)),
    ("window_get_info", Now(get_info)),
];

pub(super) fn close(call: &Call) -> Reply {
    reply(&target(call)?.close().map_err(internal)?)
}

pub(super) fn minimize(call: &Call) -> Reply {
    reply(&target(call)?.minimize().map_err(internal)?)
}

pub(super) fn maximize_toggle(call: &Call) -> Reply {
    let window = target(call)?;
    let toggled = match window.is_maximized().map_err(internal)? {
        true => window.unmaximize(),
        false => window.maximize(),
    };
    reply(&toggled.map_err(internal)?)
}

pub(super) fn fullscreen(call: &Call) -> Reply {
    let on: bool = call.arg("on")?;
    reply(&target(call)?.set_fullscreen(on).map_err(internal)?)
}

pub(super) fn get_info(call: &Call) -> Reply {
    let window = target(call)?;
    let size = |size: PhysicalSize<u32>| WindowSize { width: size.width, height: size.height };
    let position =
        |position: PhysicalPosition<i32>| WindowPosition { x: position.x, y: position.y };
    reply(&WindowInfo {
        label: window.label().to_owned(),
        title: window.title().ok(),
        url: window.url().ok().map(String::from),
        visible: window.is_visible().ok(),
        focused: window.is_focused().ok(),
        minimized: window.is_minimized().ok(),
        maximized: window.is_maximized().ok(),
        fullscreen: window.is_fullscreen().ok(),
        decorated: window.is_decorated().ok(),
        resizable: window.is_resizable().ok(),
        enabled: window.is_enabled().ok(),
        always_on_top: window.is_always_on_top().ok(),
        inner_size: window.inner_size().ok().map(size),
        outer_size: window.outer_size().ok().map(size),
        inner_position: window.inner_position().ok().map(position),
        outer_position: window.outer_position().ok().map(position),
        scale_factor: window.scale_factor().ok(),
    })
}

/// The window that the call names, else the caller's.
fn target(call: &Call) -> Result<WebviewWindow> {
    let Some(label) = call.arg::<Option<String>>("label")? else { return Ok(call.window.clone()) };
    call.window.get_webview_window(&label).ok_or_else(|| {
        BridgeError::new(
            ErrorCode::WindowUnknownLabel,
            format!("no window has this label: `{label}`"),
        )
    })
}
