//! The module `updates`: finds, fetches and installs newer versions of the app. The commands are in `bridge::updates`.
//!
//! Tauri's updater reads the manifest and verifies signatures, and installs on Windows and macOS; on Linux `install_linux` does.
//! Nothing is installed that was not signed as the version that the manifest announces.

mod errors;
#[cfg(target_os = "linux")]
mod install_linux;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bridge_contract::{BridgeError, ErrorCode, NativeEvent, UpdateInfo, UpdateProgress};
use runtime_settings::settings::Updates;
use serde_json::json;
use tauri::{
    AppHandle, Builder, Config, Manager as _, Wry,
    async_runtime::{self},
    utils::{config::BundleType, platform::bundle_type},
};
use tauri_plugin_updater::{Update, Updater, UpdaterExt as _};
use tokio::{sync::oneshot, time};
use url::Url;

use crate::{bridge::Call, labels::Kind, native_events, network::asked_for_names, state::AppState};
use errors::{busy, insecure, of};

/// How long the manifest may take; it is small.
const CHECK_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take to begin, and to say nothing.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const SILENCE_TIMEOUT: Duration = Duration::from_secs(60);
/// Largest installer, in bytes: it is in memory until it is installed.
const MAX_BYTES: u64 = 1 << 30;
/// How often the page hears of progress.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);
const HOUR: Duration = Duration::from_secs(3600);

type Result<T> = std::result::Result<T, BridgeError>;

/// What the app knows of its updates.
#[derive(Default)]
pub(crate) struct AppUpdates {
    /// What the last check has found.
    found: Mutex<Option<Update>>,
    /// What was fetched of it, verified.
    fetched: Mutex<Option<Fetched>>,
    /// Held while something is fetched or installed.
    work: async_runtime::Mutex<()>,
}

struct Fetched {
    update: Update,
    bytes: Vec<u8>,
}

/// Adds Tauri's updater to an app that knows where its updates are. Its own commands are granted to nobody.
pub(crate) fn register(
    builder: Builder<Wry>,
    config: &mut Config,
    updates: Option<&Updates>,
) -> Builder<Wry> {
    let Some(updates) = updates else { return builder };
    let settings = json!({ "pubkey": updates.public_key, "requireSignedVersion": true });
    config.plugins.0.insert("updater".to_owned(), settings);
    builder.plugin(tauri_plugin_updater::Builder::new().build())
}

/// Looks for a newer version when the config says so: at the start, and every so many hours.
pub(crate) fn watch(app: &AppHandle) {
    let state = app.state::<AppState>();
    let Some(updates) =
        state.settings.updates.as_ref().filter(|updates| updates.endpoint.is_some())
    else {
        return;
    };
    let (on_start, hours) = (updates.check_on_start, updates.check_every_hours);
    if state.self_test.is_some() || !(on_start || hours.is_some()) {
        return;
    }
    let app = app.clone();
    async_runtime::spawn(async move {
        if on_start {
            look(&app).await;
        }
        while let Some(hours) = hours {
            time::sleep(HOUR * hours).await;
            look(&app).await;
        }
    });
}

/// A look that nobody waits for: who is offline now is asked another time.
async fn look(app: &AppHandle) {
    let _ = check(app).await;
}

/// Tells a page that begins to listen what was found before.
pub(crate) fn tell(state: &AppState, call: &Call) {
    let found = state.updates.found().as_ref().map(info);
    if let Some(info) = found.filter(|_| call.kind != Kind::CacheOnly) {
        native_events::send_to(state, call.window.label(), available(&info));
    }
}

/// Asks for a newer version, and tells every page about one.
pub(crate) async fn check(app: &AppHandle) -> Result<Option<UpdateInfo>> {
    let state = app.state::<AppState>();
    let found = updater(app)?.check().await.map_err(|error| of(&error))?;
    if let Some(update) = &found {
        require_https(&update.download_url)?;
    }
    let info = found.as_ref().map(info);
    *state.updates.found() = found;
    if let Some(info) = &info {
        native_events::send_to_all(&state, &available(info));
    }
    Ok(info)
}

/// Fetches what was found, and verifies it.
pub(crate) async fn download(
    app: &AppHandle,
    mut progress: impl FnMut(&UpdateProgress),
) -> Result<()> {
    let state = app.state::<AppState>();
    let _work = state.updates.work.try_lock().map_err(|_| busy())?;
    let update = state.updates.found().clone().ok_or_else(|| {
        let message = "there is nothing to fetch: `check` has found no newer version";
        BridgeError::new(ErrorCode::UpdatesNotFound, message)
    })?;
    let (stop, stopped) = oneshot::channel();
    let (mut stop, mut received, mut told) = (Some(stop), 0, None::<Instant>);
    let mut tell = |received, total| {
        let now = UpdateProgress { received, total };
        progress(&now);
        native_events::emit(&state, "update:progress", json!(now));
    };
    let on_chunk = |length: usize, total: Option<u64>| {
        received += length as u64;
        if received > MAX_BYTES || total.is_some_and(|total| total > MAX_BYTES) {
            // Whoever listens is the `select` below, as long as it runs.
            let _ = stop.take().map(|stop| stop.send(()));
        }
        let is_end = Some(received) == total;
        if is_end || told.is_none_or(|told| told.elapsed() >= PROGRESS_INTERVAL) {
            told = Some(Instant::now());
            tell(received, total);
        }
    };
    let bytes = tokio::select! {
        bytes = update.download(on_chunk, || {}) => bytes.map_err(|error| of(&error))?,
        Ok(()) = stopped => return Err(errors::too_large(MAX_BYTES)),
    };
    *state.updates.fetched() = Some(Fetched { update, bytes });
    Ok(())
}

/// Installs what was fetched, and starts the app again when that is wanted. On Windows the installer does that, and this never
/// returns.
pub(crate) async fn install(app: &AppHandle, relaunch: bool) -> Result<()> {
    let state = app.state::<AppState>();
    let _work = state.updates.work.try_lock().map_err(|_| busy())?;
    let fetched = state.updates.fetched().take().ok_or_else(|| {
        BridgeError::new(
            ErrorCode::UpdatesNotDownloaded,
            "there is nothing to install: call `download` first",
        )
    })?;
    let (fetched, installed) = async_runtime::spawn_blocking(move || {
        let installed = apply(&fetched, relaunch);
        (fetched, installed)
    })
    .await
    .map_err(crate::bridge::internal)?;
    let version = fetched.update.version.clone();
    if let Err(error) = installed {
        // What was refused once can be agreed to the next time.
        *state.updates.fetched() = Some(fetched);
        return Err(error);
    }
    *state.updates.found() = None;
    native_events::emit(&state, "update:installed", json!({ "version": version }));
    if relaunch {
        app.request_restart();
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn apply(Fetched { update, bytes }: &Fetched, _: bool) -> Result<()> {
    // Once more, as it has been in memory since.
    update.verify(bytes).map_err(|error| of(&error))?;
    install_linux::install(bytes, package()?)
}

#[cfg(not(target_os = "linux"))]
fn apply(Fetched { update, bytes }: &Fetched, relaunch: bool) -> Result<()> {
    let update = update.clone().restart_after_install(relaunch);
    update.install(bytes).map_err(|error| of(&error))
}

/// The channel that the app was built for.
pub(crate) fn channel(state: &AppState) -> Result<&str> {
    settings(state).map(|updates| updates.channel.as_str())
}

fn updater(app: &AppHandle) -> Result<Updater> {
    let state = app.state::<AppState>();
    let endpoint = settings(&state)?.endpoint.as_deref().ok_or_else(no_source)?;
    let endpoint = Url::parse(endpoint).map_err(crate::bridge::internal)?;
    require_https(&endpoint)?;
    let leaving = app.clone();
    let mut builder = app
        .updater_builder()
        .endpoints(vec![endpoint])
        .map_err(|error| of(&error))?
        .target(platform()?)
        .timeout(CHECK_TIMEOUT)
        // On Windows the updater ends the app by itself.
        .on_before_exit(move || crate::app::leave(&leaving))
        .configure_client(|client| {
            client.https_only(true).connect_timeout(CONNECT_TIMEOUT).read_timeout(SILENCE_TIMEOUT)
        });
    if let Some(proxy) =
        state.settings.web.proxy.as_deref().and_then(|proxy| Url::parse(proxy).ok())
    {
        builder = builder.proxy(asked_for_names(proxy));
    }
    builder.build().map_err(|error| of(&error))
}

/// The manifest's name for what can replace this copy of the app.
fn platform() -> Result<String> {
    let (system, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let system = if system == "macos" { "darwin" } else { system };
    Ok(format!("{system}-{arch}-{}", package()?))
}

/// By what this copy was installed, as the manifest calls it.
fn package() -> Result<&'static str> {
    match bundle_type() {
        Some(BundleType::Deb) => Ok("deb"),
        Some(BundleType::Rpm) => Ok("rpm"),
        Some(BundleType::Msi) => Ok("msi"),
        Some(BundleType::Nsis) => Ok("nsis"),
        Some(BundleType::App) => Ok("app"),
        _ if cfg!(windows) => Ok(windows_package()),
        _ => {
            let message = "this copy of the app was not installed by a package";
            Err(BridgeError::new(ErrorCode::UpdatesUnsupported, message))
        }
    }
}

/// Our installers for Windows carry one and the same signed executable: only one of the two leaves an uninstaller beside it.
fn windows_package() -> &'static str {
    let executable = std::env::current_exe();
    let uninstaller = executable.map(|executable| executable.with_file_name("uninstall.exe"));
    if uninstaller.is_ok_and(|uninstaller| uninstaller.exists()) { "nsis" } else { "msi" }
}

fn info(update: &Update) -> UpdateInfo {
    UpdateInfo {
        available: true,
        version: update.version.clone(),
        notes: update.body.clone(),
        date: update.raw_json["pub_date"].as_str().map(str::to_owned),
    }
}

fn available(info: &UpdateInfo) -> NativeEvent {
    NativeEvent { event: "update:available".to_owned(), payload: json!(info), source: None }
}

fn settings(state: &AppState) -> Result<&Updates> {
    state.settings.updates.as_ref().ok_or_else(no_source)
}

fn no_source() -> BridgeError {
    let message =
        "this copy of the app does not know where its updates are: `updates` in app.json says so";
    BridgeError::new(ErrorCode::UpdatesNoSource, message)
}

fn require_https(url: &Url) -> Result<()> {
    if url.scheme() == "https" { Ok(()) } else { Err(insecure(url)) }
}

impl AppUpdates {
    fn found(&self) -> MutexGuard<'_, Option<Update>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fetched(&self) -> MutexGuard<'_, Option<Fetched>> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
