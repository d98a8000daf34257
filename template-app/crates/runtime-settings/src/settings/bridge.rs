//! Who may use the bridge, and what it offers.

use serde::{Deserialize, Serialize};

use crate::UrlRule;

/// The section `bridge`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bridge {
    /// Origins on the web that have the bridge; the pack's own pages always have it.
    pub origins: Vec<UrlRule>,
    /// What pages in the main window, and in windows that it opens, may use.
    pub modules: Modules,
    /// What pages in `cacheOnly` windows may use.
    pub cache_only: Modules,
    /// Each message goes through a frame that checks and encrypts it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub isolation: bool,
}

/// The modules that are on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Modules {
    pub app: Option<AppModule>,
    pub auth: bool,
    pub autostart: bool,
    pub badge: bool,
    pub clipboard: bool,
    pub diagnostics: bool,
    pub downloads: bool,
    pub events: bool,
    /// Files that the user chooses or drops.
    pub files: bool,
    /// Files of the app's own.
    pub fs: Option<FsModule>,
    pub global_variables: bool,
    /// The app's menu, and menus at a place in the page.
    pub menu: bool,
    pub network: Option<NetworkModule>,
    pub notifications: bool,
    pub plugins: bool,
    /// Keys of the whole desktop; those of a window need nobody's leave.
    pub shortcuts: bool,
    pub tray: bool,
    pub updates: bool,
    pub window: Option<WindowModule>,
}

/// Options of the module `network`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkModule {
    /// Where `network.fetch` may go, by origin.
    pub hosts: Vec<UrlRule>,
    /// URLs that `status` and the monitor ask when the page names none; the content's own origin where the list is empty.
    pub targets: Vec<String>,
    /// Whether this machine and its local network may be reached.
    pub lan: bool,
}

/// Options of the module `app`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppModule {
    /// `app.info()` tells host paths.
    pub paths: bool,
}

/// Options of the module `fs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FsModule {
    /// At least one, none twice.
    pub scopes: Vec<FsScope>,
    /// The most that `data` and `cache` may hold, each, in bytes.
    pub quota: u64,
    /// The most that the trash may hold, in bytes; the oldest goes first.
    pub trash: u64,
}

/// A folder that the page works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FsScope {
    Data,
    Cache,
    Trash,
    Diagnostics,
    /// `fs.pluginFs`.
    Plugins,
}

/// Options of the module `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowModule {
    /// `window.new()` opens windows.
    pub open: bool,
}
