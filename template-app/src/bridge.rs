//! The runtime's side of the bridge: the injected script and the commands behind it.
//!
//! Which window and which origin may call what is decided by Tauri's authority from the capabilities in `grants`, and then
//! by the caller's `token`, before any function here runs. None blocks the window.

mod app;
mod core;
mod events;
mod window;

use bridge_contract::{API_VERSION, BridgeError, ErrorCode, Module};
use runtime_settings::settings::Content;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tauri::{
    Manager as _, WebviewWindow, Wry,
    ipc::{Invoke, InvokeBody, InvokeResponseBody},
    plugin::{Builder, TauriPlugin},
};

use crate::{grants, self_test, state::AppState, token};

/// The script of `template-app/bridge`, built and committed: one function expression that takes the bootstrap object.
const SCRIPT: &str = include_str!("../bridge/dist/bridge.js");
/// Origins of the pack's own pages: the second is Windows'.
const PACK_ORIGINS: &[&str] = &["tauri://localhost", "http://tauri.localhost"];

/// What a command answers: JSON.
pub(crate) type Reply = std::result::Result<String, BridgeError>;
type Result<T> = std::result::Result<T, BridgeError>;

/// The function behind a command.
type Command = fn(&Call) -> Reply;

/// Every command. One table and one task for all: a task of its own for each, as Tauri's macro makes it, is 80 kB of code.
const COMMANDS: &[(&str, Command)] = &[
    ("core_hello", core::hello),
    ("core_version", core::version),
    ("navigate", core::navigate),
    ("open_browser", core::open_browser),
    ("app_info", app::info),
    ("app_exit", app::exit),
    ("app_relaunch", app::relaunch),
    ("events_subscribe", events::subscribe),
    ("events_emit", events::emit),
    ("events_emit_to_all", events::emit_to_all),
    ("events_emit_to", events::emit_to),
    ("window_close", window::close),
    ("window_minimize", window::minimize),
    ("window_maximize_toggle", window::maximize_toggle),
    ("window_fullscreen", window::fullscreen),
    ("window_get_info", window::get_info),
    ("self_test_report", self_test::report),
];

/// One call of a command: from which window, with what.
pub(crate) struct Call {
    pub(crate) window: WebviewWindow,
    args: Value,
}

impl Call {
    /// An argument by its name; what is left out is null.
    pub(crate) fn arg<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let value = self.args.get(name).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|error| {
            BridgeError::new(
                ErrorCode::BridgeInvalidArgument,
                format!("argument `{name}`: {error}"),
            )
        })
    }
}

/// A value as a command's answer.
pub(crate) fn reply(value: &impl Serialize) -> Reply {
    serde_json::to_string(value).map_err(internal)
}

/// The plugin that carries every command.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new("bridge").invoke_handler(handle).build()
}

/// Runs a command away from the window's thread. Tauri's authority has agreed to it by now.
fn handle(invoke: Invoke<Wry>) -> bool {
    let Some((_, command)) = COMMANDS.iter().find(|(name, _)| *name == invoke.message.command())
    else {
        return false;
    };
    if !token::is_authentic(&invoke) {
        invoke.resolver.reject(token::refusal());
        return true;
    }
    let webview = invoke.message.webview();
    let InvokeBody::Json(args) = invoke.message.payload() else { return false };
    let args = args.clone();
    invoke.resolver.respond_async_serialized(async move {
        let window = webview.get_webview_window(webview.label());
        let window = window.ok_or_else(|| internal("the window is gone"))?;
        let answer = command(&Call { window, args })?;
        Ok(InvokeResponseBody::Json(answer))
    });
    true
}

/// The script for the main window, with what it must know to answer without asking. It decides nothing: a page that
/// tampers with it is refused by the runtime.
pub(crate) fn script(state: &AppState) -> String {
    let bridge = &state.settings.bridge;
    let modules = grants::modules(&bridge.modules);
    let local = matches!(state.settings.content, Content::Dir { .. });
    let bootstrap = json!({
        "apiVersion": API_VERSION,
        "origins": bridge.origins,
        "localOrigins": if local { PACK_ORIGINS } else { &[] },
        "commands": grants::commands(&modules).map(|command| command.name).collect::<Vec<_>>(),
        "modules": modules.into_iter().map(Module::name).collect::<Vec<_>>(),
    });
    format!("{}({bootstrap});", SCRIPT.trim_end().trim_end_matches(';'))
}

/// Node's word for this system.
fn node_platform() -> &'static str {
    match std::env::consts::OS {
        "windows" => "win32",
        "macos" => "darwin",
        other => other,
    }
}

fn internal(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::BridgeInternal, error.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_of_the_contract_is_there_and_no_other() {
        let names: Vec<_> = super::COMMANDS.iter().map(|(name, _)| *name).collect();
        let expected: Vec<_> =
            bridge_contract::COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn the_script_is_one_function_expression() {
        let script =
            super::SCRIPT.split_once("*/").map_or(super::SCRIPT, |(_preamble, script)| script);
        assert!(script.trim_start().starts_with('('), "{script:.80}");
        assert!(
            super::SCRIPT.trim_end().ends_with(')'),
            "the script must be called by the runtime, not by itself"
        );
    }
}
