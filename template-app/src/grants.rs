//! Rights: one capability per window kind, made from the pack and added once, at start.
//!
//! Only windows of the kind `main` have one. `popup-*` windows have none, so Tauri refuses every call from them.

use bridge_contract::{COMMANDS, Command, Module};
use runtime_settings::{RuntimeSettings, settings::Content};
use tauri::{App, Manager as _, ipc::CapabilityBuilder};

use crate::state::AppState;

/// Label of the main window, and the name of its capability.
pub(crate) const MAIN: &str = "main";

/// The modules that the config switches on, and that this runtime has.
pub(crate) fn modules(settings: &RuntimeSettings) -> Vec<Module> {
    let modules = &settings.bridge.modules;
    let has_plugins = cfg!(feature = "plugins") && settings.plugins.is_some();
    let is_on = |module: &Module| match module {
        Module::Core => true,
        Module::App => modules.app.is_some(),
        Module::Events => modules.events,
        Module::Window => modules.window,
        Module::Plugins => has_plugins && modules.plugins,
        Module::Fs => has_plugins && modules.plugin_fs,
        Module::SelfTest => false,
    };
    Module::ALL.iter().copied().filter(is_on).collect()
}

/// The commands of those modules.
pub(crate) fn commands(granted: &[Module]) -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().filter(move |command| granted.contains(&command.module))
}

/// Adds the main window's capability.
pub(crate) fn add(app: &App) -> tauri::Result<()> {
    let state = app.state::<AppState>();
    let bridge = &state.settings.bridge;
    let mut granted = modules(&state.settings);
    if state.self_test.is_some() {
        granted.push(Module::SelfTest);
    }
    let local = matches!(state.settings.content, Content::Dir { .. });
    let mut capability = CapabilityBuilder::new(MAIN).window(MAIN).local(local);
    for rule in &bridge.origins {
        capability = capability.remote(rule.origin_pattern());
    }
    for command in commands(&granted) {
        capability = capability.permission(command.permission());
    }
    app.add_capability(capability)
}

/// Does the window with this label have the bridge?
pub(crate) fn has_bridge(label: &str) -> bool {
    label == MAIN
}
