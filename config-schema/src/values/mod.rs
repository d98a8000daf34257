//! Values with a form of their own: each type accepts one form, says so in the schema, and explains a refusal.

mod choice;
mod color;
mod delivery;
mod id;
mod number;
mod path;
mod plugin;
mod start;
mod text;
mod url;
mod url_rule;
mod version;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::Schema;
use serde::de::{Deserializer, Error, Visitor};

pub use choice::{
    Category, DownloadFolder, External, FsScope, OnClose, Popups, RuntimeSource, Theme,
    TitleBarStyle,
};
pub use color::Color;
pub use delivery::{
    Channel, DebSection, Hours, InstallMode, InstallerLanguage, LinuxSigning, MacosVersion,
    Notarize, UpdateKey, WebviewInstall, WindowsRoute,
};
pub use id::{AppId, Slug};
pub use number::{SchemaVersion, Side, Whole, Zoom};
pub use path::{IconPath, RelativePath, ScriptPath, StylePath};
pub use plugin::{
    Calls, Digest, Kilobytes, MemoryMegabytes, Milliseconds, ModuleMegabytes, PluginFile, Queue,
    QuotaMegabytes, StorageFiles, StorageMegabytes,
};
pub use start::{AutostartMode, Extension, FileRole, MimeType, Scheme};
pub use text::{Csp, Email, Line, Text, UserAgent};
pub use url::{ContentUrl, DevUrl, HttpUrl, ProxyUrl};
pub use url_rule::{OriginPattern, UrlPattern, UrlRule};
pub use version::AppVersion;

/// Why a value is refused (`{}`) and what to write instead (`{:#}`).
///
/// `serde::de::Error::custom` takes only a `Display`, so the alternate form carries the second half through it.
#[derive(Debug)]
pub(crate) struct Invalid {
    reason: String,
    fix: String,
}

impl Invalid {
    pub(crate) fn new(reason: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { reason: reason.into(), fix: fix.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if f.alternate() { &self.fix } else { &self.reason })
    }
}

/// White space as `\s` has it in the schema's patterns: JavaScript counts the byte order mark.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter == '\u{feff}'
}

/// A value that is written as a JSON string.
pub(crate) trait TextForm: Sized {
    fn parse(text: &str) -> Result<Self, Invalid>;

    /// What the schema says about the string. It may accept more than [`TextForm::parse`], never less.
    fn schema() -> Schema;

    fn schema_name() -> Cow<'static, str>;
}

pub(crate) struct TextVisitor<T>(PhantomData<T>);

impl<T: TextForm> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::parse(text).map_err(E::custom)
    }
}

pub(crate) fn deserialize_text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: TextForm,
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(TextVisitor(PhantomData))
}

/// Reads a [`TextForm`] from the config, shows it in the schema, and writes it as it displays.
macro_rules! text_form {
    ($type:ident $(<const $limit:ident>)?) => {
        impl<'de $(, const $limit: usize)?> serde::Deserialize<'de> for $type $(<$limit>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::values::deserialize_text(deserializer)
            }
        }

        impl $(<const $limit: usize>)? serde::Serialize for $type $(<$limit>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl $(<const $limit: usize>)? schemars::JsonSchema for $type $(<$limit>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                <Self as $crate::values::TextForm>::schema_name()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <Self as $crate::values::TextForm>::schema()
            }
        }
    };
}
pub(crate) use text_form;

/// Gives a wrapper of a string its plain text.
macro_rules! plain_text {
    ($type:ident $(<const $limit:ident>)?) => {
        impl $(<const $limit: usize>)? $type $(<$limit>)? {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $(<const $limit: usize>)? std::fmt::Display for $type $(<$limit>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $(<const $limit: usize>)? From<$type $(<$limit>)?> for String {
            fn from(value: $type $(<$limit>)?) -> String {
                value.0
            }
        }
    };
}
pub(crate) use plain_text;
