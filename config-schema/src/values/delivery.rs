//! Words of the sections `bundle`, `signing` and `updates`.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};

use super::{Invalid, TextForm, Whole, plain_text, text_form};
use crate::suggest::quoted;

/// For whom a Windows installer installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum InstallMode {
    #[default]
    CurrentUser,
    PerMachine,
    Both,
}

/// What a Windows installer does where the WebView2 runtime is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum WebviewInstall {
    #[default]
    DownloadBootstrapper,
    Skip,
}

/// Where the key is that signs Windows files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum WindowsRoute {
    Pfx,
    Azure,
    Command,
}

/// How Apple is asked to notarize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Notarize {
    #[default]
    AppStoreConnectKey,
    AppleId,
    Off,
}

/// How Linux packages are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum LinuxSigning {
    Gpg,
}

/// A language of the NSIS installer, by the name of NSIS' own language file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum InstallerLanguage {
    Afrikaans,
    Albanian,
    Arabic,
    Armenian,
    Asturian,
    Basque,
    Belarusian,
    Bosnian,
    Breton,
    Bulgarian,
    Catalan,
    Corsican,
    Croatian,
    Czech,
    Danish,
    Dutch,
    #[default]
    English,
    Esperanto,
    Estonian,
    Farsi,
    Finnish,
    French,
    Galician,
    Georgian,
    German,
    Greek,
    Hebrew,
    Hindi,
    Hungarian,
    Icelandic,
    Indonesian,
    Irish,
    Italian,
    Japanese,
    Korean,
    Kurdish,
    Latvian,
    Lithuanian,
    Luxembourgish,
    Macedonian,
    Malay,
    Mongolian,
    Norwegian,
    NorwegianNynorsk,
    Pashto,
    Polish,
    Portuguese,
    PortugueseBR,
    Romanian,
    Russian,
    ScotsGaelic,
    Serbian,
    SerbianLatin,
    SimpChinese,
    Slovak,
    Slovenian,
    Spanish,
    SpanishInternational,
    Swedish,
    Tatar,
    Thai,
    TradChinese,
    Turkish,
    Ukrainian,
    Uzbek,
    Vietnamese,
    Welsh,
}

impl InstallerLanguage {
    /// The name of NSIS' language file.
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

/// A section of Debian's archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebSection(String);

/// A version of macOS, such as `11.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacosVersion(String);

/// The name of a channel of updates: part of a file name and of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel(String);

/// How often an app looks for updates (hours): each look is a request, and a month is longer than any app runs.
pub type Hours = Whole<1, { 24 * 30 }>;

/// A minisign public key, in base64 around its whole file, as Tauri writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateKey(String);

text_form!(DebSection);
plain_text!(DebSection);
text_form!(MacosVersion);
plain_text!(MacosVersion);
text_form!(Channel);
plain_text!(Channel);
text_form!(UpdateKey);
plain_text!(UpdateKey);

/// Characters of a section's name (count), far above the longest there is.
const MAX_SECTION_CHARS: usize = 40;
/// Characters of a channel's name (count): it is part of a file name.
const MAX_CHANNEL_CHARS: usize = 30;
/// Characters of a public key (count); keys have about 150, depending on their comment.
const MAX_KEY_CHARS: usize = 1000;
/// Bytes of a minisign public key: algorithm, key id, Ed25519 key (https://jedisct1.github.io/minisign/).
const KEY_BYTES: usize = 42;

/// Whether `text` is lower-case words, digits and hyphens, beginning with a letter.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl TextForm for DebSection {
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > MAX_SECTION_CHARS
            || text.matches('/').count() > 1
            || !text.split('/').all(is_word)
        {
            let reason = format!("not a section of Debian's archive: {}", quoted(text));
            return Err(Invalid::new(reason, "write one such as `misc`, `net` or `contrib/utils`"));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_SECTION_CHARS,
            "pattern": "^[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?$",
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "DebSection".into()
    }
}

impl TextForm for MacosVersion {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let parts: Vec<_> = text.split('.').collect();
        let is_number = |part: &&str| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !(2..=3).contains(&parts.len()) || !parts.iter().all(is_number) {
            let reason = format!("not a version of macOS: {}", quoted(text));
            return Err(Invalid::new(reason, "write two or three numbers, such as `11.0`"));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3}){1,2}$" })
    }

    fn schema_name() -> Cow<'static, str> {
        "MacosVersion".into()
    }
}

impl TextForm for Channel {
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > MAX_CHANNEL_CHARS || !is_word(text) {
            let reason = format!("not a name of a channel: {}", quoted(text));
            let fix = format!(
                "use up to {MAX_CHANNEL_CHARS} lower-case letters, digits and hyphens, such as `stable`"
            );
            return Err(Invalid::new(reason, fix));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_CHANNEL_CHARS,
            "pattern": "^[a-z][a-z0-9-]*$",
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "Channel".into()
    }
}

impl TextForm for UpdateKey {
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() <= MAX_KEY_CHARS && is_public_key(text) == Some(true) {
            return Ok(Self(text.to_owned()));
        }
        let reason = format!("not a public key for updates: {}", quoted(text));
        Err(Invalid::new(reason, "make one with `cargo xtask sign --generate-updater-key FILE`"))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_KEY_CHARS,
            "pattern": "^[A-Za-z0-9+/]+={0,2}$",
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "UpdateKey".into()
    }
}

/// A comment line, then the key in base64, all of it in base64 once more.
fn is_public_key(text: &str) -> Option<bool> {
    let file = String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()?;
    let mut lines = file.lines();
    let comment = lines.next()?;
    let key = BASE64_STANDARD.decode(lines.next()?).ok()?;
    Some(
        comment.starts_with("untrusted comment:")
            && key.len() == KEY_BYTES
            && key.starts_with(b"Ed"),
    )
}
