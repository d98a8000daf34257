//! One running app per user: a second start hands its arguments over, brings the window to the front, and ends.
//!
//! Linux asks the session bus through the GIO that is loaded anyway: tauri-plugin-single-instance brings an
//! implementation of D-Bus of its own there, 0.8 MB on 3.3 MB of an empty app. The other systems use the plugin.

#[cfg_attr(target_os = "linux", path = "single_instance/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "single_instance/plugin.rs")]
mod system;

use serde_json::json;
use tauri::{AppHandle, Manager as _};

#[cfg(all(target_os = "linux", feature = "standard"))]
pub(crate) use system::take_token;
pub(crate) use system::{claim, listen, release};

use crate::{native_events, state::AppState, tray};

/// A second start arrived: show the window, tell the page.
fn second_start(app: &AppHandle, args: &[String]) {
    #[cfg(feature = "standard")]
    if crate::autostart::is_asked(args) {
        // The system starts what the user has started already.
        return;
    }
    tray::show_main(app);
    #[cfg(feature = "standard")]
    crate::arrivals::take(app, args);
    native_events::emit(&app.state::<AppState>(), "app:second-instance", json!({ "args": args }));
}
