//! Payloads of the modules `menu` and `tray`.

use serde::Serialize;

/// `menu:event`: the user chose an item of the app's own, in the bar or at the tray icon.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct MenuEvent {
    pub id: String,
    /// Whether the item's mark is set now, if it can have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<bool>,
    /// `file`, `edit`, `view`, `window`, `macosroot`, `tray`, or the id of a section of the app's own.
    pub section: String,
    /// Text of the menu that the item stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_label: Option<String>,
    /// Id of that menu, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// The window that had the focus last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_focused_window_label: Option<String>,
}

/// `tray:icon`: what the pointer does at the tray icon. Places and sizes are physical pixels of the desktop.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TrayIconEvent {
    pub id: &'static str,
    #[serde(rename = "type")]
    #[cfg_attr(
        feature = "typescript",
        ts(type = "\"click\" | \"double-click\" | \"enter\" | \"leave\"")
    )]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "\"left\" | \"right\" | \"middle\""))]
    pub button: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "\"up\" | \"down\""))]
    pub state: Option<&'static str>,
    pub position: TrayPoint,
    pub rect: TrayRect,
}

/// A place on the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrayPoint {
    pub x: f64,
    pub y: f64,
}

/// Where the icon is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrayRect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}
