//! Commands: every function that the page can reach in the runtime. Which there are is in `table`.

mod script;
mod signature;
mod systems;
mod table;
mod wire;

pub use script::{SCRIPT_FUNCTIONS, ScriptFunction};
pub use signature::{Argument, Signature, Type};
pub use systems::{systems_of, unsupported_on};
pub use table::commands;

use crate::ErrorCode;

/// What the names of commands about streams begin with, whichever module opened them.
const STREAMS: &str = "stream_";

/// A part of the bridge that a config switches on or off as one (`bridge.modules`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Module {
    /// Always there where the bridge is: `openBrowser` and what the script itself needs.
    Core,
    App,
    Events,
    Window,
    Fs,
    Files,
    Downloads,
    Clipboard,
    Notifications,
    /// The app's menu, and menus at a place in the page.
    Menu,
    Tray,
    /// Keys of the whole desktop, and of a window.
    Shortcuts,
    Badge,
    Autostart,
    GlobalVariables,
    Diagnostics,
    Network,
    Auth,
    Updates,
    Plugins,
    /// Granted only to an app that was started with `--self-test`.
    SelfTest,
}

impl Module {
    pub const ALL: &[Module] = &[
        Module::Core,
        Module::App,
        Module::Events,
        Module::Window,
        Module::Fs,
        Module::Files,
        Module::Downloads,
        Module::Clipboard,
        Module::Notifications,
        Module::Menu,
        Module::Tray,
        Module::Shortcuts,
        Module::Badge,
        Module::Autostart,
        Module::GlobalVariables,
        Module::Diagnostics,
        Module::Network,
        Module::Auth,
        Module::Updates,
        Module::Plugins,
        Module::SelfTest,
    ];

    /// The module's name in `bridge.modules` and in error codes.
    pub fn name(self) -> &'static str {
        match self {
            Module::Core => "core",
            Module::App => "app",
            Module::Events => "events",
            Module::Window => "window",
            Module::Fs => "fs",
            Module::Files => "files",
            Module::Downloads => "downloads",
            Module::Clipboard => "clipboard",
            Module::Notifications => "notifications",
            Module::Menu => "menu",
            Module::Tray => "tray",
            Module::Shortcuts => "shortcuts",
            Module::Badge => "badge",
            Module::Autostart => "autostart",
            Module::GlobalVariables => "globalVariables",
            Module::Diagnostics => "diagnostics",
            Module::Network => "network",
            Module::Auth => "auth",
            Module::Updates => "updates",
            Module::Plugins => "plugins",
            Module::SelfTest => "self_test",
        }
    }

    /// What the runtime must be compiled with.
    pub fn needs(self) -> Needs {
        match self {
            Module::Core
            | Module::App
            | Module::Events
            | Module::Window
            | Module::Downloads
            | Module::SelfTest => Needs::Nothing,
            Module::Plugins => Needs::Plugins,
            _ => Needs::Standard,
        }
    }
}

/// What a runtime is compiled with; each has what is above it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Every runtime has it.
    Nothing,
    /// The modules that not every app pays for.
    Standard,
    /// A plugin host.
    Plugins,
}

/// One function of the runtime.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    pub module: Module,
    /// Name of the Tauri command; its permission is `bridge:allow-<name with dashes>`.
    pub name: &'static str,
    /// What the page calls, with its TypeScript signature; empty when only the script itself calls it.
    pub signature: &'static str,
    /// One sentence for the reference page.
    pub summary: &'static str,
    /// Codes that it rejects with, besides those that every call can have.
    pub errors: &'static [ErrorCode],
}

impl Command {
    /// What the runtime must be compiled with.
    pub fn needs(&self) -> Needs {
        // Streams are opened by modules that not every runtime has.
        if self.name.starts_with(STREAMS) { Needs::Standard } else { self.module.needs() }
    }

    /// The Tauri permission that grants this command.
    pub fn permission(&self) -> String {
        format!("bridge:allow-{}", self.name.replace('_', "-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_begin_with_their_module() {
        let mut names: Vec<_> = commands().map(|command| command.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), commands().count());
        for command in commands().filter(|command| command.module != Module::Core) {
            let module = snake_case(command.module.name());
            let path = command.signature.split(['(', '<', ':']).next().unwrap_or_default();
            let fits = command.name.starts_with(&module) || command.name == snake_case(path);
            assert!(fits, "{}", command.name);
        }
    }

    fn snake_case(path: &str) -> String {
        let letter = |c: char| match c {
            '.' => "_".to_owned(),
            c if c.is_ascii_uppercase() => format!("_{}", c.to_ascii_lowercase()),
            c => c.to_string(),
        };
        path.chars().map(letter).collect()
    }
}
