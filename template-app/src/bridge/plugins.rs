//! Module `plugins`: from the page's words to the host's, and back.

use std::time::Duration;

use bridge_contract::{
    BridgeError, ErrorCode, PluginInfo, PluginInstalled, PluginLimits, PluginRun, PluginStatus,
};
use plugin_host::{CallOptions, CallResult, Installed, ModuleInfo, PluginHost, PluginManifest};
use serde::de::IgnoredAny;
use tauri::{Manager as _, State};

use super::{
    Call, Command,
    Command::{Blocking, Later, Now},
    Reply, Result, Task, bytes_of, plugin_error, reply,
};
use crate::{
    plugins::{self, AppPlugins, Chosen, Running},
    state::AppState,
};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("plugins_call", Later(call)),
    ("plugins_status", Blocking(status)),
    ("plugins_list", Blocking(list)),
    ("plugins_info", Later(info)),
    ("plugins_add", Later(add)),
    ("plugins_add_from_bytes", Later(add_from_bytes)),
    ("plugins_remove", Later(remove)),
    ("plugins_kill_jobs", Now(kill_jobs)),
    ("plugins_cancel", Now(cancel)),
];

pub(super) fn call(call: Call) -> Task {
    let begun = begin(&call);
    Box::pin(async move { reply(&run(begun?.await)) })
}

fn begin(call: &Call) -> Result<Running> {
    let module: String = call.arg("module")?;
    let payload: String = call.arg("payload")?;
    let is_object =
        payload.starts_with('{') && serde_json::from_str::<IgnoredAny>(&payload).is_ok();
    if !is_object {
        let message = "argument `payload`: not one JSON object";
        return Err(BridgeError::new(ErrorCode::BridgeInvalidArgument, message));
    }
    let timeout = call.arg::<Option<u64>>("timeoutMs")?.map(Duration::from_millis);
    let options = CallOptions { timeout, id: call.arg("id")? };
    let (app, label) = (call.window.app_handle(), call.window.label());
    AppPlugins::call(app, label, &module, payload.into_bytes(), options).map_err(plugin_error)
}

pub(super) fn status(call: &Call) -> Reply {
    let status = host(call, &call.window.state())?.status();
    reply(&PluginStatus {
        ready: status.ready,
        runtime: status.runtime,
        compiler: status.compiler,
        running: status.running,
        queued: status.queued,
        modules: status.modules,
    })
}

pub(super) fn list(call: &Call) -> Reply {
    reply(&host(call, &call.window.state())?.list().map_err(plugin_error)?)
}

pub(super) fn info(call: Call) -> Task {
    Box::pin(async move {
        let module: String = call.arg("module")?;
        let state = call.window.state();
        let info = host(&call, &state)?.info(&module).await;
        reply(&about(info.map_err(plugin_error)?))
    })
}

pub(super) fn add(call: Call) -> Task {
    Box::pin(async move {
        let (name, max_bytes) = (call.arg("name")?, call.arg("maxBytes")?);
        let replace = call.arg::<Option<bool>>("replace")?.unwrap_or_default();
        match plugins::choose(&call.window, name, max_bytes).await? {
            Some(chosen) => reply(&added(plugins::add(&call.window, chosen, replace).await?)),
            None => reply(&PluginInstalled {
                saved: false,
                name: String::new(),
                path: String::new(),
                bytes: 0,
                cancelled: true,
            }),
        }
    })
}

pub(super) fn add_from_bytes(call: Call) -> Task {
    Box::pin(async move {
        let name = call.arg("name")?;
        let replace = call.arg::<Option<bool>>("replace")?.unwrap_or_default();
        let manifest: Option<PluginManifest> = call.arg("manifest")?;
        let module = bytes_of(&call)?.into_owned();
        let chosen = Chosen { name, module, manifest };
        reply(&added(plugins::add(&call.window, chosen, replace).await?))
    })
}

pub(super) fn remove(call: Call) -> Task {
    Box::pin(async move {
        let module: String = call.arg("module")?;
        let state = call.window.state();
        let removed = host(&call, &state)?.remove(&module).await;
        reply(&removed.map_err(plugin_error)?)
    })
}

pub(super) fn kill_jobs(call: &Call) -> Reply {
    reply(&host(call, &call.window.state())?.kill_jobs())
}

pub(super) fn cancel(call: &Call) -> Reply {
    let id: String = call.arg("id")?;
    reply(&host(call, &call.window.state())?.cancel(&id))
}

fn host<'a>(call: &Call, state: &'a State<'_, AppState>) -> Result<&'a PluginHost> {
    state.plugins.host(call.window.app_handle()).map_err(plugin_error)
}

fn run(result: CallResult) -> PluginRun {
    PluginRun {
        id: result.id,
        ok: result.ok,
        stdout: result.stdout,
        stderr: result.stderr,
        answered: result.value.is_some(),
        error: result.error,
        code: result.code.map(|code| code.as_str()),
        exit_code: result.exit_code,
        backtrace: result.backtrace,
        duration_ms: result.duration_ms,
    }
}

fn about(info: ModuleInfo) -> PluginInfo {
    let limits = info.limits;
    PluginInfo {
        name: info.name,
        bytes: info.bytes,
        sha256: info.sha256.to_string(),
        version: info.version,
        description: info.description,
        limits: PluginLimits {
            timeout_ms: limits.timeout_ms,
            max_timeout_ms: limits.max_timeout_ms,
            memory_mb: limits.memory_mb,
            module_mb: limits.module_mb,
            stdin_kb: limits.stdin_kb,
            stdout_kb: limits.stdout_kb,
            stderr_kb: limits.stderr_kb,
            storage_mb: limits.storage_mb,
            storage_files: limits.storage_files,
        },
        permissions: info.permissions.iter().map(ToString::to_string).collect(),
        bundled: info.bundled,
        compiled: info.compiled,
    }
}

fn added(installed: Installed) -> PluginInstalled {
    let Installed { saved, name, path, bytes } = installed;
    PluginInstalled { saved, name, path, bytes, cancelled: false }
}

#[cfg(test)]
mod tests {
    use bridge_contract::PLUGIN_CALL_CODES;

    use super::*;

    #[test]
    fn every_code_of_the_host_is_in_the_contract() {
        for code in plugin_host::Code::ALL.iter().map(|code| code.as_str()) {
            let of_a_call = PLUGIN_CALL_CODES.iter().any(|known| known.code == code);
            assert!(of_a_call || ErrorCode::of(code).is_some(), "{code}");
        }
        for code in scoped_fs::Code::ALL.iter().map(|code| code.as_str()) {
            assert!(ErrorCode::of(code).is_some(), "{code}");
        }
    }
}
