//! Notifications of the desktop, and who is told when the user clicks on one.

#[cfg(target_os = "linux")]
#[path = "notifications/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "notifications/by_notify_rust.rs"]
mod system;

mod icon;
mod shown;

use bridge_contract::{
    BridgeError, ErrorCode, NativeEvent, NotificationClick, NotificationOptions, NotificationShown,
};
use serde_json::json;
use tauri::{AppHandle, Manager as _};

pub(crate) use shown::Notifications;

use self::icon::Icon;
use crate::{bridge::Call, native_events, state::AppState, windows};

type Result<T> = std::result::Result<T, BridgeError>;

/// Longest title, and longest body, in characters: what no desktop shows in full.
const MAX_TITLE: usize = 250;
const MAX_BODY: usize = 4000;
/// Longest tag, id of a button or text on one, in characters.
const MAX_WORD: usize = 100;
/// Buttons (count): Windows has 5 at most, and others show fewer.
const MAX_ACTIONS: usize = 4;
/// What a click on the notification itself is called, here and by the desktops of Linux.
const DEFAULT_ACTION: &str = "default";

/// Can notifications be shown? Waits for the desktop.
pub(crate) fn state() -> &'static str {
    if system::is_there() { "granted" } else { "denied" }
}

/// A notification that is to be shown.
struct Notification {
    title: String,
    body: String,
    icon: Option<Icon>,
    silent: bool,
    /// Id and text of each button.
    actions: Vec<(String, String)>,
}

/// Shows a notification for the page that called. Waits for the desktop.
pub(crate) fn show(call: &Call, options: NotificationOptions) -> Result<NotificationShown> {
    check(&options)?;
    let app = call.window.app_handle();
    let state = app.state::<AppState>();
    let icon = options.icon.as_deref().map(|icon| icon::read(&state, icon)).transpose()?;
    state.notifications.count()?;
    let owner = shown::Owner { label: call.window.label().to_owned(), page: call.page };
    let id = state.notifications.add(owner, options.tag.clone());
    let actions = options.actions.unwrap_or_default();
    let notification = Notification {
        title: options.title,
        body: options.body.unwrap_or_default(),
        icon,
        silent: options.silent.unwrap_or_default(),
        actions: actions.into_iter().map(|action| (action.id, action.title)).collect(),
    };
    match system::show(app, id, notification) {
        Ok(actions) => Ok(NotificationShown { shown: true, id, actions }),
        Err(error) => {
            state.notifications.forget_unshown(id);
            Err(error)
        }
    }
}

fn check(options: &NotificationOptions) -> Result<()> {
    let actions = options.actions.as_deref().unwrap_or_default();
    let body = options.body.as_deref().unwrap_or_default();
    let words = actions.iter().flat_map(|action| [&action.id, &action.title]).chain(&options.tag);
    let reason = if options.title.trim().is_empty() {
        "the title is empty".to_owned()
    } else if options.title.chars().count() > MAX_TITLE {
        format!("the title has more than {MAX_TITLE} characters")
    } else if body.chars().count() > MAX_BODY {
        format!("the body has more than {MAX_BODY} characters")
    } else if actions.len() > MAX_ACTIONS {
        format!("more than {MAX_ACTIONS} actions: {}", actions.len())
    } else if let Some(word) = words.into_iter().find(|word| !is_word(word)) {
        format!(
            "a tag, and id and title of an action, have 1 to {MAX_WORD} characters, found: `{word:.20}`"
        )
    } else if actions.iter().any(|action| action.id == DEFAULT_ACTION) {
        format!("the id of a click on the notification itself: `{DEFAULT_ACTION}`")
    } else {
        return Ok(());
    };
    Err(BridgeError::new(ErrorCode::BridgeInvalidArgument, reason))
}

fn is_word(word: &str) -> bool {
    (1..=MAX_WORD).contains(&word.chars().count())
}

/// The user has clicked on a notification, or on one of its buttons: its window comes to the front after a click on the notification
/// itself, and the page that showed it is told, if it is still there.
fn clicked(app: &AppHandle, id: u32, action: &str) {
    let state = app.state::<AppState>();
    let Some((owner, tag)) = state.notifications.owner(id) else { return };
    if action == DEFAULT_ACTION
        && let Some(window) = app.get_webview_window(&owner.label)
    {
        // What the window cannot do, it cannot do.
        let _ = windows::bring_to_front(&window);
    }
    if state.page(&owner.label) == owner.page {
        let click = NotificationClick { id, tag, action: action.to_owned() };
        let event = "notification:click".to_owned();
        let event = NativeEvent { event, payload: json!(click), source: None };
        native_events::send_to(&state, &owner.label, event);
    }
}

fn failed(error: impl std::fmt::Display) -> BridgeError {
    let message = format!("the notification cannot be shown: {error}");
    BridgeError::new(ErrorCode::NotificationsFailed, message)
}

#[cfg(test)]
mod tests {
    use bridge_contract::NotificationAction;

    use super::*;

    fn options() -> NotificationOptions {
        NotificationOptions { title: "Mail".to_owned(), ..NotificationOptions::default() }
    }

    fn actions(ids: &[&str]) -> Option<Vec<NotificationAction>> {
        let action = |id: &&str| NotificationAction { id: (*id).to_owned(), title: "x".to_owned() };
        Some(ids.iter().map(action).collect())
    }

    #[test]
    fn what_no_desktop_shows_is_refused() {
        let reason = |options| check(&options).err().map(|error| error.message).unwrap_or_default();
        assert_eq!(reason(options()), "");
        assert_eq!(
            reason(NotificationOptions { actions: actions(&["a", "b", "c", "d"]), ..options() }),
            ""
        );
        for (options, part) in [
            (NotificationOptions { title: " ".to_owned(), ..options() }, "empty"),
            (NotificationOptions { title: "é".repeat(251), ..options() }, "250"),
            (NotificationOptions { body: Some("x".repeat(4001)), ..options() }, "4000"),
            (NotificationOptions { tag: Some(String::new()), ..options() }, "1 to 100"),
            (NotificationOptions { actions: actions(&["default"]), ..options() }, "`default`"),
            (NotificationOptions { actions: actions(&[""]), ..options() }, "1 to 100"),
            (
                NotificationOptions { actions: actions(&["a", "b", "c", "d", "e"]), ..options() },
                "more than 4",
            ),
        ] {
            assert!(reason(options).contains(part), "{part}");
        }
    }
}
