//! The section `shortcuts`.

use serde::{Deserialize, Serialize};

/// A key that is bound to the event `shortcut:event`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shortcut {
    /// What the event calls it.
    pub id: String,
    /// An accelerator; of a window also several, one after the other.
    pub accelerator: String,
    pub scope: ShortcutScope,
}

/// Where a key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ShortcutScope {
    /// On the whole desktop.
    Global,
    /// In a window of the app that has the focus.
    Window,
}
