//! Module `globalVariables`: texts by name that all windows share.

use tauri::Manager as _;

use super::{Call, Command, Command::Blocking, Reply, reply};
use crate::global_variables;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("global_variables_get", Blocking(get)),
    ("global_variables_set", Blocking(set)),
    ("global_variables_remove", Blocking(remove)),
    ("global_variables_list", Blocking(list)),
];

fn get(call: &Call) -> Reply {
    reply(&global_variables::get(call.window.app_handle(), &call.arg::<String>("key")?)?)
}

fn set(call: &Call) -> Reply {
    let (key, value): (String, String) = (call.arg("key")?, call.arg("value")?);
    global_variables::change(call, &key, Some(value))?;
    reply(&())
}

fn remove(call: &Call) -> Reply {
    reply(&global_variables::change(call, &call.arg::<String>("key")?, None)?)
}

fn list(call: &Call) -> Reply {
    reply(&global_variables::list(call.window.app_handle())?)
}
