//! The app's plugins: the host behind the modules `plugins` and `fs`, made when the first command needs it.

mod add;
mod dialog;

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use plugin_host::{
    CallOptions, CallResult, CompilerProgram, HostOptions, Places, PluginError, PluginHost,
};
use runtime_settings::plugins::Plugins;
use tauri::{AppHandle, Manager as _, async_runtime};

use crate::state::AppState;

pub(crate) use add::{Chosen, add, choose};

/// First argument of the child process that compiles a plugin.
#[cfg(feature = "compiler")]
pub(crate) const COMPILE_ARGUMENT: &str = "--compile-plugin";

/// A call under way.
pub(crate) type Running = Pin<Box<dyn Future<Output = CallResult> + Send>>;

/// What the app has of plugins. Nothing is started before the first command.
#[derive(Default)]
pub(crate) struct AppPlugins {
    host: OnceLock<PluginHost>,
    /// Calls under way: label of the window that waits, and their ids.
    calls: Mutex<Vec<(String, String)>>,
    count: AtomicU64,
    /// Held while the user is asked, so that there is one question at a time.
    question: async_runtime::Mutex<()>,
}

impl AppPlugins {
    /// The host of the app.
    pub(crate) fn host(&self, app: &AppHandle) -> Result<&PluginHost, PluginError> {
        if let Some(host) = self.host.get() {
            return Ok(host);
        }
        let host = make(app)?;
        // Two first commands may meet here; a host that nobody uses has started nothing.
        Ok(self.host.get_or_init(|| host))
    }

    /// Begins a call. It is known by its id when this returns, and ends with the page that waits for it.
    pub(crate) fn call(
        app: &AppHandle,
        label: &str,
        module: &str,
        payload: Vec<u8>,
        options: CallOptions,
    ) -> Result<Running, PluginError> {
        let state = app.state::<AppState>();
        let plugins = &state.plugins;
        let id = options.id.unwrap_or_else(|| {
            format!("plugin_req{}", plugins.count.fetch_add(1, Ordering::Relaxed) + 1)
        });
        let options = CallOptions { id: Some(id.clone()), ..options };
        let result: Running = Box::pin(plugins.host(app)?.call(module, payload, options));
        let known = (label.to_owned(), id);
        plugins.calls().push(known.clone());
        let app = app.clone();
        Ok(Box::pin(async move {
            let result = result.await;
            let state = app.state::<AppState>();
            let mut calls = state.plugins.calls();
            // One of them: a second call of the same id was refused, and is no less under way.
            if let Some(index) = calls.iter().position(|call| *call == known) {
                calls.swap_remove(index);
            }
            result
        }))
    }

    /// The page of a window has gone: nobody waits for its calls any more.
    pub(crate) fn page_left(&self, label: &str) {
        let Some(host) = self.host.get() else { return };
        for (_, id) in self.calls().iter().filter(|(window, _)| window == label) {
            host.cancel(id);
        }
    }

    /// Ends every call: the app ends.
    pub(crate) fn stop(&self) {
        if let Some(host) = self.host.get() {
            host.kill_jobs();
        }
    }

    fn calls(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the config says of plugins. A command of theirs is granted only where it says something.
pub(crate) fn settings(state: &AppState) -> Result<&Plugins, PluginError> {
    state.settings.plugins.as_ref().ok_or_else(|| internal("the app has no plugins"))
}

fn make(app: &AppHandle) -> Result<PluginHost, PluginError> {
    let paths = app.path();
    let data = paths.app_data_dir().map_err(internal)?;
    let cache = paths.app_cache_dir().map_err(internal)?;
    let pack = app.clone();
    Ok(PluginHost::new(HostOptions {
        settings: settings(&app.state::<AppState>())?.clone(),
        places: Places::below(&data, &cache),
        bundled_code: Arc::new(move |plugin| {
            let code = pack.state::<AppState>().pack.read(&plugin.code_path());
            code.map_err(|error| error.to_string())
        }),
        compiler: compiler()?,
    }))
}

#[cfg(feature = "compiler")]
fn compiler() -> Result<Option<CompilerProgram>, PluginError> {
    let program = crate::program::path().map_err(internal)?;
    Ok(Some(CompilerProgram { program, args: vec![COMPILE_ARGUMENT.into()] }))
}

#[cfg(not(feature = "compiler"))]
fn compiler() -> Result<Option<CompilerProgram>, PluginError> {
    Ok(None)
}

fn internal(error: impl std::fmt::Display) -> PluginError {
    PluginError::new(plugin_host::Code::Internal, error.to_string())
}
