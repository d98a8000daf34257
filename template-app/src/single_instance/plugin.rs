//! Windows and macOS: tauri-plugin-single-instance.

use std::ffi::OsString;

use tauri::{Builder, WebviewWindow, Wry};

/// This process may start; the plugin finds out whether it is the only one.
pub(crate) struct Instance {
    wanted: bool,
}

impl Instance {
    /// Adds the plugin, which ends this process when another one runs.
    pub(crate) fn install(self, builder: Builder<Wry>) -> Builder<Wry> {
        if !self.wanted {
            return builder;
        }
        builder.plugin(tauri_plugin_single_instance::init(|app, args, _| {
            // The first argument is the program.
            super::second_start(app, args.get(1..).unwrap_or_default());
        }))
    }
}

/// The plugin does the claiming when Tauri starts it.
pub(crate) fn claim(wanted: bool, _app_id: &str, _args: &[OsString]) -> Option<Instance> {
    Some(Instance { wanted })
}

/// The plugin listens by itself.
pub(crate) fn listen(_: &WebviewWindow) {}

/// The plugin gives up its claim at the app's exit.
pub(crate) fn release() {}
