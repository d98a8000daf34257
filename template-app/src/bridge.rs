//! The runtime's side of the bridge: the injected script and the commands behind it.
//!
//! Which window and which origin may call what is decided by Tauri's authority from the capabilities in `grants`, and then
//! by the caller's `token`, before any function here runs. None blocks the window.

mod app;
mod core;
mod events;
#[cfg(feature = "plugins")]
mod fs;
#[cfg(feature = "plugins")]
mod plugins;
mod window;

use std::pin::Pin;

use bridge_contract::{API_VERSION, ARGUMENTS_HEADER, BridgeError, ErrorCode, Module};
use percent_encoding::percent_decode;
use runtime_settings::settings::Content;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
#[cfg(feature = "plugins")]
use tauri::async_runtime;
use tauri::{
    Manager as _, WebviewWindow, Wry,
    ipc::{Invoke, InvokeBody, InvokeMessage, InvokeResponseBody},
    plugin::{Builder, TauriPlugin},
};

use crate::{grants, self_test, state::AppState, token};

/// The script of `template-app/bridge`, built and committed: one function expression that takes the bootstrap object.
const SCRIPT: &str = include_str!("../bridge/dist/bridge.js");
/// Origins of the pack's own pages: the second is Windows'.
const PACK_ORIGINS: &[&str] = &["tauri://localhost", "http://tauri.localhost"];

/// What a command answers: JSON, or bytes.
pub(crate) type Reply = std::result::Result<InvokeResponseBody, BridgeError>;
type Result<T> = std::result::Result<T, BridgeError>;

/// An answer that takes its time.
type Task = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// The function behind a command.
#[derive(Clone, Copy)]
enum Command {
    /// Answers at once.
    Now(fn(&Call) -> Reply),
    /// Waits for the disk, on a thread that may.
    #[cfg(feature = "plugins")]
    Blocking(fn(&Call) -> Reply),
    /// Begins when it is called, before any later call, and answers when it has something.
    #[cfg(feature = "plugins")]
    Later(fn(Call) -> Task),
}

use Command::Now;
#[cfg(feature = "plugins")]
use Command::{Blocking, Later};

/// Every command. One table and one task for all: a task of its own for each, as Tauri's macro makes it, is 80 kB of code.
const COMMANDS: &[(&str, Command)] = &[
    ("core_hello", Now(core::hello)),
    ("core_version", Now(core::version)),
    ("core_takes_bytes", Now(core::takes_bytes)),
    ("navigate", Now(core::navigate)),
    ("open_browser", Now(core::open_browser)),
    ("app_info", Now(app::info)),
    ("app_exit", Now(app::exit)),
    ("app_relaunch", Now(app::relaunch)),
    ("events_subscribe", Now(events::subscribe)),
    ("events_emit", Now(events::emit)),
    ("events_emit_to_all", Now(events::emit_to_all)),
    ("events_emit_to", Now(events::emit_to)),
    ("window_close", Now(window::close)),
    ("window_minimize", Now(window::minimize)),
    ("window_maximize_toggle", Now(window::maximize_toggle)),
    ("window_fullscreen", Now(window::fullscreen)),
    ("window_get_info", Now(window::get_info)),
    #[cfg(feature = "plugins")]
    ("plugins_call", Later(plugins::call)),
    #[cfg(feature = "plugins")]
    ("plugins_status", Blocking(plugins::status)),
    #[cfg(feature = "plugins")]
    ("plugins_list", Blocking(plugins::list)),
    #[cfg(feature = "plugins")]
    ("plugins_info", Later(plugins::info)),
    #[cfg(feature = "plugins")]
    ("plugins_add", Later(plugins::add)),
    #[cfg(feature = "plugins")]
    ("plugins_add_from_bytes", Later(plugins::add_from_bytes)),
    #[cfg(feature = "plugins")]
    ("plugins_remove", Later(plugins::remove)),
    #[cfg(feature = "plugins")]
    ("plugins_kill_jobs", Now(plugins::kill_jobs)),
    #[cfg(feature = "plugins")]
    ("plugins_cancel", Now(plugins::cancel)),
    #[cfg(feature = "plugins")]
    ("fs_list", Blocking(fs::list)),
    #[cfg(feature = "plugins")]
    ("fs_new_directory", Blocking(fs::new_directory)),
    #[cfg(feature = "plugins")]
    ("fs_remove", Blocking(fs::remove)),
    #[cfg(feature = "plugins")]
    ("fs_stat", Blocking(fs::stat)),
    #[cfg(feature = "plugins")]
    ("fs_read_text", Blocking(fs::read_text)),
    #[cfg(feature = "plugins")]
    ("fs_write_text", Blocking(fs::write_text)),
    #[cfg(feature = "plugins")]
    ("fs_read_bytes", Blocking(fs::read_bytes)),
    #[cfg(feature = "plugins")]
    ("fs_write_bytes", Blocking(fs::write_bytes)),
    #[cfg(feature = "plugins")]
    ("fs_exists", Blocking(fs::exists)),
    #[cfg(feature = "plugins")]
    ("fs_move", Blocking(fs::rename)),
    #[cfg(feature = "plugins")]
    ("fs_copy", Blocking(fs::copy)),
    #[cfg(feature = "plugins")]
    ("fs_clear", Blocking(fs::clear)),
    #[cfg(feature = "plugins")]
    ("fs_usage", Blocking(fs::usage)),
    ("self_test_report", Now(self_test::report)),
];

/// One call of a command: from which window, with what.
pub(crate) struct Call {
    pub(crate) window: WebviewWindow,
    args: Value,
    /// What came as bytes.
    bytes: Option<Vec<u8>>,
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
    serde_json::to_string(value).map(InvokeResponseBody::Json).map_err(internal)
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
    let task = begin(*command, &invoke.message);
    invoke.resolver.respond_async_serialized(async move { Ok(task.await?) });
    true
}

fn begin(command: Command, message: &InvokeMessage<Wry>) -> Task {
    let webview = message.webview();
    let (args, bytes) = match message.payload() {
        InvokeBody::Json(args) => (args.clone(), None),
        InvokeBody::Raw(bytes) => (header_arguments(message), Some(bytes.clone())),
    };
    let call = move || {
        let window = webview.get_webview_window(webview.label());
        let window = window.ok_or_else(|| internal("the window is gone"))?;
        Ok(Call { window, args, bytes })
    };
    match command {
        Now(command) => Box::pin(async move { command(&call()?) }),
        #[cfg(feature = "plugins")]
        Blocking(command) => Box::pin(async move {
            let done = async_runtime::spawn_blocking(move || command(&call()?));
            done.await.map_err(internal)?
        }),
        #[cfg(feature = "plugins")]
        Later(command) => match call() {
            Ok(call) => command(call),
            Err(error) => Box::pin(async { Err(error) }),
        },
    }
}

/// The arguments of a call whose body is bytes.
fn header_arguments(message: &InvokeMessage<Wry>) -> Value {
    let header = message.headers().get(ARGUMENTS_HEADER);
    let text = header.map(|text| percent_decode(text.as_bytes()).collect::<Vec<_>>());
    // Arguments that cannot be read are missing ones.
    text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// The script for the main window, with what it must know to answer without asking. It decides nothing: a page that
/// tampers with it is refused by the runtime.
pub(crate) fn script(state: &AppState) -> String {
    let bridge = &state.settings.bridge;
    let modules = grants::modules(&state.settings);
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

/// The bytes of a call: its body, or base64 where the page's policy leaves only text.
#[cfg(feature = "plugins")]
fn bytes_of(call: &mut Call) -> Result<Vec<u8>> {
    match call.bytes.take() {
        Some(bytes) => Ok(bytes),
        None => decoded(call),
    }
}

#[cfg(feature = "plugins")]
fn decoded(call: &Call) -> Result<Vec<u8>> {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let text: String = call.arg("base64")?;
    BASE64_STANDARD.decode(text).map_err(|error| {
        BridgeError::new(ErrorCode::BridgeInvalidArgument, format!("argument `base64`: {error}"))
    })
}

/// What the plugin host refuses with, in the contract's codes.
#[cfg(feature = "plugins")]
pub(crate) fn plugin_error(error: plugin_host::PluginError) -> BridgeError {
    let code = ErrorCode::of(error.code.as_str()).unwrap_or(ErrorCode::PluginsInternal);
    BridgeError::new(code, error.message)
}

#[cfg(feature = "plugins")]
fn fs_error(error: scoped_fs::Error) -> BridgeError {
    let code = ErrorCode::of(error.code.as_str()).unwrap_or(ErrorCode::FsIo);
    BridgeError::new(code, error.message)
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
        let expected: Vec<_> = bridge_contract::COMMANDS
            .iter()
            .filter(|command| cfg!(feature = "plugins") || !command.module.needs_plugins())
            .map(|command| command.name)
            .collect();
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
