//! Declares the bridge's commands to Tauri, so that each gets its own permission (`bridge:allow-<command>`).

#![allow(clippy::expect_used, reason = "a build script reports by panicking")]

use tauri_build::{Attributes, InlinedPlugin};

fn main() {
    // A permission that is never granted would be in every app all the same.
    let has_plugins = std::env::var_os("CARGO_FEATURE_PLUGINS").is_some();
    let commands: Vec<&'static str> = bridge_contract::commands()
        .filter(|command| has_plugins || !command.module.needs_plugins())
        .map(|command| command.name)
        .collect();
    let bridge = InlinedPlugin::new().commands(Box::leak(commands.into_boxed_slice()));
    tauri_build::try_build(Attributes::new().plugin("bridge", bridge))
        .expect("failed to run tauri-build");
}
