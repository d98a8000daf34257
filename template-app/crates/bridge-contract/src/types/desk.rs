//! Payloads of the modules `clipboard`, `notifications` and `shortcuts`. Field names are camelCase.

use serde::{Deserialize, Serialize};

/// A picture on the clipboard: its pixels are a stream.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ClipboardPicture {
    pub width: u32,
    pub height: u32,
    pub stream: u32,
    /// In bytes.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub size: u64,
}

/// What `notifications.show` takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct NotificationOptions {
    /// The first line, up to 250 characters.
    pub title: String,
    /// The text below it, up to 4,000 characters. It is shown as it is written: no markup.
    pub body: Option<String>,
    /// A picture of the app's own content, such as `/icons/mail.png`, or a `data:` URL of a PNG or JPEG, up to 1 MiB. The app's icon if
    /// left out.
    pub icon: Option<String>,
    /// A notification with the tag of an earlier one of this window takes its place.
    pub tag: Option<String>,
    /// Without a sound.
    pub silent: Option<bool>,
    /// Buttons, up to 4, where the system has them.
    pub actions: Option<Vec<NotificationAction>>,
}

/// A button of a notification.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NotificationAction {
    /// What `onClick` gets as `action`; not `default`.
    pub id: String,
    /// What is on the button.
    pub title: String,
}

/// A notification that the system has taken.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NotificationShown {
    #[cfg_attr(feature = "typescript", ts(type = "true"))]
    pub shown: bool,
    /// What `onClick` gets as `id`.
    pub id: u32,
    /// Whether the buttons are shown.
    pub actions: bool,
}

/// The user has clicked on a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NotificationClick {
    pub id: u32,
    /// The notification's tag; null when it has none.
    pub tag: Option<String>,
    /// Id of the button, or `default` for the notification itself.
    pub action: String,
}

/// A shortcut has been pressed, or released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShortcutEvent {
    /// As it was written where it was registered.
    pub accelerator: String,
    /// The one way of writing it, such as `shift+control+KeyK`.
    pub shortcut: String,
    /// Of one in app.json its `id`, else the accelerator as it was written.
    pub id: String,
    /// A key that is held is pressed once.
    #[cfg_attr(feature = "typescript", ts(type = "\"Pressed\" | \"Released\""))]
    pub state: &'static str,
}
