//! Module `notifications`: commands over the desktop's notifications.

use bridge_contract::NotificationOptions;
use serde_json::Value;

use super::{Call, Command, Command::Blocking, Reply, Result, invalid, reply};
use crate::notifications;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("notifications_state", Blocking(state)),
    ("notifications_request", Blocking(state)),
    ("notifications_show", Blocking(show)),
];

/// No desktop asks before it shows notifications of an installed app: there is nothing to request.
fn state(_: &Call) -> Reply {
    reply(&notifications::state())
}

fn show(call: &Call) -> Reply {
    reply(&notifications::show(call, options(call)?)?)
}

/// The first argument is a title, or an object with everything.
fn options(call: &Call) -> Result<NotificationOptions> {
    let title: Value = call.arg("title")?;
    if title.is_object() {
        return serde_json::from_value(title).map_err(|error| invalid("title", error));
    }
    let (title, body) = (call.arg("title")?, call.arg("body")?);
    Ok(NotificationOptions { title, body, ..NotificationOptions::default() })
}
