//! Linux: emptying the profile of a `cacheOnly` window by WebKit's own hand.
//!
//! WebKit keeps the context of each profile until the app ends, and its network process keeps cookies and storage in memory:
//! removing files would not be enough, and a profile for each window would pile up.

use std::{cell::RefCell, collections::HashMap, path::PathBuf};

use tauri::{AppHandle, Manager as _, WebviewWindow};
use webkit2gtk::{
    WebContextExt as _, WebViewExt as _, WebsiteDataManager, WebsiteDataManagerExtManual as _,
    WebsiteDataTypes, gio::Cancellable, glib::TimeSpan,
};

use crate::state::AppState;

thread_local! {
    /// On the window's thread: what empties a profile.
    static KEPT: RefCell<HashMap<PathBuf, (AppHandle, WebsiteDataManager)>> = RefCell::default();
}

/// Remembers what a profile is emptied by.
pub(super) fn keep(window: &WebviewWindow, profile: PathBuf) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    window.with_webview(move |webview| {
        let manager = webview.inner().context().and_then(|context| context.website_data_manager());
        if let Some(manager) = manager {
            KEPT.with_borrow_mut(|kept| kept.insert(profile, (app, manager)));
        }
    })
}

/// Empties a profile, on the window's thread; it can serve again once that is done.
pub(super) fn empty(profile: PathBuf) {
    let Some((app, manager)) = KEPT.with_borrow(|kept| kept.get(&profile).cloned()) else { return };
    let everything = TimeSpan::from_seconds(0);
    manager.clear(WebsiteDataTypes::ALL, everything, Cancellable::NONE, move |cleared| {
        // A profile that could not be emptied serves nobody again.
        if cleared.is_ok() {
            super::is_empty_again(&app.state::<AppState>(), &profile);
        }
    });
}
