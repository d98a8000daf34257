//! macOS: the dock, by Tauri.

use bridge_contract::BridgeError;
use tauri::WebviewWindow;

use super::unsupported;

/// Shows the number; none for 0.
pub(crate) fn show(window: &WebviewWindow, count: u32) -> Result<(), BridgeError> {
    let count = (count > 0).then_some(i64::from(count));
    window.set_badge_count(count).map_err(unsupported)
}
