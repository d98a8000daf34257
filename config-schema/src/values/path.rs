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

/// A [`RelativePath`] of a style sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StylePath(String);

/// A [`RelativePath`] of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptPath(String);

text_form!(RelativePath);
plain_text!(RelativePath);
text_form!(IconPath);
plain_text!(IconPath);
text_form!(StylePath);
plain_text!(StylePath);
text_form!(ScriptPath);
plain_text!(ScriptPath);

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

/// The path of a file whose name ends so; `kind` is what such a file is.
fn file(text: &str, endings: &[&str], kind: &str) -> Result<String, Invalid> {
    let path = relative(text)?;
    // Of the text, not of the path: a slash at the end means a folder.
    let name = text.rsplit('/').next().unwrap_or_default();
    let is_ending = |ending: &str| endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && is_ending(ending) => Ok(path),
        _ => {
            let endings: Vec<_> = endings.iter().map(|ending| format!("`.{ending}`")).collect();
            let fix = format!("name a file that ends in {}", endings.join(" or "));
            refuse(text, &format!("not {kind}"), &fix)
        }
    }
}

fn file_schema(endings: &str) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": MAX_PATH_CHARS,
        "pattern": format!(r"{PATTERN}\.{endings}$"),
        "not": { "pattern": r"(^|/)\.\.(/|$)" },
    })
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
        file(text, &["svg", "png"], "an SVG or PNG file").map(Self)
    }

    fn schema() -> Schema {
        file_schema(r"([sS][vV][gG]|[pP][nN][gG])")
    }

    fn schema_name() -> Cow<'static, str> {
        "IconPath".into()
    }
}

impl TextForm for StylePath {
    fn parse(text: &str) -> Result<Self, Invalid> {
        file(text, &["css"], "a style sheet").map(Self)
    }

    fn schema() -> Schema {
        file_schema("[cC][sS][sS]")
    }

    fn schema_name() -> Cow<'static, str> {
        "StylePath".into()
    }
}

impl TextForm for ScriptPath {
    fn parse(text: &str) -> Result<Self, Invalid> {
        file(text, &["js"], "a script").map(Self)
    }

    fn schema() -> Schema {
        file_schema("[jJ][sS]")
    }

    fn schema_name() -> Cow<'static, str> {
        "ScriptPath".into()
    }
}
