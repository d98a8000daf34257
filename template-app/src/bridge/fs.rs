//! Module `fs`: the files of a plugin's storage. Each command names its scope; other scopes can follow.

use bridge_contract::{BridgeError, ErrorCode, FsItem, FsUsage};
use runtime_settings::settings::FsScope;
use scoped_fs::{Entry, Scope};
use serde::Deserialize;
use tauri::Manager as _;

use super::{
    Call, Command, Command::Blocking, Reply, Result, bytes_of, fs_error, reply,
    streams::bytes_reply,
};
use crate::state::AppState;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("fs_list", Blocking(list)),
    ("fs_new_directory", Blocking(new_directory)),
    ("fs_remove", Blocking(remove)),
    ("fs_stat", Blocking(stat)),
    ("fs_read_text", Blocking(read_text)),
    ("fs_write_text", Blocking(write_text)),
    ("fs_read_bytes", Blocking(read_bytes)),
    ("fs_write_bytes", Blocking(write_bytes)),
    ("fs_exists", Blocking(exists)),
    ("fs_move", Blocking(rename)),
    ("fs_copy", Blocking(copy)),
    ("fs_clear", Blocking(clear)),
    ("fs_usage", Blocking(usage)),
];

/// Which files are meant.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum ScopeName {
    /// The storage of this plugin.
    Plugin(String),
}

fn scope(call: &Call) -> Result<Scope> {
    let state = call.window.state::<AppState>();
    let fs = call.modules(&state).and_then(|modules| modules.fs.as_ref());
    let ScopeName::Plugin(module) = call.arg("scope")?;
    if !fs.is_some_and(|fs| fs.scopes.contains(&FsScope::Plugins)) {
        let message = "the app's config does not open this scope: `plugins`";
        return Err(BridgeError::new(ErrorCode::FsScopeDisabled, message));
    }
    plugin_storage(call, &module)
}

#[cfg(feature = "plugins")]
fn plugin_storage(call: &Call, module: &str) -> Result<Scope> {
    let state = call.window.state::<AppState>();
    let host = state.plugins.host(call.window.app_handle()).map_err(super::plugin_error)?;
    host.storage(module).map_err(super::plugin_error)
}

#[cfg(not(feature = "plugins"))]
fn plugin_storage(_call: &Call, module: &str) -> Result<Scope> {
    Err(BridgeError::new(
        ErrorCode::PluginsNotFound,
        format!("this app has no plugins: `{module}`"),
    ))
}

fn path(call: &Call) -> Result<String> {
    call.arg("path")
}

fn flag(call: &Call, name: &str) -> Result<bool> {
    Ok(call.arg::<Option<bool>>(name)?.unwrap_or_default())
}

pub(super) fn list(call: &Call) -> Reply {
    let entries = scope(call)?.list(&path(call)?).map_err(fs_error)?;
    reply(&entries.into_iter().map(item).collect::<Vec<_>>())
}

pub(super) fn new_directory(call: &Call) -> Reply {
    reply(&scope(call)?.new_directory(&path(call)?).map_err(fs_error)?)
}

pub(super) fn remove(call: &Call) -> Reply {
    let recursive = flag(call, "recursive")?;
    reply(&scope(call)?.remove(&path(call)?, recursive).map_err(fs_error)?)
}

pub(super) fn stat(call: &Call) -> Reply {
    reply(&item(scope(call)?.stat(&path(call)?).map_err(fs_error)?))
}

pub(super) fn read_text(call: &Call) -> Reply {
    reply(&scope(call)?.read_text(&path(call)?).map_err(fs_error)?)
}

pub(super) fn write_text(call: &Call) -> Reply {
    let text: String = call.arg("text")?;
    reply(&scope(call)?.write(&path(call)?, text.as_bytes()).map_err(fs_error)?)
}

pub(super) fn read_bytes(call: &Call) -> Reply {
    let bytes = scope(call)?.read(&path(call)?).map_err(fs_error)?;
    bytes_reply(call, bytes)
}

pub(super) fn write_bytes(call: &Call) -> Reply {
    let (scope, path) = (scope(call)?, path(call)?);
    reply(&scope.write(&path, &bytes_of(call)?).map_err(fs_error)?)
}

pub(super) fn exists(call: &Call) -> Reply {
    reply(&scope(call)?.exists(&path(call)?).map_err(fs_error)?)
}

pub(super) fn rename(call: &Call) -> Reply {
    let (src, dest): (String, String) = (call.arg("src")?, call.arg("dest")?);
    let overwrite = flag(call, "overwrite")?;
    reply(&scope(call)?.rename(&src, &dest, overwrite).map_err(fs_error)?)
}

pub(super) fn copy(call: &Call) -> Reply {
    let (src, dest): (String, String) = (call.arg("src")?, call.arg("dest")?);
    let (recursive, overwrite) = (flag(call, "recursive")?, flag(call, "overwrite")?);
    reply(&scope(call)?.copy(&src, &dest, recursive, overwrite).map_err(fs_error)?)
}

pub(super) fn clear(call: &Call) -> Reply {
    reply(&scope(call)?.clear().map_err(fs_error)?)
}

pub(super) fn usage(call: &Call) -> Reply {
    let scope = scope(call)?;
    let (used, quota) = (scope.usage().map_err(fs_error)?, scope.quota());
    reply(&FsUsage {
        bytes: used.bytes,
        quota: quota.bytes,
        entries: used.entries,
        entries_quota: quota.entries,
    })
}

fn item(entry: Entry) -> FsItem {
    FsItem {
        name: entry.name,
        path: entry.path,
        is_file: entry.is_file,
        is_directory: entry.is_directory,
        size: entry.size,
        // Where no time is kept, the oldest there is.
        modified_ms: entry.modified_ms.unwrap_or_default(),
    }
}
