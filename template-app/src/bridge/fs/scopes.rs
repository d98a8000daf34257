//! Which folder a call means, and whether its caller may have it.

use std::sync::Arc;

use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::settings::{FsModule, FsScope};
use scoped_fs::{Scope, Trash};
use serde::Deserialize;
use tauri::Manager as _;

use super::{Call, Result};
use crate::{
    fs::{AppFs, Place},
    labels::Kind,
    state::AppState,
};

/// Which files are meant.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ScopeName {
    Data,
    Cache,
    Trash,
    Diagnostics,
    /// The storage of this plugin.
    Plugin(String),
}

/// What is to be done in a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Remove,
    Write,
}

impl ScopeName {
    fn setting(&self) -> FsScope {
        match self {
            ScopeName::Data => FsScope::Data,
            ScopeName::Cache => FsScope::Cache,
            ScopeName::Trash => FsScope::Trash,
            ScopeName::Diagnostics => FsScope::Diagnostics,
            ScopeName::Plugin(_) => FsScope::Plugins,
        }
    }

    /// What pages may do there: what is in the trash comes back or goes with the rest, and diagnostics are the runtime's own.
    fn allows(&self, how: Use) -> bool {
        match self {
            ScopeName::Data | ScopeName::Cache | ScopeName::Plugin(_) => true,
            ScopeName::Diagnostics => how != Use::Write,
            ScopeName::Trash => how == Use::Read,
        }
    }
}

/// The scopes that a kind of window has: a `cacheOnly` window has nothing but its own cache.
pub(crate) fn granted(settings: &FsModule, kind: Kind) -> impl Iterator<Item = FsScope> + '_ {
    let may_have = move |scope: &FsScope| kind != Kind::CacheOnly || *scope == FsScope::Cache;
    settings.scopes.iter().copied().filter(may_have)
}

/// The word for a scope, in the config and in the page.
pub(crate) fn word(scope: FsScope) -> &'static str {
    match scope {
        FsScope::Data => "data",
        FsScope::Cache => "cache",
        FsScope::Trash => "trash",
        FsScope::Diagnostics => "diagnostics",
        FsScope::Plugins => "plugins",
    }
}

/// The scope that a call names.
pub(super) fn name(call: &Call) -> Result<ScopeName> {
    call.arg("scope")
}

/// The folder that a call names, when its caller may do this there.
pub(super) fn scope(call: &Call, how: Use) -> Result<Scope> {
    let name = name(call)?;
    let settings = settings(call, name.setting())?;
    if !name.allows(how) {
        let message = format!("pages write nothing there: `{}`", word(name.setting()));
        return Err(BridgeError::new(ErrorCode::BridgeInvalidArgument, message));
    }
    let place = match name {
        ScopeName::Data => Place::Data,
        ScopeName::Cache if call.kind == Kind::CacheOnly => {
            Place::Window(call.window.label().to_owned())
        }
        ScopeName::Cache => Place::Cache,
        ScopeName::Diagnostics => Place::Diagnostics,
        ScopeName::Trash => return Ok(trash(call)?.things().clone()),
        ScopeName::Plugin(module) => return plugin_storage(call, &module),
    };
    AppFs::scope(call.window.app_handle(), place, &settings)
}

/// The data folder, when the caller has it.
pub(in crate::bridge) fn data(call: &Call) -> Result<Scope> {
    AppFs::scope(call.window.app_handle(), Place::Data, &settings(call, FsScope::Data)?)
}

/// The trash, when the caller has it.
pub(super) fn trash(call: &Call) -> Result<Arc<Trash>> {
    AppFs::trash(call.window.app_handle(), &settings(call, FsScope::Trash)?)
}

/// Where the caller's removed files go: nowhere, but for those of the data folder, and for whom the trash is open.
pub(super) fn trash_of(call: &Call) -> Result<Option<Arc<Trash>>> {
    match name(call)? {
        ScopeName::Data if settings(call, FsScope::Trash).is_ok() => trash(call).map(Some),
        _ => Ok(None),
    }
}

/// The module's settings, when they open a scope to the caller.
fn settings(call: &Call, scope: FsScope) -> Result<FsModule> {
    let state = call.window.state::<AppState>();
    let settings = call.modules(&state).and_then(|modules| modules.fs.as_ref());
    match settings.filter(|settings| granted(settings, call.kind).any(|known| known == scope)) {
        Some(settings) => Ok(settings.clone()),
        None => {
            let message = format!(
                "the app's config does not open this scope to the window: `{}`",
                word(scope)
            );
            Err(BridgeError::new(ErrorCode::FsScopeDisabled, message))
        }
    }
}

#[cfg(feature = "plugins")]
fn plugin_storage(call: &Call, module: &str) -> Result<Scope> {
    let state = call.window.state::<AppState>();
    let host = state.plugins.host(call.window.app_handle()).map_err(crate::bridge::plugin_error)?;
    host.storage(module).map_err(crate::bridge::plugin_error)
}

#[cfg(not(feature = "plugins"))]
fn plugin_storage(_call: &Call, module: &str) -> Result<Scope> {
    Err(BridgeError::new(
        ErrorCode::PluginsNotFound,
        format!("this app has no plugins: `{module}`"),
    ))
}
