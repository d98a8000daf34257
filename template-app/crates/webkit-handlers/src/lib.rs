//! Linux: takes the message handlers off a view that is being destroyed.
//!
//! The handler that wry 0.57 connects (`attach_ipc_handler`) owns the view, the view owns its user content manager, and that owns the
//! handler: without this every window would leave its view behind, with an open file of WebKit's.

#![cfg(target_os = "linux")]

use std::ptr::null_mut;

use webkit2gtk::{
    UserContentManager, WebView, WebViewExt as _,
    glib::{
        gobject_ffi as ffi,
        prelude::{ObjectExt as _, ObjectType as _},
        translate::IntoGlib as _,
    },
};

/// Disconnects every handler of script messages from the view's manager. Views that share the manager lose theirs too.
pub fn disconnect(view: &WebView) {
    let Some(manager) = view.user_content_manager() else { return };
    while disconnect_one(&manager) {}
}

#[expect(unsafe_code, reason = "the handler is wry's, and only GLib's own functions find it")]
fn disconnect_one(manager: &UserContentManager) -> bool {
    let instance = manager.as_ptr().cast();
    // SAFETY: the manager is alive, since we hold it; the signal's name is a constant that ends with a zero; a handler that was found
    // is one of this instance, and is disconnected before anything else can do so, on the one thread that WebKitGTK is used on.
    unsafe {
        let signal =
            ffi::g_signal_lookup(c"script-message-received".as_ptr(), manager.type_().into_glib());
        let handler = ffi::g_signal_handler_find(
            instance,
            ffi::G_SIGNAL_MATCH_ID,
            signal,
            0,
            null_mut(),
            null_mut(),
            null_mut(),
        );
        if handler != 0 {
            ffi::g_signal_handler_disconnect(instance, handler);
        }
        handler != 0
    }
}
