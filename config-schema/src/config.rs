//! What the file says, one to one: every field may be missing, nothing has a default yet.
//! The doc comment of a field is its description in the JSON Schema and in the reference.

mod bridge;
mod bundle;
mod delivery;
mod plugins;
mod start;
mod tray;
mod web;

use std::fmt;

use runtime_settings::menu::MenuConfig;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::defaults;
use crate::values::{
    AppId, AppVersion, Category, Color, ContentUrl, Csp, DevUrl, Email, External, HttpUrl,
    IconPath, Line, OnClose, Popups, RelativePath, RuntimeSource, SchemaVersion, Side, Slug, Text,
    Theme, TitleBarStyle, UrlPattern, Zoom,
};

pub use bridge::{
    AppModuleOptions, BridgeSection, CacheOnlyModulesSection, CacheOnlySection, FsModuleOptions,
    ModuleSetting, ModulesSection, NetworkModuleOptions, WindowModuleOptions,
};
pub use bundle::{
    BundleSection, FormatsSection, LinuxBundleSection, LinuxFormat, MacosBundleSection,
    MacosFormat, WindowsBundleSection, WindowsFormat,
};
pub use delivery::{
    MacosSigningSection, SigningSection, UpdatesCheckSection, UpdatesSection, WindowsSigningSection,
};
pub use plugins::{BundledPluginSection, LimitsSection, PluginsLimitsSection, PluginsSection};
pub use start::{AutostartSection, DeepLinksSection, FileAssociationSection};
pub use tray::TraySection;
pub use web::{DownloadsSection, PermissionsSection, UsageSetting, WebSection};

/// Entries of a list (count). The longest ones are origins and URL patterns, which every opened page is compared with.
pub(crate) const MAX_ENTRIES: usize = 100;

/// What a web app needs to become a desktop app.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Deskwright app config")]
pub struct AppConfig {
    /// Where an editor finds the JSON Schema of this file.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// The version of the form of this file.
    #[schemars(extend("default" = defaults::SCHEMA_VERSION))]
    pub schema_version: Option<SchemaVersion>,
    /// Who the app is.
    #[schemars(required)]
    pub app: Option<AppSection>,
    /// What the app shows: a site on the web (`url`) or a folder that is packed into the app (`dir`).
    #[schemars(required)]
    pub content: Option<ContentSection>,
    /// The main window. It appears when the page has loaded, or after three seconds.
    pub window: Option<WindowSection>,
    /// Where the main frame may go. Frames inside the page are not affected.
    pub navigation: Option<NavigationSection>,
    /// How the webview behaves, in every window of the app.
    pub web: Option<WebSection>,
    /// What the page may do on the desktop, through `window.Desktopr`.
    pub bridge: Option<BridgeSection>,
    /// WebAssembly modules that the page can call, through the bridge's module `plugins`.
    pub plugins: Option<PluginsSection>,
    /// Links of the app's own, such as `notes://page/1`, that open it.
    pub deep_links: Option<DeepLinksSection>,
    /// Types of files that the app opens, also by a double click. Pages get such files like dropped ones.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES))]
    pub file_associations: Option<Vec<FileAssociationSection>>,
    /// How the app appears when the system starts it at sign-in. Whether it does is for the user, by the bridge's module `autostart`.
    pub autostart: Option<AutostartSection>,
    /// The app's menu: a bar in the main window, on macOS that of the screen. Pages change it by the bridge's module `menu`.
    pub menu: Option<MenuConfig>,
    /// The icon in the system's tray. Pages change it by the bridge's module `tray`.
    pub tray: Option<TraySection>,
    /// Whether a second start shows the running app, and hands its arguments over, instead of opening another one.
    #[schemars(extend("default" = defaults::SINGLE_INSTANCE))]
    pub single_instance: Option<bool>,
    /// Which installers are made.
    pub bundle: Option<BundleSection>,
    /// How the app is built.
    pub build: Option<BuildSection>,
    /// By which way installers are signed. Keys and passwords never stand here: they are secrets of the build.
    pub signing: Option<SigningSection>,
    /// Signed updates: a release then carries a signature of every installer and the manifest that tells of them.
    pub updates: Option<UpdatesSection>,
}

/// The `app` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppSection {
    /// The name that people see, in any language.
    #[schemars(required)]
    pub name: Option<Text<100>>,
    /// A reverse-DNS identifier such as `com.example.notes`. It names the app's data folders: keep it for ever.
    #[schemars(required)]
    pub id: Option<AppId>,
    /// The name of binary, package and release tag: keep it for ever. Made from the name if left out, else from the id's last part.
    pub slug: Option<Slug>,
    /// The version of the app: semantic versioning without build metadata.
    #[schemars(extend("default" = defaults::APP_VERSION))]
    pub version: Option<AppVersion>,
    /// What the app does, for package managers and stores.
    pub description: Option<Text<1000>>,
    /// Who publishes the app.
    pub publisher: Option<Line<100>>,
    /// Where the publisher can be reached; the maintainer's address of Linux packages.
    pub publisher_email: Option<Email>,
    /// The copyright notice.
    pub copyright: Option<Line<200>>,
    /// The app's page on the web.
    pub homepage: Option<HttpUrl>,
    /// The licence, as an SPDX expression such as `MIT`.
    pub license: Option<Line<100>>,
    /// The kind of app.
    pub category: Option<Category>,
    /// An SVG, or a square PNG of 512 pixels or more, relative to this file. A built-in picture stands in if left out and `icon.svg` does not exist.
    #[schemars(extend("default" = defaults::ICON))]
    pub icon: Option<IconPath>,
}

/// The `content` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["url"] }, { "required": ["dir"] }]))]
#[schemars(extend("dependentRequired" = {
    "build": ["dir"], "devUrl": ["dir"], "spaFallback": ["dir"], "csp": ["dir"]
}))]
pub struct ContentSection {
    /// The address of the web app: https, or http on localhost.
    pub url: Option<ContentUrl>,
    /// The folder with `index.html`, relative to this file, that is packed into the app.
    pub dir: Option<RelativePath>,
    /// A command that makes the content of `dir`, run in the folder of this file before every build.
    pub build: Option<Line<1000>>,
    /// Where a server for development shows the content: `cargo xtask dev` opens this address on localhost instead of the files. Builds do not know it.
    pub dev_url: Option<DevUrl>,
    /// Whether an unknown path that asks for a page gets `index.html`, as single-page apps need it.
    #[schemars(extend("default" = defaults::SPA_FALLBACK))]
    pub spa_fallback: Option<bool>,
    /// The Content-Security-Policy of the packed content, used as it is written. Without the IPC sources of the default, calls of the bridge take a slower way.
    #[schemars(extend("default" = defaults::CSP))]
    pub csp: Option<Csp>,
}

/// The `window` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowSection {
    /// The title. The app's name if left out.
    pub title: Option<Text<200>>,
    /// Width of the content in logical pixels.
    #[schemars(extend("default" = defaults::WINDOW_WIDTH))]
    pub width: Option<Side>,
    /// Height of the content in logical pixels.
    #[schemars(extend("default" = defaults::WINDOW_HEIGHT))]
    pub height: Option<Side>,
    /// Smallest width in logical pixels.
    pub min_width: Option<Side>,
    /// Smallest height in logical pixels.
    pub min_height: Option<Side>,
    /// Largest width in logical pixels.
    pub max_width: Option<Side>,
    /// Largest height in logical pixels.
    pub max_height: Option<Side>,
    /// Whether the window opens in the middle of the screen.
    #[schemars(extend("default" = defaults::WINDOW_CENTER))]
    pub center: Option<bool>,
    /// Whether the user may change the window's size.
    #[schemars(extend("default" = defaults::WINDOW_RESIZABLE))]
    pub resizable: Option<bool>,
    /// Whether the window opens maximized.
    #[schemars(extend("default" = defaults::WINDOW_MAXIMIZED))]
    pub maximized: Option<bool>,
    /// Whether the window opens on the whole screen.
    #[schemars(extend("default" = defaults::WINDOW_FULLSCREEN))]
    pub fullscreen: Option<bool>,
    /// Whether the window stays above all others.
    #[schemars(extend("default" = defaults::WINDOW_ALWAYS_ON_TOP))]
    pub always_on_top: Option<bool>,
    /// Whether the window has the system's title bar and border.
    #[schemars(extend("default" = defaults::WINDOW_DECORATIONS))]
    pub decorations: Option<bool>,
    /// Whether the desktop shows where the page draws nothing.
    #[schemars(extend("default" = defaults::WINDOW_TRANSPARENT))]
    pub transparent: Option<bool>,
    /// The title bar on macOS: `transparent` has the window's colour, and with `overlay` the page goes up to the window's edge, below the buttons. Other systems have no such choice.
    #[schemars(extend("default" = TitleBarStyle::default()))]
    pub title_bar_style: Option<TitleBarStyle>,
    /// The colour that shows until the page has drawn: one colour, or one for each theme.
    #[schemars(extend("default" = {
        "light": defaults::BACKGROUND_LIGHT, "dark": defaults::BACKGROUND_DARK
    }))]
    pub background_color: Option<BackgroundSetting>,
    /// The colour scheme of window and page.
    #[schemars(extend("default" = Theme::default()))]
    pub theme: Option<Theme>,
    /// The zoom factor of the page; 1 is 100 %.
    #[schemars(extend("default" = defaults::WINDOW_ZOOM))]
    pub zoom: Option<Zoom>,
    /// Whether the window opens where it was closed, and as large as it was.
    #[schemars(extend("default" = defaults::WINDOW_REMEMBER_GEOMETRY))]
    pub remember_geometry: Option<bool>,
    /// What closing the window does: `hideToTray` keeps the app running behind an icon in the system's tray.
    #[schemars(extend("default" = OnClose::default()))]
    pub on_close: Option<OnClose>,
}

/// The `window.backgroundColor` field.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged, inline)]
pub enum BackgroundSetting {
    /// One colour for both themes.
    Both(Color),
    /// One colour for each theme.
    ByTheme(ThemedBackground),
}

/// The `window.backgroundColor` field, one colour for each theme.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ThemedBackground {
    /// The colour in the light theme.
    #[schemars(extend("default" = defaults::BACKGROUND_LIGHT))]
    pub light: Option<Color>,
    /// The colour in the dark theme.
    #[schemars(extend("default" = defaults::BACKGROUND_DARK))]
    pub dark: Option<Color>,
}

/// The `navigation` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NavigationSection {
    /// Places besides the content that stay in the app: `https://[*.]host[:port][/path/*]`.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub internal: Option<Vec<UrlPattern>>,
    /// What happens to a link that leads out of the app.
    #[schemars(extend("default" = External::default()))]
    pub external: Option<External>,
    /// What happens to a window that the page opens.
    #[schemars(extend("default" = Popups::default()))]
    pub popups: Option<Popups>,
    /// Whether the usual sign-in hosts may be visited on the way back to the app.
    #[schemars(extend("default" = defaults::LOGIN_HOSTS))]
    pub login_hosts: Option<bool>,
}

/// The `build` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BuildSection {
    /// Where the compiled runtime comes from: `auto` takes it from the cache and compiles it if it is not there, `source` always compiles.
    #[schemars(extend("default" = RuntimeSource::default()))]
    pub runtime: Option<RuntimeSource>,
}

// Serde's own `untagged` forgets which alternative was meant and where it went wrong; a visitor keeps both.

impl<'de> Deserialize<'de> for BackgroundSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BackgroundVisitor;

        impl<'de> Visitor<'de> for BackgroundVisitor {
            type Value = BackgroundSetting;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a colour or an object with `light` and `dark`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Color::deserialize(serde::de::value::StrDeserializer::new(text))
                    .map(BackgroundSetting::Both)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                ThemedBackground::deserialize(MapAccessDeserializer::new(map))
                    .map(BackgroundSetting::ByTheme)
            }
        }

        deserializer.deserialize_any(BackgroundVisitor)
    }
}
