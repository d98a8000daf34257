//! The two names an app keeps for ever: its id and its slug.

use std::borrow::Cow;

use schemars::{Schema, json_schema};

use super::{Invalid, TextForm, plain_text, text_form};
use crate::suggest::quoted;

/// A reverse-DNS identifier that suits bundle ids, D-Bus names and folder names on all systems.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AppId(String);

/// The name of binary, package and release tag: `[a-z][a-z0-9-]{1,39}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

text_form!(AppId);
plain_text!(AppId);
text_form!(Slug);
plain_text!(Slug);

/// Characters of an id (count): App Store Connect's limit for bundle ids; folders named after it stay far below 255 bytes.
const MAX_ID_CHARS: usize = 155;

/// Ids that belong to no app: Tauri's placeholder, which its bundler refuses.
const RESERVED_IDS: &[&str] = &["com.tauri.dev", "dev.deskwright.runtime"];

/// Characters of a slug (count): room for `-v<version>` and a target in file names and tags.
const MAX_SLUG_CHARS: usize = 40;

/// Names that Windows opens as devices whatever the ending, so no binary can carry them.
const DEVICE_NAMES: &[&str] = &[
    "aux", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con",
    "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

fn is_id_part(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_alphabetic())
        && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !part.ends_with('-')
}

impl TextForm for AppId {
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.split('.').count() < 2 || !text.split('.').all(is_id_part) {
            let reason = format!("not a reverse-DNS identifier: {}", quoted(text));
            let fix = "write two or more parts joined by dots, each of letters, digits and `-`, \
                starting with a letter and not ending in `-`, such as `com.example.notes`";
            return Err(Invalid::new(reason, fix));
        }
        if text.len() > MAX_ID_CHARS {
            let reason = format!("too long: {} characters", text.len());
            return Err(Invalid::new(reason, format!("shorten it to {MAX_ID_CHARS} characters")));
        }
        if RESERVED_IDS.iter().any(|reserved| reserved.eq_ignore_ascii_case(text)) {
            let reason = format!("reserved identifier: {}", quoted(text));
            return Err(Invalid::new(reason, "use a domain of your own, reversed"));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        let part = "[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?";
        json_schema!({
            "type": "string",
            "maxLength": MAX_ID_CHARS,
            "pattern": format!(r"^{part}(\.{part})+$"),
            "not": { "enum": RESERVED_IDS },
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "AppId".into()
    }
}

impl TextForm for Slug {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let form = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !form || !(2..=MAX_SLUG_CHARS).contains(&text.len()) {
            let reason = format!("not a slug: {}", quoted(text));
            let fix = format!(
                "write 2 to {MAX_SLUG_CHARS} lower-case letters, digits and `-`, starting with a letter"
            );
            return Err(Invalid::new(reason, fix));
        }
        if DEVICE_NAMES.contains(&text) {
            let reason = format!("device name on Windows: {}", quoted(text));
            return Err(Invalid::new(reason, format!("take another name, such as `{text}-app`")));
        }
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^[a-z][a-z0-9-]{{1,{}}}$", MAX_SLUG_CHARS - 1),
            "not": { "enum": DEVICE_NAMES },
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "Slug".into()
    }
}

impl Slug {
    /// The slug of an app that names none: from its name, else from the last part of its id.
    pub(crate) fn derive(name: &str, id: &AppId) -> Option<Slug> {
        let last = id.as_str().rsplit('.').next().unwrap_or_default();
        [name, last].into_iter().find_map(|text| Slug::parse(&slugged(text)).ok())
    }
}

/// ASCII letters and digits in lower case, everything between them as one `-`.
fn slugged(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    slug.truncate(MAX_SLUG_CHARS);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{AppId, Slug, TextForm};

    fn derived(name: &str, id: &str) -> Option<String> {
        let id = AppId::parse(id).unwrap();
        Slug::derive(name, &id).map(String::from)
    }

    #[test]
    fn slug_comes_from_the_name_then_from_the_id() {
        assert_eq!(derived("My  Notes!", "com.example.x"), Some("my-notes".into()));
        assert_eq!(derived("日本語", "com.example.Notes"), Some("notes".into()));
        assert_eq!(derived("3D", "com.example.viewer"), Some("viewer".into()));
        assert_eq!(derived("CON", "com.example.nul"), None);
        assert_eq!(derived("日", "com.example.x"), None);
        let long = derived(&"abc ".repeat(20), "com.example.x").unwrap();
        assert_eq!(long, "abc-".repeat(10).trim_end_matches('-'));
    }
}
