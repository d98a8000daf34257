//! The runtime's side of the bridge: the injected script and the commands behind it.
//!
//! Which window and which origin may call what is decided by Tauri's authority from the capabilities in `grants`, and then
//! by the caller's `token`, before any function here runs. None blocks the window.

mod app;
mod argument;
#[cfg(feature = "standard")]
mod auth;
#[cfg(feature = "standard")]
mod autostart;
#[cfg(feature = "standard")]
mod badge;
#[cfg(feature = "standard")]
mod clipboard;
mod core;
#[cfg(feature = "standard")]
mod diagnostics;
mod downloads;
mod events;
#[cfg(feature = "standard")]
mod files;
#[cfg(feature = "standard")]
mod fs;
#[cfg(feature = "standard")]
mod global_variables;
#[cfg(feature = "standard")]
mod menu;
#[cfg(feature = "standard")]
mod network;
#[cfg(feature = "standard")]
mod notifications;
#[cfg(feature = "plugins")]
mod plugins;
mod running;
#[cfg(feature = "standard")]
mod shortcuts;
#[cfg(feature = "standard")]
mod streams;
#[cfg(feature = "standard")]
mod tray;
#[cfg(feature = "standard")]
mod updates;
mod window;

use std::pin::Pin;

use bridge_contract::{API_VERSION, ARGUMENTS_HEADER, BridgeError, ErrorCode, Module};
use percent_encoding::percent_decode;
use runtime_settings::{
    RuntimeSettings,
    settings::{Content, Modules},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tauri::{
    Manager as _, WebviewWindow, Wry, async_runtime,
    ipc::{Invoke, InvokeBody, InvokeMessage, InvokeResponseBody},
    plugin::{Builder, TauriPlugin},
};

use crate::{arrivals, grants, labels::Kind, self_test, state::AppState, token};

#[cfg(feature = "standard")]
use crate::fs::fs_error;
use argument::Sent;
pub(crate) use running::Running;
#[cfg(feature = "standard")]
use streams::{bytes_of, bytes_reply};
pub(crate) use window::MAX_PIXELS;

use running::Run;

/// The script of `template-app/bridge`, built and committed: one function expression that takes the bootstrap object.
const SCRIPT: &str = include_str!("../bridge/dist/bridge.js");
/// Origins of the pack's own pages: the second is Windows'.
pub(crate) const PACK_ORIGINS: &[&str] = &["tauri://localhost", "http://tauri.localhost"];

/// Public functions that the webview of this system cannot do.
const UNSUPPORTED: &[&str] = if cfg!(target_os = "linux") {
    &["events.onTrayIconEvent"]
} else {
    &["downloads.cancel", "downloads.onProgress"]
};

/// Public functions of debug builds only.
const FOR_TESTS: &[&str] = &[
    "diagnostics.test.testGenerateRecords",
    "diagnostics.test.testThrowJsError",
    "diagnostics.test.testPanicRust",
    "diagnostics.test.testExportZip",
    "diagnostics.test.testForceRetention",
];

/// Keys of a page that app.json binds.
fn shortcuts(state: &AppState) -> Value {
    #[cfg(feature = "standard")]
    return crate::shortcuts::of_windows(state);
    #[cfg(not(feature = "standard"))]
    {
        let _ = state;
        json!([])
    }
}

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
    #[cfg_attr(
        not(feature = "standard"),
        allow(dead_code, reason = "the smallest runtime has no such command")
    )]
    Blocking(fn(&Call) -> Reply),
    /// Begins when it is called, before any later call, and answers when it has something.
    Later(fn(Call) -> Task),
}

/// Every command, module by module, in the contract's order. One table and one task for all: a task of its own for each, as
/// Tauri's macro makes it, is 80 kB of code.
const COMMANDS: &[&[(&str, Command)]] = &[
    core::COMMANDS,
    #[cfg(feature = "standard")]
    streams::COMMANDS,
    app::COMMANDS,
    events::COMMANDS,
    window::COMMANDS,
    #[cfg(feature = "standard")]
    fs::COMMANDS,
    #[cfg(feature = "standard")]
    files::COMMANDS,
    downloads::COMMANDS,
    #[cfg(feature = "standard")]
    clipboard::COMMANDS,
    #[cfg(feature = "standard")]
    notifications::COMMANDS,
    #[cfg(feature = "standard")]
    menu::COMMANDS,
    #[cfg(feature = "standard")]
    tray::COMMANDS,
    #[cfg(feature = "standard")]
    shortcuts::COMMANDS,
    #[cfg(feature = "standard")]
    badge::COMMANDS,
    #[cfg(feature = "standard")]
    autostart::COMMANDS,
    #[cfg(feature = "standard")]
    global_variables::COMMANDS,
    #[cfg(feature = "standard")]
    diagnostics::COMMANDS,
    #[cfg(feature = "standard")]
    network::COMMANDS,
    #[cfg(feature = "standard")]
    auth::COMMANDS,
    #[cfg(feature = "standard")]
    updates::COMMANDS,
    #[cfg(feature = "plugins")]
    plugins::COMMANDS,
    &[("self_test_report", Command::Now(self_test::report))],
];

fn commands() -> impl Iterator<Item = &'static (&'static str, Command)> {
    COMMANDS.iter().copied().flatten()
}

/// One call of a command: from which window, with what.
pub(crate) struct Call {
    pub(crate) window: WebviewWindow,
    pub(crate) kind: Kind,
    /// Number of the window's page that called.
    #[cfg_attr(
        not(feature = "standard"),
        allow(dead_code, reason = "what a page has open is open in larger runtimes")
    )]
    pub(crate) page: u64,
    message: InvokeMessage<Wry>,
    /// The arguments of a call whose body is bytes.
    beside_bytes: Option<Value>,
}

impl Call {
    /// What the config lets the caller's kind of window do.
    pub(crate) fn modules<'a>(&self, state: &'a AppState) -> Option<&'a Modules> {
        grants::settings_of(&state.settings, self.kind)
    }

    /// An argument by its name; what is left out is null.
    pub(crate) fn arg<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let value = match (&self.beside_bytes, self.message.payload()) {
            (Some(args), _) | (None, InvokeBody::Json(args)) => args.get(name),
            (None, InvokeBody::Raw(_)) => None,
        };
        T::deserialize(Sent(value.unwrap_or(&Value::Null))).map_err(|error| {
            BridgeError::new(
                ErrorCode::BridgeInvalidArgument,
                format!("argument `{name}`: {error}"),
            )
        })
    }

    /// What came as bytes. They stay in Tauri's message, which hands nothing out: a copy would cost more than the disk.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self.message.payload() {
            InvokeBody::Raw(bytes) => Some(bytes),
            InvokeBody::Json(_) => None,
        }
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
    let Some((_, command)) = commands().find(|(name, _)| *name == invoke.message.command()) else {
        return false;
    };
    #[cfg(debug_assertions)]
    let record = crate::dev::record(&invoke.message);
    if !token::is_authentic(&invoke) {
        #[cfg(debug_assertions)]
        crate::dev::end(record, &Err(token::refusal()));
        invoke.resolver.reject(token::refusal());
        return true;
    }
    #[cfg(debug_assertions)]
    if crate::dev::is_mute(invoke.message.command()) {
        invoke.resolver.resolve(());
        return true;
    }
    let Some(run) = Run::begin(&invoke.message) else {
        invoke.resolver.reject(internal("the call runs already"));
        return true;
    };
    let task = begin(*command, invoke.message);
    invoke.resolver.respond_async_serialized(async move {
        let reply = task.await;
        drop(run);
        #[cfg(debug_assertions)]
        crate::dev::end(record, &reply);
        Ok(reply?)
    });
    true
}

fn begin(command: Command, message: InvokeMessage<Wry>) -> Task {
    // Now, while the page that called is the window's page.
    let page = message.webview_ref().state::<AppState>().page(message.webview_ref().label());
    let call = move || {
        let webview = message.webview_ref();
        let window = webview.get_webview_window(webview.label());
        let window = window.ok_or_else(|| internal("the window is gone"))?;
        let has_bytes = matches!(message.payload(), InvokeBody::Raw(_));
        let beside_bytes = has_bytes.then(|| header_arguments(&message));
        argument::refuse_nul(&message, beside_bytes.as_ref())?;
        Ok(Call { kind: Kind::of(window.label()), window, page, message, beside_bytes })
    };
    match command {
        Command::Now(command) => Box::pin(async move { command(&call()?) }),
        Command::Blocking(command) => Box::pin(async move {
            let done = async_runtime::spawn_blocking(move || command(&call()?));
            done.await.map_err(internal)?
        }),
        Command::Later(command) => match call() {
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

/// The script for a kind of window, with what it must know to answer without asking. It decides nothing: a page that tampers
/// with it is refused by the runtime.
pub(crate) fn script(state: &AppState, kind: Kind) -> String {
    let bridge = &state.settings.bridge;
    let modules = grants::modules(&state.settings, kind);
    let local = matches!(state.settings.content, Content::Dir { .. });
    let bootstrap = json!({
        "apiVersion": API_VERSION,
        "origins": bridge.origins,
        "localOrigins": if local { PACK_ORIGINS } else { &[] },
        "commands": grants::commands(&state.settings, kind, &modules)
            .map(|command| command.name)
            .collect::<Vec<_>>(),
        "fsScopes": fs_scopes(state, kind),
        "unsupported": unsupported(&state.settings).collect::<Vec<_>>(),
        "shortcuts": shortcuts(state),
        "modules": modules.iter().copied().map(Module::name).collect::<Vec<_>>(),
    });
    format!("{}({bootstrap});", SCRIPT.trim_end().trim_end_matches(';'))
}

/// Functions that nothing comes of here: on this system, in this build, or with this app's config.
fn unsupported(settings: &RuntimeSettings) -> impl Iterator<Item = &'static str> {
    let tests = if cfg!(debug_assertions) { &[] } else { FOR_TESTS };
    // What this session of the desktop leaves to nobody.
    #[cfg(feature = "standard")]
    let keys = (!crate::shortcuts::is_available()).then_some("globalShortcut.register");
    #[cfg(not(feature = "standard"))]
    let keys = None;
    UNSUPPORTED.iter().chain(tests).copied().chain(arrivals::idle(settings)).chain(keys)
}

/// Words of the scopes of files that a kind of window has.
#[cfg(feature = "standard")]
fn fs_scopes(state: &AppState, kind: Kind) -> Vec<&'static str> {
    let modules = grants::settings_of(&state.settings, kind);
    let settings = modules.and_then(|modules| modules.fs.as_ref());
    settings.map(|settings| fs::granted(settings, kind).map(fs::word).collect()).unwrap_or_default()
}

#[cfg(not(feature = "standard"))]
fn fs_scopes(_: &AppState, _: Kind) -> [&'static str; 0] {
    []
}

/// What the plugin host refuses with, in the contract's codes.
#[cfg(feature = "plugins")]
pub(crate) fn plugin_error(error: plugin_host::PluginError) -> BridgeError {
    let code = ErrorCode::of(error.code.as_str()).unwrap_or(ErrorCode::PluginsInternal);
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

pub(crate) fn internal(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::BridgeInternal, error.to_string())
}

/// What an argument of the right type is refused with when its value is none.
pub(crate) fn invalid(name: &str, reason: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::BridgeInvalidArgument, format!("argument `{name}`: {reason}"))
}

/// A text that the system will show. NUL is refused: it ends the texts of libraries in C, and their bindings panic.
pub(crate) fn shown_text<'a>(name: &str, text: &'a str) -> Result<&'a str> {
    if text.contains('\0') { Err(invalid(name, "has a NUL character")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_of_the_contract_is_there_and_no_other() {
        let names: Vec<_> = super::commands().map(|(name, _)| *name).collect();
        let expected: Vec<_> = bridge_contract::commands()
            .filter(|command| command.needs() <= crate::grants::HAS)
            .map(|command| command.name)
            .collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn what_the_system_lacks_is_what_the_contract_says() {
        let expected: Vec<_> = bridge_contract::unsupported_on(super::node_platform()).collect();
        assert_eq!(super::UNSUPPORTED, expected);
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
