//! Starting with the user's session: the system's entry, and how the app appears when the system has started it.

#[cfg_attr(target_os = "linux", path = "autostart/linux.rs")]
#[cfg_attr(target_os = "macos", path = "autostart/macos.rs")]
#[cfg_attr(windows, path = "autostart/windows.rs")]
mod system;

use std::{ffi::OsStr, io, path::PathBuf, sync::OnceLock, time::Duration};

use bridge_contract::{AutostartMode, BridgeError, ErrorCode};
use runtime_settings::settings;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, WebviewWindow, async_runtime};

use crate::{kept, state::AppState, tray};

/// How the system's entry starts the app.
pub(crate) const ARGUMENT: &str = "--autostart";
/// Where the mode is kept, in the app's data folder: no page reaches it by `fs`.
const FILE: &str = "autostart.json";
/// A desktop that just starts has its tray a little later than the app. A hidden window without one would be lost.
const TRAY_WITHIN: Duration = Duration::from_secs(20);
const TRAY_ASKED_EVERY: Duration = Duration::from_secs(1);
/// Lets an app that `cargo xtask dev` runs be started with the session, which is hardly ever meant.
#[cfg(debug_assertions)]
const DEV_VARIABLE: &str = "DESKWRIGHT_DEV_AUTOSTART";

/// How this process was started: the mode, when the system did it.
#[derive(Default)]
pub(crate) struct Started(OnceLock<AutostartMode>);

#[derive(Serialize, Deserialize)]
struct Document {
    mode: AutostartMode,
}

/// Whether a command line is that of the system's entry.
pub(crate) fn is_asked(args: &[impl AsRef<OsStr>]) -> bool {
    args.iter().any(|arg| arg.as_ref() == ARGUMENT)
}

/// Notes how the app was started, before its window is there.
pub(crate) fn note(app: &AppHandle, args: &[impl AsRef<OsStr>]) {
    let state = app.state::<AppState>();
    if state.settings.autostart.is_some() && is_asked(args) {
        let _ = state.autostart.0.set(mode(app));
    }
}

/// The page of the main window has loaded. True: the window appears in another way than the usual one.
pub(crate) fn appears(window: &WebviewWindow) -> bool {
    match window.state::<AppState>().autostart.0.get() {
        None | Some(AutostartMode::Shown) => return false,
        Some(AutostartMode::Minimized) => minimise(window),
        Some(AutostartMode::Hidden) => stay_hidden(window.clone()),
    }
    true
}

fn minimise(window: &WebviewWindow) {
    // Before it is shown: nothing appears and goes. What the window cannot do, it cannot do.
    let _ = window.minimize();
    let _ = window.show();
}

/// Where nothing would bring the window back, it is minimised.
fn stay_hidden(window: WebviewWindow) {
    async_runtime::spawn(async move {
        let asked = tokio::time::timeout(TRAY_WITHIN, async {
            loop {
                let app = window.app_handle().clone();
                let found = async_runtime::spawn_blocking(move || tray::way_back(&app)).await;
                match found.unwrap_or(tray::WayBack::Never) {
                    tray::WayBack::There => return true,
                    tray::WayBack::Never => return false,
                    tray::WayBack::NotYet => tokio::time::sleep(TRAY_ASKED_EVERY).await,
                }
            }
        });
        let is_visible = window.is_visible().unwrap_or_default();
        if !asked.await.unwrap_or_default() && !is_visible {
            minimise(&window);
        }
    });
}

/// What was set last, else what the config says.
pub(crate) fn mode(app: &AppHandle) -> AutostartMode {
    let document = path(app).ok().and_then(|path| fs_err::read(path).ok());
    let document = document.and_then(|bytes| serde_json::from_slice::<Document>(&bytes).ok());
    let state = app.state::<AppState>();
    let configured = state.settings.autostart.map(|autostart| autostart.mode);
    document.map(|document| document.mode).unwrap_or(match configured {
        None | Some(settings::AutostartMode::Shown) => AutostartMode::Shown,
        Some(settings::AutostartMode::Minimized) => AutostartMode::Minimized,
        Some(settings::AutostartMode::Hidden) => AutostartMode::Hidden,
    })
}

pub(crate) fn set_mode(app: &AppHandle, mode: AutostartMode) -> Result<(), BridgeError> {
    let written =
        path(app).and_then(|path| kept::write(&path, &serde_json::to_vec(&Document { mode })?));
    written.map_err(failed)
}

fn path(app: &AppHandle) -> io::Result<PathBuf> {
    Ok(app.path().app_data_dir().map_err(io::Error::other)?.join(FILE))
}

/// Adds or removes the system's entry.
pub(crate) fn set_enabled(app: &AppHandle, enabled: bool) -> Result<(), BridgeError> {
    #[cfg(debug_assertions)]
    if enabled && crate::dev::is_developing() && std::env::var_os(DEV_VARIABLE).is_none() {
        let message = format!("not under `cargo xtask dev`; `{DEV_VARIABLE}=1` lets it through");
        return Err(BridgeError::new(ErrorCode::AutostartUnsupported, message));
    }
    let state = app.state::<AppState>();
    let changed = match enabled {
        true => system::enable(&state.settings.app),
        false => system::disable(&state.settings.app),
    };
    changed.map_err(failed)
}

/// Whether the system's entry is there and in force.
pub(crate) fn is_enabled(app: &AppHandle) -> Result<bool, BridgeError> {
    system::is_enabled(&app.state::<AppState>().settings.app).map_err(failed)
}

fn failed(error: io::Error) -> BridgeError {
    let code = match error.kind() {
        io::ErrorKind::Unsupported => ErrorCode::AutostartUnsupported,
        _ => ErrorCode::AutostartFailed,
    };
    BridgeError::new(code, error.to_string())
}
