//! Module `shortcuts`: keys of the whole desktop, and the grammar of those of a window.

use serde::Deserialize;
use tauri::ipc::JavaScriptChannelId;

use super::{
    Call, Command,
    Command::{Blocking, Now},
    Reply, reply,
};
use crate::shortcuts;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("global_shortcut_register", Blocking(register)),
    ("global_shortcut_unregister", Blocking(unregister)),
    ("global_shortcut_unregister_all", Blocking(unregister_all)),
    ("global_shortcut_is_registered", Now(is_registered)),
    ("shortcuts_register", Now(strokes)),
];

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    emit_event: Option<bool>,
}

fn register(call: &Call) -> Reply {
    let options: Option<Options> = call.arg("options")?;
    let emits = options.unwrap_or_default().emit_event.unwrap_or_default();
    let channel: JavaScriptChannelId = call.arg("channel")?;
    let channel = channel.channel_on(call.window.as_ref().clone());
    reply(&shortcuts::register(call, call.arg("accelerator")?, channel, emits)?)
}

fn unregister(call: &Call) -> Reply {
    reply(&shortcuts::unregister(call, &call.arg::<String>("accelerator")?)?)
}

fn unregister_all(call: &Call) -> Reply {
    shortcuts::unregister_all(call);
    reply(&())
}

fn is_registered(call: &Call) -> Reply {
    reply(&shortcuts::is_registered(call, &call.arg::<String>("accelerator")?)?)
}

fn strokes(call: &Call) -> Reply {
    reply(&shortcuts::strokes(&call.arg::<String>("sequence")?)?)
}
