//! Declares the bridge's commands to Tauri, so that each gets its own permission (`bridge:allow-<command>`), and puts the isolation
//! application together.

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
    #[cfg(feature = "standard")]
    isolation::write(&commands);
    let bridge = InlinedPlugin::new().commands(Box::leak(commands.into_boxed_slice()));
    tauri_build::try_build(Attributes::new().plugin("bridge", bridge))
        .expect("failed to run tauri-build");
}

/// The one page of the isolation application, as it is served.
#[cfg(feature = "standard")]
mod isolation {
    use std::{env, path::Path};

    use bridge_contract::{ARGUMENTS_HEADER, CALL_HEADER, TOKEN_HEADER};
    use serialize_to_javascript::DefaultTemplate as _;
    use tauri_utils::pattern::isolation::IsolationJavascriptCodegen;

    const FOLDER: &str = "isolation";

    pub(crate) fn write(commands: &[&str]) {
        println!("cargo::rerun-if-changed={FOLDER}");
        let read = |name: &str| {
            fs_err::read_to_string(Path::new(FOLDER).join(name))
                .expect("failed to read the isolation application")
        };
        let list = |words: &[&str]| format!("[\"{}\"]", words.join("\",\""));
        let headers = list(&[TOKEN_HEADER, CALL_HEADER, ARGUMENTS_HEADER]);
        let hook = read("hook.js").replace("{{ commands }}", &list(commands));
        let tauri = IsolationJavascriptCodegen {}.render_default(&Default::default());
        let tauri = tauri.expect("failed to render Tauri's isolation script").into_string();
        let page = read("index.html")
            .replace("{{ hook }}", &hook.replace("{{ headers }}", &headers))
            .replace("{{ tauri }}", &tauri);
        let out = env::var_os("OUT_DIR").expect("Cargo names a folder");
        fs_err::write(Path::new(&out).join("isolation.html"), page)
            .expect("failed to write the isolation application");
    }
}
