//! Rights: one capability per kind of window, made from the pack and added once, at start.
//!
//! Pop-ups have none, so Tauri refuses every call from them.

use bridge_contract::{Command, Module, Needs};
use runtime_settings::{
    RuntimeSettings,
    settings::{Content, Modules},
};
use tauri::{App, Manager as _, ipc::CapabilityBuilder};

use crate::{
    labels::{CACHE_ONLY_PREFIX, Kind, MAIN, PAGE_PREFIX},
    state::AppState,
};

/// The command that has a switch of its own: `{"window": {"open": true}}`.
const OPENS_WINDOWS: &str = "window_new";

/// What this runtime is compiled with.
pub(crate) const HAS: Needs = if cfg!(feature = "plugins") {
    Needs::Plugins
} else if cfg!(feature = "standard") {
    Needs::Standard
} else {
    Needs::Nothing
};

/// What the config says about the modules of a kind of window.
pub(crate) fn settings_of(settings: &RuntimeSettings, kind: Kind) -> Option<&Modules> {
    match kind {
        Kind::Main | Kind::Page => Some(&settings.bridge.modules),
        Kind::CacheOnly => Some(&settings.bridge.cache_only),
        Kind::Popup => None,
    }
}

/// The modules that the config switches on for a kind of window, and that this runtime has.
pub(crate) fn modules(settings: &RuntimeSettings, kind: Kind) -> Vec<Module> {
    let Some(modules) = settings_of(settings, kind) else { return Vec::new() };
    let is_on = |module: &Module| match module {
        Module::Core => true,
        Module::App => modules.app.is_some(),
        Module::Events => modules.events,
        Module::Window => modules.window.is_some(),
        Module::Fs => modules.fs.is_some(),
        Module::Files => modules.files,
        Module::Downloads => modules.downloads,
        Module::Clipboard => modules.clipboard,
        Module::Notifications => modules.notifications,
        Module::Menu => modules.menu,
        Module::Tray => modules.tray,
        Module::Shortcuts => modules.shortcuts,
        Module::Badge => modules.badge,
        Module::Autostart => modules.autostart,
        Module::GlobalVariables => modules.global_variables,
        Module::Diagnostics => modules.diagnostics,
        Module::Network => modules.network.is_some(),
        Module::Auth => modules.auth,
        Module::Updates => modules.updates,
        Module::Plugins => settings.plugins.is_some() && modules.plugins,
        Module::SelfTest => false,
    };
    Module::ALL.iter().copied().filter(|module| module.needs() <= HAS).filter(is_on).collect()
}

/// The commands of those modules that a kind of window has.
pub(crate) fn commands<'a>(
    settings: &RuntimeSettings,
    kind: Kind,
    granted: &'a [Module],
) -> impl Iterator<Item = &'static Command> + 'a {
    let opens = settings_of(settings, kind).and_then(|modules| modules.window);
    let opens = opens.is_some_and(|window| window.open);
    bridge_contract::commands()
        .filter(move |command| opens || command.name != OPENS_WINDOWS)
        .filter(|command| command.needs() <= HAS && granted.contains(&command.module))
}

/// Adds the capability of each kind of window.
pub(crate) fn add(app: &App) -> tauri::Result<()> {
    add_for(app, Kind::Main, MAIN)?;
    add_for(app, Kind::Page, &format!("{PAGE_PREFIX}*"))?;
    add_for(app, Kind::CacheOnly, &format!("{CACHE_ONLY_PREFIX}*"))
}

fn add_for(app: &App, kind: Kind, windows: &str) -> tauri::Result<()> {
    let state = app.state::<AppState>();
    let mut granted = modules(&state.settings, kind);
    if kind == Kind::Main && state.self_test.is_some() {
        granted.push(Module::SelfTest);
    }
    let local = matches!(state.settings.content, Content::Dir { .. });
    let name = windows.trim_end_matches("/*");
    let mut capability = CapabilityBuilder::new(name).window(windows).local(local);
    for rule in &state.settings.bridge.origins {
        capability = capability.remote(rule.origin_pattern());
    }
    for command in commands(&state.settings, kind, &granted) {
        capability = capability.permission(command.permission());
    }
    app.add_capability(capability)
}
