//! The runtime's side of the bridge: the injected script and the commands behind it.
//!
//! Which window and which origin may call what is decided by Tauri's authority from the capabilities in `grants`, and then
//! by the caller's `token`, before any function here runs. All commands are async, so none blocks the window.

mod app;
mod core;
mod events;
mod window;

use bridge_contract::{API_VERSION, BridgeError, ErrorCode, Module};
use runtime_settings::settings::Content;
use serde_json::json;
use tauri::{
    Wry,
    ipc::Invoke,
    plugin::{Builder, TauriPlugin},
};

use crate::{grants, state::AppState, token};

/// The script of `template-app/bridge`, built and committed: one function expression that takes the bootstrap object.
const SCRIPT: &str = include_str!("../bridge/dist/bridge.js");
/// Origins of the pack's own pages: the second is Windows'.
const PACK_ORIGINS: &[&str] = &["tauri://localhost", "http://tauri.localhost"];

type Result<T> = std::result::Result<T, BridgeError>;

/// The plugin that carries every command.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    let commands = commands();
    let gate = move |invoke: Invoke<Wry>| {
        if token::is_authentic(&invoke) {
            return commands(invoke);
        }
        invoke.resolver.reject(token::refusal());
        true
    };
    Builder::new("bridge").invoke_handler(gate).build()
}

fn commands() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        core::core_hello,
        core::core_version,
        core::navigate,
        core::open_browser,
        app::app_info,
        app::app_exit,
        app::app_relaunch,
        events::events_subscribe,
        events::events_emit,
        events::events_emit_to_all,
        events::events_emit_to,
        window::window_close,
        window::window_minimize,
        window::window_maximize_toggle,
        window::window_fullscreen,
        window::window_get_info,
        crate::self_test::self_test_report,
    ]
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
    fn the_neutral_capability_names_every_command() {
        let neutral: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/neutral.json")).unwrap();
        let listed: Vec<_> = neutral["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p.as_str().unwrap())
            .collect();
        let expected: Vec<_> =
            bridge_contract::COMMANDS.iter().map(|command| command.permission()).collect();
        assert_eq!(listed, expected);
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
