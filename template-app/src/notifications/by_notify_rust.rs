//! Windows and macOS: `notify-rust`, which tauri-plugin-notification uses too, and which tells of clicks.
//!
//! A click is told while the notification is on the screen; later ones, in the system's list, are not. The systems do not replace
//! notifications by a tag here: each is a new one.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use bridge_contract::{BridgeError, ErrorCode};
use notify_rust::{NotificationHandle, NotificationResponse};
use tauri::{AppHandle, Manager as _};

use super::{DEFAULT_ACTION, Notification, Result, failed};
use crate::state::AppState;

/// Notifications that are waited for at the same time (count): each takes a thread until the user has done with it.
const MAX_WAITING: usize = 20;

static WAITING: AtomicUsize = AtomicUsize::new(0);

pub(super) fn is_there() -> bool {
    true
}

/// Shows a notification, and says whether its buttons can be seen.
pub(super) fn show(app: &AppHandle, id: u32, notification: Notification) -> Result<bool> {
    let state = app.state::<AppState>();
    let mut native = notify_rust::Notification::new();
    native.summary(&notification.title).body(&notification.body);
    if !notification.silent {
        native.sound_name("Default");
    }
    if let Some(icon) = notification.icon {
        let path = icon.path.and_then(|path| state.pack.place(&path)).ok_or_else(no_data_icon)?;
        native.image_path(&path.to_string_lossy());
    }
    identify(&mut native, &state.settings.app.id);
    for (action, title) in &notification.actions {
        native.action(action, &title_of_button(title));
    }
    let has_actions = !notification.actions.is_empty();
    if WAITING.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        return native.show().map(|_| has_actions).map_err(failed);
    }
    // macOS shows it when somebody waits for it, Windows at once, and says what is wrong with it.
    #[cfg(windows)]
    let shown = native.show().inspect_err(|_| {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    });
    #[cfg(windows)]
    let shown = shown.map_err(failed)?;
    let app = app.clone();
    let waiter = thread::Builder::new().name("notification".to_owned()).spawn(move || {
        #[cfg(windows)]
        wait(&app, id, shown);
        #[cfg(not(windows))]
        if let Ok(shown) = native.show() {
            wait(&app, id, shown);
        }
        app.state::<AppState>().notifications.remove(id);
        WAITING.fetch_sub(1, Ordering::Relaxed);
    });
    match waiter {
        Ok(_) => Ok(has_actions),
        Err(error) => {
            WAITING.fetch_sub(1, Ordering::Relaxed);
            Err(failed(error))
        }
    }
}

fn no_data_icon() -> BridgeError {
    let message = "this system takes icons of the packed content only";
    BridgeError::new(ErrorCode::NotificationsUnsupported, message)
}

/// Until the user has clicked, or it is gone.
fn wait(app: &AppHandle, id: u32, shown: NotificationHandle) {
    // A notification that cannot be waited for is one that nobody clicks on.
    let _ = shown.wait_for_response(|response: &NotificationResponse| match response {
        NotificationResponse::Default => super::clicked(app, id, DEFAULT_ACTION),
        NotificationResponse::Action(action) => super::clicked(app, id, action),
        _ => {}
    });
}

/// On macOS the crate below hands the titles over with commas between them.
fn title_of_button(title: &str) -> String {
    if cfg!(target_os = "macos") { title.replace(',', "\u{201a}") } else { title.to_owned() }
}

/// Says whose notification it is. The id is that of the shortcut which the installer makes; Windows drops those of an app that is not
/// installed.
#[cfg(windows)]
fn identify(native: &mut notify_rust::Notification, app_id: &str) {
    native.app_id(app_id);
}

/// Once for the process: a second time says that it is done.
#[cfg(target_os = "macos")]
fn identify(_: &mut notify_rust::Notification, app_id: &str) {
    let _ = notify_rust::set_application(app_id);
}
