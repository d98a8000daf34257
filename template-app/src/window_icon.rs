//! Linux: the window's icon, from the pack. (Windows and macOS take it from the executable and the bundle.)

use gtk::{gdk_pixbuf::PixbufLoader, prelude::*};
use tauri::{Manager as _, WebviewWindow};

use crate::state::AppState;

/// The icon inside the pack.
const ICON_FILE: &str = "icon.png";

/// Sets the icon. A window without one is a blemish, not a reason not to start.
pub(crate) fn apply(window: &WebviewWindow) {
    let Ok(bytes) = window.state::<AppState>().pack.read(ICON_FILE) else { return };
    let loader = PixbufLoader::new();
    if loader.write(&bytes).and_then(|()| loader.close()).is_err() {
        return;
    }
    if let (Ok(gtk_window), Some(icon)) = (window.gtk_window(), loader.pixbuf()) {
        gtk_window.set_icon(Some(&icon));
    }
}
