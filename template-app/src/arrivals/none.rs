//! A runtime that opens no links and no files: the config of an app that does chooses another one.

use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::RuntimeSettings;

use crate::{
    bridge::{Call, Reply},
    state::AppState,
};

pub(crate) fn on_deeplink(_: &Call) -> Reply {
    Err(unsupported())
}

pub(crate) fn last_deeplink(_: &Call) -> Reply {
    Err(unsupported())
}

pub(crate) fn on_open_files(_: &Call) -> Reply {
    Err(unsupported())
}

fn unsupported() -> BridgeError {
    BridgeError::new(
        ErrorCode::EventsUnsupported,
        "app.json has no section `deepLinks` and none `fileAssociations`",
    )
}

/// Whether there has been anything to open.
pub(crate) fn have_come(_: &AppState) -> bool {
    false
}

/// Functions that this app's config gives nothing to do.
pub(crate) fn idle(_: &RuntimeSettings) -> impl Iterator<Item = &'static str> {
    ["events.onDeeplink", "events.lastDeeplink", "events.onOpenFiles"].into_iter()
}
