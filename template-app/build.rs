//! Declares the bridge's commands to Tauri, so that each gets its own permission (`bridge:allow-<command>`).

#![allow(clippy::expect_used, reason = "a build script reports by panicking")]

use bridge_contract::Needs;
use tauri_build::{Attributes, InlinedPlugin};

fn main() {
    // A permission that is never granted would be in every app all the same.
    let has = |feature| std::env::var_os(feature).is_some();
    let has = match () {
        () if has("CARGO_FEATURE_PLUGINS") => Needs::Plugins,
        () if has("CARGO_FEATURE_STANDARD") => Needs::Standard,
        () => Needs::Nothing,
    };
    let commands: Vec<&'static str> = bridge_contract::commands()
        .filter(|command| command.needs() <= has)
        .map(|command| command.name)
        .collect();
    let bridge = InlinedPlugin::new().commands(Box::leak(commands.into_boxed_slice()));
    tauri_build::try_build(Attributes::new().plugin("bridge", bridge))
        .expect("failed to run tauri-build");
}
