//! The resolved config: defaults applied, rules hold, nothing left to decide.
//! Serialised, a model is a config again, and one that resolves to itself.

mod plugins;
mod start;
mod tray;

use runtime_settings::menu::MenuConfig;
use serde::{Serialize, Serializer};
use url::Url;

use crate::delivery::{Signing, Updates};
use crate::target::{BundleFormat, System, Target};
use crate::values::{
    Accelerators, AppId, AppVersion, Category, Color, DownloadFolder, External, FsScope,
    InstallMode, InstallerLanguage, OnClose, Popups, ProxyUrl, RuntimeSource, ScriptPath,
    ShortcutScope, Slug, StylePath, Theme, TitleBarStyle, UrlRule, UserAgent, WebviewInstall,
};

pub use plugins::{BundledPlugin, Plugins, PluginsLimits};
pub use start::{Autostart, DeepLinks, FileAssociation};
pub use tray::Tray;

/// Everything that later stages may know of an app.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppModel {
    pub app: App,
    pub content: Content,
    pub window: Window,
    pub navigation: Navigation,
    pub web: Web,
    pub bridge: Bridge,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<Plugins>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shortcuts: Vec<Shortcut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deep_links: Option<DeepLinks>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub file_associations: Vec<FileAssociation>,
    /// Present where the bridge's module is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autostart: Option<Autostart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub menu: Option<MenuConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tray: Option<Tray>,
    pub single_instance: bool,
    pub bundle: Bundle,
    pub build: Build,
    #[serde(skip_serializing_if = "Signing::is_none")]
    pub signing: Signing,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updates: Option<Updates>,
}

/// Who the app is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// Any language, any quotes; line breaks and tabs are its only control characters.
    pub name: String,
    pub id: AppId,
    pub slug: Slug,
    pub version: AppVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copyright: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Relative to the config file. `None`: nothing is written, so `icon.svg` is taken if it is there, else the built-in picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
}

/// What the app shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Content {
    /// A site on the web.
    Url { url: Url },
    /// A folder that is packed into the app.
    Dir {
        /// Relative to the config file.
        dir: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        build: Option<String>,
        /// A server on this machine that shows the content while it is made.
        #[serde(skip_serializing_if = "Option::is_none")]
        dev_url: Option<Url>,
        spa_fallback: bool,
        csp: String,
    },
}

/// The main window; sizes in logical pixels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    pub title: String,
    pub width: u32,
    pub height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_height: Option<u32>,
    pub center: bool,
    pub resizable: bool,
    pub maximized: bool,
    pub fullscreen: bool,
    pub always_on_top: bool,
    pub decorations: bool,
    pub transparent: bool,
    /// On macOS.
    pub title_bar_style: TitleBarStyle,
    pub background_color: BackgroundColor,
    pub theme: Theme,
    /// 1 is 100 %.
    pub zoom: f64,
    pub remember_geometry: bool,
    pub on_close: OnClose,
}

/// The colour behind the page until it has drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BackgroundColor {
    pub light: Color,
    pub dark: Color,
}

/// Where the main frame may go.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Navigation {
    /// Besides the content itself.
    pub internal: Vec<UrlRule>,
    pub external: External,
    pub popups: Popups,
    pub login_hosts: bool,
}

/// How the webview behaves.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Web {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<UserAgent>,
    /// Never with a target for macOS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyUrl>,
    pub incognito: bool,
    /// Relative to the config file, none twice.
    pub inject_css: Vec<StylePath>,
    /// Relative to the config file, none twice.
    pub inject_js: Vec<ScriptPath>,
    pub devtools: bool,
    pub context_menu: bool,
    pub spell_check: bool,
    pub downloads: Downloads,
    pub permissions: Permissions,
}

/// What becomes of downloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Downloads {
    pub folder: DownloadFolder,
}

/// What pages may ask the system for. A text is what macOS tells the user; `None` is off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Permissions {
    #[serde(serialize_with = "options_or_false")]
    pub camera: Option<String>,
    #[serde(serialize_with = "options_or_false")]
    pub microphone: Option<String>,
    #[serde(serialize_with = "options_or_false")]
    pub geolocation: Option<String>,
    pub notifications: bool,
    pub clipboard_read: bool,
}

/// What the page may do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bridge {
    /// Besides the pack's own origin, which packed content always has. Never with a path.
    pub origins: Vec<UrlRule>,
    pub modules: Modules,
    pub cache_only: CacheOnly,
    /// Never with content on the web, nor with `origins`.
    pub isolation: bool,
}

/// Windows with cookies and storage of their own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CacheOnly {
    /// Never `plugins`, and of `fs` the scope `cache`.
    pub modules: Modules,
}

/// The modules that the page may use.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Modules {
    /// `None` is off.
    #[serde(serialize_with = "options_or_false")]
    pub app: Option<AppModule>,
    pub auth: bool,
    pub autostart: bool,
    pub badge: bool,
    pub clipboard: bool,
    pub diagnostics: bool,
    pub downloads: bool,
    pub events: bool,
    pub files: bool,
    /// `None` is off.
    #[serde(serialize_with = "options_or_false")]
    pub fs: Option<FsModule>,
    pub global_variables: bool,
    pub menu: bool,
    /// `None` is off.
    #[serde(serialize_with = "options_or_false")]
    pub network: Option<NetworkModule>,
    pub notifications: bool,
    pub plugins: bool,
    pub shortcuts: bool,
    pub tray: bool,
    pub updates: bool,
    /// `None` is off.
    #[serde(serialize_with = "options_or_false")]
    pub window: Option<WindowModule>,
}

/// Options of the module `fs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FsModule {
    /// At least one, none twice.
    pub scopes: Vec<FsScope>,
    /// MiB that `data` and `cache` may hold, each.
    pub quota_mb: u32,
    /// MiB that the trash may hold.
    pub trash_mb: u32,
}

/// Options of the module `network`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkModule {
    /// Where requests may go.
    pub hosts: Vec<UrlRule>,
    /// What is asked whether the network is there; with none, the content's own origin.
    pub targets: Vec<Url>,
    /// Whether requests may reach this machine and its local network.
    pub lan: bool,
}

/// Options of the module `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WindowModule {
    /// Whether the page may open windows.
    pub open: bool,
}

/// A key that is bound to an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shortcut {
    pub accelerator: Accelerators,
    pub id: String,
    pub scope: ShortcutScope,
}

/// Options of the module `app`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AppModule {
    /// Whether paths of the machine are told.
    pub paths: bool,
}

/// What installers are made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bundle {
    /// At least one, none twice.
    pub targets: Vec<Target>,
    pub formats: Formats,
    pub linux: LinuxBundle,
    pub windows: WindowsBundle,
    pub macos: MacosBundle,
}

/// What Linux packages say besides.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinuxBundle {
    pub section: String,
    /// Besides the runtime's own libraries.
    pub deb_depends: Vec<String>,
    /// Besides the runtime's own libraries.
    pub rpm_depends: Vec<String>,
}

/// How Windows installers behave.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowsBundle {
    pub install_mode: InstallMode,
    /// At least one, none twice.
    pub languages: Vec<InstallerLanguage>,
    pub webview: WebviewInstall,
}

/// What the app bundle for macOS says besides.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MacosBundle {
    pub minimum_version: String,
    /// Relative to the config file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<String>,
}

/// The kinds of installer per system, none twice, and none for a system without a target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Formats {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linux: Vec<BundleFormat>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<BundleFormat>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub macos: Vec<BundleFormat>,
}

/// How the app is built.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Build {
    pub runtime: RuntimeSource,
}

impl Formats {
    /// The kinds of installer for this system.
    pub fn of(&self, system: System) -> &[BundleFormat] {
        match system {
            System::Linux => &self.linux,
            System::Windows => &self.windows,
            System::Macos => &self.macos,
        }
    }
}

fn options_or_false<T: Serialize, S: Serializer>(
    module: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match module {
        Some(options) => options.serialize(serializer),
        None => serializer.serialize_bool(false),
    }
}
