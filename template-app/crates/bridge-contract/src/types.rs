//! Payloads of commands and events. Field names are what the page sees (snake_case, as Desktopr documents them).

mod auth;
mod desk;
mod diagnostics;
mod downloads;
mod files;
mod fs;
mod menu;
mod network;
mod plugins;
mod start;
mod updates;

pub use auth::{AuthOptions, AuthPkce, AuthRedirect, AuthResult};
pub use desk::{
    ClipboardPicture, NotificationAction, NotificationClick, NotificationOptions,
    NotificationShown, ShortcutEvent, Stroke,
};
pub use diagnostics::{
    ErrorPayload, LastExit, PrivacySettings, RecordsArea, RecordsFile, RetentionRun,
};
pub use downloads::{Download, DownloadState};
pub use files::{DropPosition, FileDrop, FilePicked, FileRejected, FilesPicked};
pub use fs::{FsChange, FsItem, FsListing, FsOpened, FsUsage};
pub use menu::{MenuEvent, TrayIconEvent, TrayPoint, TrayRect};
pub use network::{
    NetworkAddresses, NetworkBandwidth, NetworkChange, NetworkFetched, NetworkPing, NetworkReason,
    NetworkRedirect, NetworkStatus,
};
pub use plugins::{PluginInfo, PluginInstalled, PluginLimits, PluginRun, PluginStatus};
pub use start::{AutostartMode, Deeplink, DeeplinkSegments, FilesOpened, VariableChange};
pub use updates::{UpdateInfo, UpdateProgress};

use serde::Serialize;

/// `app.info()`: what is known about the running app.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct AppInfo {
    pub name: String,
    pub version: String,
    /// Node's word for the system: `linux`, `darwin` or `win32`.
    pub os: &'static str,
    /// Node's word for the processor: `x64`, `arm64`, …
    pub arch: &'static str,
    /// True when the runtime was compiled for debugging.
    pub is_debug: bool,
    pub pid: u32,
    /// Milliseconds since 1970-01-01 UTC.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub now_unix_ms: u64,
    pub has_main_window: bool,
    pub windows: Vec<AppWindowInfo>,
    pub screens: Vec<AppScreenInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_screen: Option<AppScreenInfo>,
    /// Only with `{"app": {"paths": true}}`, as are the three below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_dir: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_dir: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temp_dir: Option<String>,
}

/// A window as `app.info()` lists it: inner size and outer position in physical pixels.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AppWindowInfo {
    pub label: String,
    pub width: u32,
    pub height: u32,
    pub x: i32,
    pub y: i32,
    pub is_visible: bool,
    pub is_minimized: bool,
    pub is_maximized: bool,
    pub is_fullscreen: bool,
}

/// A screen: size and position in physical pixels.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct AppScreenInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub width: u32,
    pub height: u32,
    pub x: i32,
    pub y: i32,
    pub scale_factor: f64,
}

/// A size in physical pixels.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WindowSize {
    pub width: u32,
    pub height: u32,
}

/// A position in physical pixels, from the top left corner of the desktop.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WindowPosition {
    pub x: i32,
    pub y: i32,
}

/// `window.getInfo()`. A field is absent where the system does not tell.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WindowInfo {
    pub label: String,
    /// Opened with `cacheOnly`.
    pub cache_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focused: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimized: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximized: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fullscreen: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decorated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resizable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_on_top: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_size: Option<WindowSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outer_size: Option<WindowSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_position: Option<WindowPosition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outer_position: Option<WindowPosition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_factor: Option<f64>,
}

/// What travels through a page's event channel.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NativeEvent {
    pub event: String,
    #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
    pub payload: serde_json::Value,
    /// Label of the window whose page emitted it; null when the runtime did.
    pub source: Option<String>,
}

/// Versions of the bridge's API and of the runtime.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CoreVersion {
    pub api_version: &'static str,
    pub runtime_version: &'static str,
}
