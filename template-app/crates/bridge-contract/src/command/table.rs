//! The table of commands, one part for each module, and which codes each rejects with.

mod app;
mod core;
mod downloads;
mod events;
mod files;
mod fs;
mod plugins;
mod self_test;
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
    plugins::COMMANDS,
    self_test::COMMANDS,
];

/// Every command, in the order of the reference page.
pub fn commands() -> impl Iterator<Item = &'static Command> + Clone {
    PARTS.iter().copied().flatten()
}
