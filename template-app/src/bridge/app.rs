//! Module `app`: what is known about the app, and its end.

use std::time::{SystemTime, UNIX_EPOCH};

use bridge_contract::{AppInfo, AppScreenInfo, AppWindowInfo};
use tauri::{Manager as _, Monitor, WebviewWindow};

use super::{Call, Command, Command::Now, Reply, internal, node_platform, reply};
use crate::{
    labels::{self, MAIN},
    state::AppState,
    windows,
};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] =
    &[("app_info", Now(info)), ("app_exit", Now(exit)), ("app_relaunch", Now(relaunch))];

pub(super) fn info(call: &Call) -> Reply {
    let app = call.window.app_handle();
    let state = app.state::<AppState>();
    let windows = windows::reachable(&call.window);
    let screens = app.available_monitors().map_err(internal)?;
    let primary = app.primary_monitor().map_err(internal)?;
    let paths =
        call.modules(&state).and_then(|modules| modules.app.as_ref()).is_some_and(|app| app.paths);
    let executable = crate::program::path().ok().filter(|_| paths);
    let path_text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    reply(&AppInfo {
        name: state.settings.app.name.clone(),
        version: state.settings.app.version.clone(),
        os: node_platform(),
        arch: node_arch(),
        is_debug: cfg!(debug_assertions),
        pid: std::process::id(),
        now_unix_ms: unix_milliseconds(),
        has_main_window: app.get_webview_window(MAIN).is_some(),
        windows: windows.iter().filter_map(|window| window_info(window).ok()).collect(),
        screens: screens.iter().map(screen_info).collect(),
        primary_screen: primary.as_ref().map(screen_info),
        exec_dir: executable.as_deref().and_then(|path| path.parent()).map(path_text),
        exec_path: executable.as_deref().map(path_text),
        current_dir: std::env::current_dir().ok().filter(|_| paths).as_deref().map(path_text),
        temp_dir: paths.then(std::env::temp_dir).as_deref().map(path_text),
    })
}

pub(super) fn exit(call: &Call) -> Reply {
    let code: Option<i32> = call.arg("code")?;
    call.window.app_handle().exit(code.unwrap_or(0));
    reply(&())
}

pub(super) fn relaunch(call: &Call) -> Reply {
    call.window.app_handle().request_restart();
    reply(&())
}

/// Node's word for this processor.
fn node_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    }
}

/// A clock before 1970 counts as 1970.
fn unix_milliseconds() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

fn window_info(window: &WebviewWindow) -> tauri::Result<AppWindowInfo> {
    let size = windows::content_size(&window.as_ref().window(), window.inner_size()?);
    let position = window.outer_position()?;
    Ok(AppWindowInfo {
        label: labels::public(window.label()).to_owned(),
        width: size.width,
        height: size.height,
        x: position.x,
        y: position.y,
        is_visible: window.is_visible()?,
        is_minimized: window.is_minimized()?,
        is_maximized: window.is_maximized()?,
        is_fullscreen: window.is_fullscreen()?,
    })
}

fn screen_info(monitor: &Monitor) -> AppScreenInfo {
    AppScreenInfo {
        name: monitor.name().cloned(),
        width: monitor.size().width,
        height: monitor.size().height,
        x: monitor.position().x,
        y: monitor.position().y,
        scale_factor: monitor.scale_factor(),
    }
}
