//! Module `badge`: a number at the app's icon.

use super::{Call, Command, Command::Now, Reply, reply};
use crate::badge;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] =
    &[("badge_set", Now(set)), ("badge_clear", Now(clear))];

fn set(call: &Call) -> Reply {
    reply(&badge::show(&call.window, call.arg("count")?)?)
}

fn clear(call: &Call) -> Reply {
    reply(&badge::show(&call.window, 0)?)
}
