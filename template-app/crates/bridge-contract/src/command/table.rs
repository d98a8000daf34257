//! The table of commands, one part for each module, and which codes each rejects with.

mod app;
mod auth;
mod autostart;
mod badge;
mod clipboard;
mod core;
mod diagnostics;
mod downloads;
mod events;
mod files;
mod fs;
mod global_variables;
mod menu;
mod network;
mod notifications;
mod plugins;
mod self_test;
mod shortcuts;
mod tray;
mod updates;
mod window;

use super::{Command, Module};

/// Every part, in the order of the reference page.
const PARTS: &[&[Command]] = &[
    core::COMMANDS,
    app::COMMANDS,
    events::COMMANDS,
    window::COMMANDS,
    fs::COMMANDS,
    files::COMMANDS,
    downloads::COMMANDS,
    clipboard::COMMANDS,
    notifications::COMMANDS,
    menu::COMMANDS,
    tray::COMMANDS,
    shortcuts::COMMANDS,
    badge::COMMANDS,
    autostart::COMMANDS,
    global_variables::COMMANDS,
    diagnostics::COMMANDS,
    network::COMMANDS,
    auth::COMMANDS,
    updates::COMMANDS,
    plugins::COMMANDS,
    self_test::COMMANDS,
];

/// Every command, in the order of the reference page.
pub fn commands() -> impl Iterator<Item = &'static Command> + Clone {
    PARTS.iter().copied().flatten()
}
