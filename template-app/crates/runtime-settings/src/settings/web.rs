//! How the webview behaves, in every window of the app.

use serde::{Deserialize, Serialize};

/// The section `web`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Web {
    /// Absent: the webview's own.
    pub user_agent: Option<String>,
    /// `http://host:port` or `socks5://host:port`; absent: the system's.
    pub proxy: Option<String>,
    /// Nothing of cookies, storage and cache outlives the app.
    pub incognito: bool,
    /// Files of the pack whose text becomes a style sheet of the app's own pages, in order.
    pub inject_css: Vec<String>,
    /// Files of the pack that run in the app's own pages, in order, before any script of the page.
    pub inject_js: Vec<String>,
    /// The user may open the developer tools.
    pub devtools: bool,
    /// The webview's own menu at a right click.
    pub context_menu: bool,
    pub spell_check: bool,
    pub downloads: DownloadFolder,
    pub permissions: Permissions,
}

/// Where downloads go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DownloadFolder {
    /// The user is asked each time.
    #[default]
    Ask,
    /// The user's folder of downloads.
    Downloads,
}

/// What pages of the app's own may ask the system for; everything else is refused without a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permissions {
    pub camera: bool,
    pub microphone: bool,
    pub geolocation: bool,
    pub notifications: bool,
    pub clipboard_read: bool,
}
