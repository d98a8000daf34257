//! Linux: a signal on the session bus that docks and task bars listen to, as Unity's launcher did first. Nobody answers it, so an
//! app cannot know whether anybody shows the number.
//!
//! https://wiki.ubuntu.com/Unity/LauncherAPI

use std::collections::HashMap;

use bridge_contract::BridgeError;
use gtk::{
    gio::{self, BusType, Cancellable},
    glib::{Variant, prelude::*},
};
use tauri::{Manager as _, WebviewWindow};

use super::unsupported;
use crate::state::AppState;

const PATH: &str = "/com/canonical/unity/launcherentry/1";
const INTERFACE: &str = "com.canonical.Unity.LauncherEntry";

/// Shows the number; none for 0.
pub(crate) fn show(window: &WebviewWindow, count: u32) -> Result<(), BridgeError> {
    let bus = gio::bus_get_sync(BusType::Session, Cancellable::NONE).map_err(unsupported)?;
    // The file that packages install, by which docks know the app.
    let entry = format!("application://{}.desktop", window.state::<AppState>().settings.app.slug);
    let properties: HashMap<&str, Variant> = HashMap::from([
        ("count", i64::from(count).to_variant()),
        ("count-visible", (count > 0).to_variant()),
    ]);
    let parameters = (entry, properties).to_variant();
    bus.emit_signal(None, PATH, INTERFACE, "Update", Some(&parameters)).map_err(unsupported)
}
