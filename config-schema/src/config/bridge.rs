//! The section `bridge`: who has the bridge, and which of its modules.

use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::MAX_ENTRIES;
use crate::defaults;
use crate::values::{FsScope, HttpUrl, OriginPattern, QuotaMegabytes, StorageMegabytes};

/// The `bridge` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BridgeSection {
    /// Who gets the bridge: `https://[*.]host[:port]`. The content's own origin if left out; packed content always has it.
    #[schemars(length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub origins: Option<Vec<OriginPattern>>,
    /// Which modules the page may use. Calling another one fails with `bridge/module-disabled`.
    pub modules: Option<ModulesSection>,
    /// Windows that the page opens with `cacheOnly`: they have cookies and storage of their own.
    pub cache_only: Option<CacheOnlySection>,
    /// Whether each message of the page goes through a frame of the app's own, which looks at it and encrypts it. For packed content without `origins`.
    #[schemars(extend("default" = defaults::ISOLATION))]
    pub isolation: Option<bool>,
}

/// The `bridge.cacheOnly` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CacheOnlySection {
    /// Which modules pages in those windows may use: none if left out, and never `plugins`.
    pub modules: Option<CacheOnlyModulesSection>,
}

macro_rules! modules {
    ($(#[$doc:meta])* $section:ident, app: $app:expr, events: $events:expr, $plugins:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $section {
            /// Facts about the app and its machine, quitting and relaunching it.
            #[schemars(extend("default" = $app))]
            pub app: Option<ModuleSetting<AppModuleOptions>>,
            /// Signing in through the user's browser, and coming back to the app.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub auth: Option<bool>,
            /// Starting with the user's session; the page switches it on and off.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub autostart: Option<bool>,
            /// The number on the app's icon.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub badge: Option<bool>,
            /// Reading and writing the clipboard: text, HTML and pictures.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub clipboard: Option<bool>,
            /// Records of errors and of how the app ended, kept on the machine.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub diagnostics: Option<bool>,
            /// The list of downloads, and what becomes of them. The user can download without it.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub downloads: Option<bool>,
            /// Messages between windows, and from the system to the page.
            #[schemars(extend("default" = $events))]
            pub events: Option<bool>,
            /// Files that the user chooses in a dialog or drops on the page.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub files: Option<bool>,
            /// Files of the app's own, within scopes; `true` is `data`, `cache` and `trash`, and in `cacheOnly` windows `cache`.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub fs: Option<ModuleSetting<FsModuleOptions>>,
            /// Small texts that all windows share and that stay.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub global_variables: Option<bool>,
            /// Making and changing the app's menu, and menus at a place in the page.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub menu: Option<bool>,
            /// Whether and how fast the network is there, and requests to listed hosts.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub network: Option<ModuleSetting<NetworkModuleOptions>>,
            /// Showing notifications of the system.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub notifications: Option<bool>,
            #[doc = $plugins]
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub plugins: Option<bool>,
            /// Keys that work while another app is in front.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub shortcuts: Option<bool>,
            /// Making and changing the icon in the system's tray.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub tray: Option<bool>,
            /// Looking for, fetching and installing new versions of the app.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub updates: Option<bool>,
            /// Moving, sizing, closing and describing windows.
            #[schemars(extend("default" = defaults::MODULE_OFF))]
            pub window: Option<ModuleSetting<WindowModuleOptions>>,
        }
    };
}

modules! {
    /// The `bridge.modules` section.
    ModulesSection, app: defaults::MODULE_APP, events: defaults::MODULE_EVENTS,
    "Calling the plugins of the section `plugins`."
}

modules! {
    /// The `bridge.cacheOnly.modules` section.
    CacheOnlyModulesSection, app: defaults::MODULE_OFF, events: defaults::MODULE_OFF,
    "Always off: plugins keep files, and these windows leave none behind."
}

impl From<CacheOnlyModulesSection> for ModulesSection {
    /// Nothing is on there that is not written.
    fn from(section: CacheOnlyModulesSection) -> ModulesSection {
        let off = defaults::MODULE_OFF;
        ModulesSection {
            app: section.app.or(Some(ModuleSetting::Switch(off))),
            auth: section.auth,
            autostart: section.autostart,
            badge: section.badge,
            clipboard: section.clipboard,
            diagnostics: section.diagnostics,
            downloads: section.downloads,
            events: section.events.or(Some(off)),
            files: section.files,
            fs: section.fs,
            global_variables: section.global_variables,
            menu: section.menu,
            network: section.network,
            notifications: section.notifications,
            plugins: section.plugins,
            shortcuts: section.shortcuts,
            tray: section.tray,
            updates: section.updates,
            window: section.window,
        }
    }
}

/// A module of the bridge that has options.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged, inline)]
pub enum ModuleSetting<T> {
    /// On with its default options, or off.
    Switch(bool),
    /// On with these options.
    Options(T),
}

impl<T: Clone + Default> ModuleSetting<T> {
    /// The options of a module that is on: what it is turned on with leaves all of them out.
    pub(crate) fn options(setting: Option<&ModuleSetting<T>>, default: bool) -> Option<T> {
        match setting.unwrap_or(&ModuleSetting::Switch(default)) {
            ModuleSetting::Switch(on) => on.then(T::default),
            ModuleSetting::Options(options) => Some(options.clone()),
        }
    }
}

/// The `bridge.modules.app` field, with options.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppModuleOptions {
    /// Whether `app.info()` tells paths of the machine (executable, working and temporary folder).
    #[schemars(extend("default" = defaults::MODULE_APP_PATHS))]
    pub paths: Option<bool>,
}

/// The `bridge.modules.fs` field, with options.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FsModuleOptions {
    /// Where files are. `data` keeps them, the system may empty `cache`, what is removed from `data` goes to `trash`, `diagnostics` has records of errors, and `plugins` is the storage of plugins.
    #[schemars(length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub scopes: Option<Vec<FsScope>>,
    /// The most that `data` and `cache` may hold, each, in MiB.
    #[schemars(extend("default" = defaults::FS_QUOTA_MB))]
    pub quota_mb: Option<QuotaMegabytes>,
    /// The most that the trash may hold, in MiB: the oldest goes first.
    #[schemars(extend("default" = defaults::FS_TRASH_MB))]
    pub trash_mb: Option<StorageMegabytes>,
}

/// The `bridge.modules.network` field, with options.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkModuleOptions {
    /// Where `network.fetch()` may go: `https://[*.]host[:port]`.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub hosts: Option<Vec<OriginPattern>>,
    /// Addresses that are asked whether the network is there, when the page names none. The content's own origin if left out; packed content has none.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub targets: Option<Vec<HttpUrl>>,
    /// Whether requests may reach this machine and its local network.
    #[schemars(extend("default" = defaults::MODULE_NETWORK_LAN))]
    pub lan: Option<bool>,
}

/// The `bridge.modules.window` field, with options.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowModuleOptions {
    /// Whether `window.new()` opens windows.
    #[schemars(extend("default" = defaults::MODULE_WINDOW_OPEN))]
    pub open: Option<bool>,
}

// Serde's own `untagged` forgets which alternative was meant and where it went wrong; a visitor keeps both.

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ModuleSetting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ModuleVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ModuleVisitor<T> {
            type Value = ModuleSetting<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or an object with options")
            }

            fn visit_bool<E: Error>(self, on: bool) -> Result<Self::Value, E> {
                Ok(ModuleSetting::Switch(on))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(ModuleSetting::Options)
            }
        }

        deserializer.deserialize_any(ModuleVisitor(PhantomData))
    }
}
