//! The icon in the system's tray.

use serde::{Deserialize, Serialize};

use crate::menu::{Label, MenuItem};

/// The section `tray`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tray {
    /// A PNG of the pack; absent: the app's own icon.
    pub icon: Option<String>,
    /// Absent: the app's name.
    pub tooltip: Option<Label>,
    /// Above the runtime's own items.
    pub menu: Vec<MenuItem>,
    /// The main window stays hidden at start, where there is a tray.
    pub start_hidden: bool,
    /// The item that brings the window back; absent: the usual word in the user's language.
    pub show_label: Option<Label>,
    /// The item that ends the app; absent: the usual word in the user's language.
    pub quit_label: Option<Label>,
}
