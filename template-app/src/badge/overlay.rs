//! Windows: a small picture over the app's button in the taskbar, which knows no numbers: so they are drawn.

use bridge_contract::BridgeError;
use tauri::{Manager as _, WebviewWindow, image::Image};

use super::{
    draw::{SIDE, draw},
    unsupported,
};
use crate::labels::MAIN;

/// Shows the number; none for 0. The main window's button is the app's; where it is gone, the caller's.
pub(crate) fn show(window: &WebviewWindow, count: u32) -> Result<(), BridgeError> {
    let main = window.get_webview_window(MAIN);
    let window = main.as_ref().unwrap_or(window);
    let picture = (count > 0).then(|| Image::new_owned(draw(count), SIDE as u32, SIDE as u32));
    window.set_overlay_icon(picture).map_err(unsupported)
}
