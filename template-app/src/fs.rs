//! The app's own folders: each is opened when the first command needs it, and stays open.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::settings::FsModule;
use scoped_fs::{MAX_COUNTED, Scope, Trash, Usage};
use tauri::{AppHandle, Manager as _};

use crate::{cache_only, state::AppState};

type Result<T> = std::result::Result<T, BridgeError>;

/// The folders that are open.
#[derive(Default)]
pub(crate) struct AppFs {
    scopes: Mutex<HashMap<Place, Scope>>,
    trash: Mutex<Option<Arc<Trash>>>,
}

/// A folder of the app's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Data,
    Cache,
    Diagnostics,
    /// The cache of a `cacheOnly` window, by Tauri's label.
    Window(String),
}

impl AppFs {
    /// A folder, opened if need be. The settings are those of the caller's kind of window.
    pub(crate) fn scope(app: &AppHandle, place: Place, settings: &FsModule) -> Result<Scope> {
        let state = app.state::<AppState>();
        let mut scopes = locked(&state.fs.scopes);
        if let Some(scope) = scopes.get(&place) {
            return Ok(scope.clone());
        }
        let (path, bytes) = match &place {
            Place::Data => (data_dir(app)?.join("data"), settings.quota),
            Place::Cache => (cache_dir(app)?.join("files"), settings.quota),
            // The runtime's own records have their own limits.
            Place::Diagnostics => (data_dir(app)?.join("diagnostics"), u64::MAX),
            Place::Window(label) => (window_dir(&state, label)?, settings.quota),
        };
        let scope = Scope::open(&path, Usage { bytes, entries: MAX_COUNTED }).map_err(fs_error)?;
        Ok(scopes.entry(place).or_insert(scope).clone())
    }

    /// The trash of the data folder.
    pub(crate) fn trash(app: &AppHandle, settings: &FsModule) -> Result<Arc<Trash>> {
        let state = app.state::<AppState>();
        let mut trash = locked(&state.fs.trash);
        if let Some(trash) = trash.as_ref() {
            return Ok(Arc::clone(trash));
        }
        let opened = Trash::open(&data_dir(app)?.join("trash"), settings.trash);
        Ok(Arc::clone(trash.insert(Arc::new(opened.map_err(fs_error)?))))
    }

    /// A window is gone, and its folder goes.
    pub(crate) fn window_closed(&self, label: &str) {
        locked(&self.scopes).remove(&Place::Window(label.to_owned()));
    }
}

fn data_dir(app: &AppHandle) -> Result<PathBuf> {
    app.path().app_data_dir().map_err(no_folder)
}

fn cache_dir(app: &AppHandle) -> Result<PathBuf> {
    app.path().app_cache_dir().map_err(no_folder)
}

fn window_dir(state: &AppState, label: &str) -> Result<PathBuf> {
    cache_only::folder(state, label).ok_or_else(|| no_folder("the window has none"))
}

/// What a scope refuses with, in the contract's codes.
pub(crate) fn fs_error(error: scoped_fs::Error) -> BridgeError {
    let code = ErrorCode::of(error.code.as_str()).unwrap_or(ErrorCode::FsIo);
    BridgeError::new(code, error.message)
}

fn no_folder(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::FsIo, format!("no folder for files: {error}"))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
