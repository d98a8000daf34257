//! Words of what starts an app besides its icon: schemes of links, and types of files.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};

use super::{Invalid, TextForm, plain_text, text_form};
use crate::suggest::quoted;

/// The scheme of links that open the app, as in `notes://page/1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme(String);

/// The ending of a file's name, without a dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension(String);

/// A media type such as `text/markdown`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MimeType(String);

text_form!(Scheme);
plain_text!(Scheme);
text_form!(Extension);
plain_text!(Extension);
text_form!(MimeType);
plain_text!(MimeType);

/// Characters of a scheme (count): the key of a registry has room for it, and nobody types more.
const MAX_SCHEME_CHARS: usize = 40;
/// Characters of an extension (count): what is longer is no ending any more.
const MAX_EXTENSION_CHARS: usize = 20;
/// Characters of each half of a media type (count). https://www.rfc-editor.org/rfc/rfc6838#section-4.2
const MAX_MIME_CHARS: usize = 127;

/// Schemes that have a meaning already: of the web, of pages, of webviews, of mail and telephone, and of systems.
const RESERVED_SCHEMES: &[&str] = &[
    "about",
    "app",
    "asset",
    "blob",
    "cid",
    "data",
    "dav",
    "dns",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "geo",
    "git",
    "http",
    "https",
    "imap",
    "intent",
    "ipc",
    "isolation",
    "javascript",
    "ldap",
    "magnet",
    "mailto",
    "ms-settings",
    "news",
    "nfs",
    "resource",
    "rtsp",
    "sftp",
    "shell",
    "sip",
    "sips",
    "sms",
    "smb",
    "ssh",
    "tauri",
    "tel",
    "telnet",
    "urn",
    "vbscript",
    "view-source",
    "webcal",
    "ws",
    "wss",
    "x-scheme-handler",
    "xmpp",
];

/// Endings of programs and of what systems are made of: an app that claimed one would break its user's system.
const RESERVED_EXTENSIONS: &[&str] = &[
    "app", "appimage", "bat", "cmd", "com", "cpl", "deb", "desktop", "dll", "dmg", "exe", "hta",
    "inf", "lnk", "msc", "msi", "msix", "pif", "pkg", "ps1", "reg", "rpm", "scr", "sh", "sys",
    "url", "vbs", "wsf",
];

/// What the app does with a type of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum FileRole {
    #[default]
    Editor,
    Viewer,
}

/// How an app that the system starts at sign-in appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum AutostartMode {
    #[default]
    Shown,
    Minimized,
    Hidden,
}

fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

impl TextForm for Scheme {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let form = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| is_lower(c) || "+.-".contains(c))
            && (2..=MAX_SCHEME_CHARS).contains(&text.len());
        if !form {
            let reason = format!("not a scheme: {}", quoted(text));
            let fix = format!(
                "write 2 to {MAX_SCHEME_CHARS} lower-case letters, digits and `+.-`, starting with a letter and without `://`"
            );
            return Err(Invalid::new(reason, fix));
        }
        if RESERVED_SCHEMES.contains(&text) {
            let reason = format!("reserved scheme: {}", quoted(text));
            return Err(Invalid::new(reason, "take a scheme of your own, such as your app's slug"));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^[a-z][a-z0-9+.-]{{1,{}}}$", MAX_SCHEME_CHARS - 1),
            "not": { "enum": RESERVED_SCHEMES },
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "Scheme".into()
    }
}

impl TextForm for Extension {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let form = text.starts_with(is_lower)
            && text.chars().all(|c| is_lower(c) || "_-".contains(c))
            && text.len() <= MAX_EXTENSION_CHARS;
        if !form {
            let reason = format!("not a file extension: {}", quoted(text));
            let fix = format!(
                "write 1 to {MAX_EXTENSION_CHARS} lower-case letters and digits without a dot, such as `md`; files match in any case"
            );
            return Err(Invalid::new(reason, fix));
        }
        if RESERVED_EXTENSIONS.contains(&text) {
            let reason = format!("extension of the system's own files: {}", quoted(text));
            return Err(Invalid::new(reason, "take an extension of documents"));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^[a-z0-9][a-z0-9_-]{{0,{}}}$", MAX_EXTENSION_CHARS - 1),
            "not": { "enum": RESERVED_EXTENSIONS },
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "Extension".into()
    }
}

impl TextForm for MimeType {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let half = |half: &str| {
            half.starts_with(is_lower)
                && half.chars().all(|c| is_lower(c) || "!#$&^_.+-".contains(c))
                && half.len() <= MAX_MIME_CHARS
        };
        match text.split_once('/') {
            // Those are no content: links, folders and devices.
            Some(("x-scheme-handler" | "inode" | "x-content", _)) => {
                let reason = format!("not a type of files: {}", quoted(text));
                Err(Invalid::new(reason, "schemes of links belong into `deepLinks.schemes`"))
            }
            Some((kind, subtype)) if half(kind) && half(subtype) => Ok(Self(text.to_owned())),
            _ => {
                let reason = format!("not a media type: {}", quoted(text));
                let fix = "write it in lower case as `text/markdown`, or leave the field out for a type of your own";
                Err(Invalid::new(reason, fix))
            }
        }
    }

    fn schema() -> Schema {
        let half = format!("[a-z0-9][a-z0-9!#$&^_.+-]{{0,{}}}", MAX_MIME_CHARS - 1);
        json_schema!({ "type": "string", "pattern": format!("^{half}/{half}$") })
    }

    fn schema_name() -> Cow<'static, str> {
        "MimeType".into()
    }
}
