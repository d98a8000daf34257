//! The icon in the system's tray.

use runtime_settings::menu::{Label, MenuItem};
use serde::Serialize;

use super::AppModel;
use crate::values::OnClose;

/// The icon in the system's tray. What is absent is the usual: the app's icon and name, and the words of the user's language.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tray {
    /// Relative to the config file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<Label>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub menu: Vec<MenuItem>,
    pub start_hidden: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_label: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quit_label: Option<Label>,
}

impl AppModel {
    /// Whether the app shows an icon in the tray, or its page can.
    pub fn may_show_tray(&self) -> bool {
        let modules = &self.bridge.modules;
        self.window.on_close == OnClose::HideToTray
            || self.tray.is_some()
            || self.menu.as_ref().is_some_and(|menu| menu.tray.is_some())
            || modules.tray
            || modules.menu
    }
}
