//! Paths below the folder of the config file, written alike on every system.

use std::borrow::Cow;

use schemars::{Schema, json_schema};

use super::{Invalid, TextForm, plain_text, text_form};
use crate::suggest::quoted;

/// A path relative to the config file, with `/` and without `.` and `..` parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelativePath(String);

/// A [`RelativePath`] of an SVG or PNG picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IconPath(String);

text_form!(RelativePath);
plain_text!(RelativePath);
text_form!(IconPath);
plain_text!(IconPath);

/// Characters of a path (count): the 260 of Windows' classic limit, with room for the folder it starts from.
pub(super) const MAX_PATH_CHARS: usize = 200;

/// Characters that a file name cannot hold on Windows; a config must mean the same on all systems.
const FORBIDDEN: &[char] = &['<', '>', ':', '"', '|', '?', '*'];

/// The path without the parts that say nothing, or why it is refused.
fn relative(text: &str) -> Result<String, Invalid> {
    check(text)?;
    if text.split('/').any(|part| part == "..") {
        let fix = "move the files below the folder of this file";
        return refuse(text, "path that leaves its folder", fix);
    }
    relative_or_above(text)
}

/// The same for a path that may begin with `..` parts.
pub(super) fn relative_or_above(text: &str) -> Result<String, Invalid> {
    check(text)?;
    let parts = text.split('/').filter(|part| !matches!(*part, "" | "."));
    let parts: Vec<_> = parts.skip_while(|part| *part == "..").collect();
    if parts.contains(&"..") {
        return refuse(text, "`..` behind a folder", "write `..` at the beginning only");
    }
    let above = text.split('/').filter(|part| *part == "..").count();
    Ok(format!("{}{}", "../".repeat(above), parts.join("/")))
}

fn refuse<T>(text: &str, what: &str, fix: &str) -> Result<T, Invalid> {
    Err(Invalid::new(format!("{what}: {}", quoted(text)), fix))
}

/// What every path must be.
fn check(text: &str) -> Result<(), Invalid> {
    let refuse = |what: &str, fix: &str| refuse(text, what, fix);
    if text.contains('\\') {
        return refuse("backslash in a path", "write `/` between folders");
    }
    if text.starts_with('/') || text.chars().nth(1) == Some(':') {
        return refuse("absolute path", "write a path relative to the folder of this file");
    }
    if let Some(letter) = text.chars().find(|c| c.is_control() || FORBIDDEN.contains(c)) {
        let letter = letter.escape_debug();
        return refuse(&format!("`{letter}` in a path"), "use names that every system accepts");
    }
    if text.chars().count() > MAX_PATH_CHARS {
        return refuse("too long", &format!("shorten it to {MAX_PATH_CHARS} characters"));
    }
    Ok(())
}

/// Superset of [`relative`]: a pattern cannot say "no part is `..`" readably.
pub(super) const PATTERN: &str = r#"^[^/\\<>:"|?*\u0000-\u001f][^\\<>:"|?*\u0000-\u001f]*"#;

impl TextForm for RelativePath {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let path = relative(text)?;
        if path.is_empty() {
            let reason = format!("not the name of a folder: {}", quoted(text));
            return Err(Invalid::new(reason, "name a folder beside this file, such as `web`"));
        }
        Ok(Self(path))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_PATH_CHARS,
            "pattern": format!("{PATTERN}$"),
            "not": { "pattern": r"(^|/)\.\.(/|$)|^(\.?/)*\.?$" },
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "RelativePath".into()
    }
}

impl TextForm for IconPath {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let path = relative(text)?;
        // Of the text, not of the path: a slash at the end means a folder.
        let name = text.rsplit('/').next().unwrap_or_default();
        match name.rsplit_once('.') {
            Some((stem, ending))
                if !stem.is_empty()
                    && (ending.eq_ignore_ascii_case("svg")
                        || ending.eq_ignore_ascii_case("png")) =>
            {
                Ok(Self(path))
            }
            _ => {
                let reason = format!("not an SVG or PNG file: {}", quoted(text));
                Err(Invalid::new(reason, "name a file that ends in `.svg` or `.png`"))
            }
        }
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_PATH_CHARS,
            "pattern": format!(r"{PATTERN}\.([sS][vV][gG]|[pP][nN][gG])$"),
            "not": { "pattern": r"(^|/)\.\.(/|$)" },
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "IconPath".into()
    }
}
