//! Module `autostart`: whether the system starts the app, and how the app appears then.

use tauri::Manager as _;

use super::{Call, Command, Command::Blocking, Reply, reply};
use crate::autostart;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("autostart_enable", Blocking(enable)),
    ("autostart_disable", Blocking(disable)),
    ("autostart_is_enabled", Blocking(is_enabled)),
    ("autostart_mode_get", Blocking(mode)),
    ("autostart_mode_set", Blocking(set_mode)),
];

fn enable(call: &Call) -> Reply {
    reply(&autostart::set_enabled(call.window.app_handle(), true)?)
}

fn disable(call: &Call) -> Reply {
    reply(&autostart::set_enabled(call.window.app_handle(), false)?)
}

fn is_enabled(call: &Call) -> Reply {
    reply(&autostart::is_enabled(call.window.app_handle())?)
}

fn mode(call: &Call) -> Reply {
    reply(&autostart::mode(call.window.app_handle()))
}

fn set_mode(call: &Call) -> Reply {
    reply(&autostart::set_mode(call.window.app_handle(), call.arg("mode")?)?)
}
