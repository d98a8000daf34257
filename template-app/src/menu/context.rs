//! A menu at a place in the page: one at a time, and each has its answer.

#[cfg(not(target_os = "linux"))]
mod native;

use std::{sync::atomic::Ordering, time::Duration};

use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::menu::Entry;
use tauri::{Manager as _, WebviewWindow};
use tokio::sync::oneshot;

#[cfg(not(target_os = "linux"))]
use self::native as system;
#[cfg(target_os = "linux")]
use super::linux::context as system;
use crate::state::AppState;

/// Where a menu opens, in the page's own pixels from its upper left corner; at the pointer when there is no such place.
pub(crate) type Place = Option<(f64, f64)>;

/// Shows a menu and waits for the user's choice, or for the end of the time.
pub(crate) async fn show(
    window: &WebviewWindow,
    entries: Vec<Entry>,
    place: Place,
    timeout: Option<Duration>,
) -> Result<Option<String>, BridgeError> {
    let state = window.state::<AppState>();
    if state.menu.has_context_menu.swap(true, Ordering::AcqRel) {
        let message = "a menu is open already; wait for its answer";
        return Err(BridgeError::new(ErrorCode::MenuAlreadyOpen, message));
    }
    let (sender, mut receiver) = oneshot::channel();
    // It says by itself when the next one may open.
    system::open(window, entries, place, sender).map_err(|error| {
        closed(&state);
        super::unsupported(error)
    })?;
    let answer = match timeout {
        None => receiver.await,
        Some(timeout) => match tokio::time::timeout(timeout, &mut receiver).await {
            Ok(answer) => answer,
            Err(_) => {
                system::close(window.app_handle());
                receiver.await
            }
        },
    };
    match answer {
        Ok(answer) => answer.map_err(super::unsupported),
        // The window went before the menu came, so nobody says that it is gone.
        Err(_) => {
            closed(&state);
            Ok(None)
        }
    }
}

/// A choice, none, or why no menu opened.
pub(super) type Answer = Result<Option<String>, &'static str>;

/// The menu is gone: the next one may open.
pub(super) fn closed(state: &AppState) {
    state.menu.has_context_menu.store(false, Ordering::Release);
}
