//! Commands: every function that the page can reach in the runtime. Which there are is in `table`.

mod script;
mod table;

pub use script::{SCRIPT_FUNCTIONS, ScriptFunction};
pub use table::commands;

use crate::ErrorCode;

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
    /// Only in a runtime that has a plugin host.
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
            Module::Plugins => "plugins",
            Module::SelfTest => "self_test",
        }
    }

    /// Does it need a plugin host in the runtime?
    pub fn needs_plugins(self) -> bool {
        self == Module::Plugins
    }
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
            assert!(command.name.starts_with(command.module.name()), "{}", command.name);
        }
    }
}
