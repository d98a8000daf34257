//! Module `window`: the caller's window by default, another one by its label.

use bridge_contract::{BridgeError, ErrorCode, WindowInfo, WindowPosition, WindowSize};
use tauri::{Manager as _, PhysicalPosition, PhysicalSize, WebviewWindow};

use super::{Result, internal};

#[tauri::command]
pub(crate) async fn window_close(window: WebviewWindow, label: Option<String>) -> Result<()> {
    target(window, label)?.close().map_err(internal)
}

#[tauri::command]
pub(crate) async fn window_minimize(window: WebviewWindow, label: Option<String>) -> Result<()> {
    target(window, label)?.minimize().map_err(internal)
}

#[tauri::command]
pub(crate) async fn window_maximize_toggle(
    window: WebviewWindow,
    label: Option<String>,
) -> Result<()> {
    let window = target(window, label)?;
    let toggled = match window.is_maximized().map_err(internal)? {
        true => window.unmaximize(),
        false => window.maximize(),
    };
    toggled.map_err(internal)
}

#[tauri::command]
pub(crate) async fn window_fullscreen(
    window: WebviewWindow,
    on: bool,
    label: Option<String>,
) -> Result<()> {
    target(window, label)?.set_fullscreen(on).map_err(internal)
}

#[tauri::command]
pub(crate) async fn window_get_info(
    window: WebviewWindow,
    label: Option<String>,
) -> Result<WindowInfo> {
    let window = target(window, label)?;
    let size = |size: PhysicalSize<u32>| WindowSize { width: size.width, height: size.height };
    let position =
        |position: PhysicalPosition<i32>| WindowPosition { x: position.x, y: position.y };
    Ok(WindowInfo {
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

fn target(caller: WebviewWindow, label: Option<String>) -> Result<WebviewWindow> {
    let Some(label) = label else { return Ok(caller) };
    caller.get_webview_window(&label).ok_or_else(|| {
        BridgeError::new(
            ErrorCode::WindowUnknownLabel,
            format!("no window has this label: `{label}`"),
        )
    })
}
