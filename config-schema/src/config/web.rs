//! The section `web`: how the webview behaves.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Error, Visitor};

use super::MAX_ENTRIES;
use crate::defaults;
use crate::values::{DownloadFolder, ProxyUrl, ScriptPath, StylePath, Text, UserAgent};

/// The `web` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebSection {
    /// What the app calls itself to servers. The webview's own words if left out.
    pub user_agent: Option<UserAgent>,
    /// What all traffic goes through: `http://host:port` or `socks5://host:port`. The system's setting if left out. The webview of macOS cannot do it.
    pub proxy: Option<ProxyUrl>,
    /// Whether cookies, storage and cache end with the app.
    #[schemars(extend("default" = defaults::WEB_INCOGNITO))]
    pub incognito: Option<bool>,
    /// Style sheets that the app's own pages get, in this order: files of 1 MiB at most, relative to this file.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub inject_css: Option<Vec<StylePath>>,
    /// Scripts that run in the app's own pages before any of theirs, in this order: files of 1 MiB at most, relative to this file.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub inject_js: Option<Vec<ScriptPath>>,
    /// Whether the user may open the developer tools.
    #[schemars(extend("default" = defaults::WEB_DEVTOOLS))]
    pub devtools: Option<bool>,
    /// Whether a right click opens the webview's own menu.
    #[schemars(extend("default" = defaults::WEB_CONTEXT_MENU))]
    pub context_menu: Option<bool>,
    /// Whether what the user types is checked for spelling.
    #[schemars(extend("default" = defaults::WEB_SPELL_CHECK))]
    pub spell_check: Option<bool>,
    /// What pages download.
    pub downloads: Option<DownloadsSection>,
    /// What the app's own pages may ask the system for. Everything else is refused without a question.
    pub permissions: Option<PermissionsSection>,
}

/// The `web.downloads` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DownloadsSection {
    /// Where downloads go: where the user says, each time, or into the user's folder of downloads.
    #[schemars(extend("default" = DownloadFolder::default()))]
    pub folder: Option<DownloadFolder>,
}

/// The `web.permissions` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PermissionsSection {
    /// Taking pictures and films. A text says what for: macOS shows it to the user.
    #[schemars(extend("default" = defaults::WEB_PERMISSION))]
    pub camera: Option<UsageSetting>,
    /// Recording sound. A text says what for: macOS shows it to the user.
    #[schemars(extend("default" = defaults::WEB_PERMISSION))]
    pub microphone: Option<UsageSetting>,
    /// Where the machine is. A text says what for: macOS shows it to the user.
    #[schemars(extend("default" = defaults::WEB_PERMISSION))]
    pub geolocation: Option<UsageSetting>,
    /// The web's own notifications.
    #[schemars(extend("default" = defaults::WEB_PERMISSION))]
    pub notifications: Option<bool>,
    /// Reading the clipboard without the user pasting.
    #[schemars(extend("default" = defaults::WEB_PERMISSION))]
    pub clipboard_read: Option<bool>,
}

/// A permission that macOS asks the user for, with a text of the app's.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged, inline)]
pub enum UsageSetting {
    /// Granted with a text that names the app, or refused.
    Switch(bool),
    /// Granted with this text.
    Text(Text<300>),
}

impl PermissionsSection {
    /// Whether one is granted that macOS asks the user for.
    pub fn has_usage(&self) -> bool {
        let granted = |setting: &Option<UsageSetting>| {
            !matches!(setting, None | Some(UsageSetting::Switch(false)))
        };
        [&self.camera, &self.microphone, &self.geolocation].into_iter().any(granted)
    }
}

impl<'de> Deserialize<'de> for UsageSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UsageVisitor;

        impl Visitor<'_> for UsageVisitor {
            type Value = UsageSetting;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or a text for the user")
            }

            fn visit_bool<E: Error>(self, on: bool) -> Result<Self::Value, E> {
                Ok(UsageSetting::Switch(on))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Text::deserialize(StrDeserializer::new(text)).map(UsageSetting::Text)
            }
        }

        deserializer.deserialize_any(UsageVisitor)
    }
}
