//! The section `tray`.

use runtime_settings::menu::{Label, MenuItem};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::defaults;
use crate::values::IconPath;

/// The `tray` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TraySection {
    /// An SVG, or a square PNG of 16 pixels or more, relative to this file. The app's icon if left out.
    pub icon: Option<IconPath>,
    /// The text that appears below the pointer; the app's name if left out. Linux shows none.
    pub tooltip: Option<Label>,
    /// The icon's menu, from top to bottom. Where the window hides behind the icon, items that show it and that end the app follow.
    pub menu: Option<Vec<MenuItem>>,
    /// Whether the main window stays hidden at start. Where no tray would bring it back, it is shown.
    #[schemars(extend("default" = defaults::TRAY_START_HIDDEN))]
    pub start_hidden: Option<bool>,
    /// The item that shows the window; the usual word in the user's language if left out.
    pub show_label: Option<Label>,
    /// The item that ends the app; the usual word in the user's language if left out.
    pub quit_label: Option<Label>,
}
