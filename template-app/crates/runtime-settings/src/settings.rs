//! The type of `runtime.json`: everything that makes the runtime this app and no other.
//!
//! Defaults are applied before it is written, so there is nothing optional here but what is truly absent. The runtime
//! refuses unknown fields and other formats: pack and runtime come from one commit.

mod bridge;
mod shortcuts;
mod start;
mod tray;
mod updates;
mod web;

use serde::{Deserialize, Serialize};

use crate::{UrlRule, menu::MenuConfig, plugins::Plugins};

pub use bridge::{AppModule, Bridge, FsModule, FsScope, Modules, NetworkModule, WindowModule};
pub use shortcuts::{Shortcut, ShortcutScope};
pub use start::{Autostart, AutostartMode, DeepLinks};
pub use tray::Tray;
pub use updates::Updates;
pub use web::{DownloadFolder, Permissions, Web};

/// The format that this runtime reads. It rises with every change of the types below.
pub const FORMAT: u32 = 4;

/// `runtime.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuntimeSettings {
    pub format: u32,
    pub app: App,
    pub content: Content,
    pub window: Window,
    pub navigation: Navigation,
    pub web: Web,
    pub bridge: Bridge,
    /// Absent in an app that no links open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deep_links: Option<DeepLinks>,
    /// Extensions of the files that open the app, in lower case and without a dot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub file_extensions: Vec<String>,
    /// Present where the bridge's module `autostart` is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autostart: Option<Autostart>,
    pub single_instance: bool,
    /// Absent in an app that has no plugins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugins: Option<Plugins>,
    /// Absent in an app whose config has no menu; a page may still give it one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub menu: Option<MenuConfig>,
    /// Absent in an app whose config has no icon for the tray; one that hides there has the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tray: Option<Tray>,
    /// Keys that are bound to events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shortcuts: Vec<Shortcut>,
    /// Absent in an app that is never updated by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates: Option<Updates>,
}

/// Who the app is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct App {
    /// As people read it, in any language.
    pub name: String,
    /// Reverse DNS; names the data directories.
    pub id: String,
    /// Name of binary and package.
    pub slug: String,
    /// Semver.
    pub version: String,
}

/// What the main window shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Content {
    /// A site on the web.
    Url { url: String },
    /// The files in the pack's `web` folder.
    Dir {
        /// Unknown routes that accept HTML get `index.html`.
        spa_fallback: bool,
        /// Value of the `Content-Security-Policy` header.
        csp: String,
    },
}

/// The main window. Sizes are logical pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    pub title: String,
    pub width: u32,
    pub height: u32,
    pub min_width: Option<u32>,
    pub min_height: Option<u32>,
    pub max_width: Option<u32>,
    pub max_height: Option<u32>,
    pub center: bool,
    pub resizable: bool,
    pub maximized: bool,
    pub fullscreen: bool,
    pub always_on_top: bool,
    pub decorations: bool,
    pub background_color: BackgroundColor,
    pub theme: Theme,
    /// 1.0 is 100 %.
    pub zoom: f64,
    /// The page decides what is behind it: where it draws nothing, the desktop shows.
    pub transparent: bool,
    pub title_bar_style: TitleBarStyle,
    /// Opens where and as large as it was closed.
    pub remember_geometry: bool,
    pub on_close: OnClose,
}

/// How the title bar looks on macOS; other systems have no such choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TitleBarStyle {
    Visible,
    Transparent,
    /// The page goes to the window's upper edge, below the buttons.
    Overlay,
}

/// What closing the main window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnClose {
    Quit,
    HideToTray,
}

/// Colour behind the page until it has painted, `#rrggbb`, by the system's theme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BackgroundColor {
    pub light: String,
    pub dark: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    System,
    Light,
    Dark,
}

/// Where the main frame may go, and what happens to the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Navigation {
    /// Stays in the app, besides the content's own origin.
    pub internal: Vec<UrlRule>,
    pub external: External,
    pub popups: Popups,
    /// Sign-in hosts of the built-in list may be visited on the way.
    pub login_hosts: bool,
}

/// What happens to a URL that is not the app's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum External {
    Browser,
    Block,
}

/// What `window.open` of a URL that is not the app's does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Popups {
    Browser,
    Window,
    Block,
}
