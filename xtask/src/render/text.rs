//! Text for files that have rules of their own: desktop entries, manual pages, package control fields, file names.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use runtime_settings::is_device;

/// Characters that a file name cannot have on one of the three systems.
pub(crate) const NOT_IN_FILE_NAMES: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Any text on one line: a control field ends at a line break, so a break in a name must not begin a new field.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A value in a desktop entry. https://specifications.freedesktop.org/desktop-entry-spec/latest/value-types.html
pub(super) fn desktop_string(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, c) in text.chars().enumerate() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            ' ' if index == 0 => escaped.push_str("\\s"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text that Handlebars gives back as it is. `\\{{` is two literal braces there, and backslashes before braces are
/// escapes themselves: an empty comment keeps those apart.
pub(super) fn handlebars_literal(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut escaped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if escaped.ends_with('\\') {
            escaped.push_str("\\{{!}}");
        }
        escaped.push_str("\\{{");
        escaped.push_str(part);
    }
    escaped
}

/// Text in a manual page: backslashes are commands there, as are dots and quotes at the start of a line.
pub(super) fn roff(text: &str) -> String {
    let escaped = one_line(text).replace('\\', "\\e").replace('-', "\\-").replace('"', "\\(dq");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

/// Text between double quotes in an NSIS script. A dollar sign begins variables, and with a brace after it constants,
/// even a doubled one: so each becomes the constant `D`, which the script defines as a literal one.
pub(crate) fn nsis(text: &str) -> String {
    one_line(text).replace('$', "${D}").replace('"', "$\\\"")
}

/// A name as installers put it into file names.
pub(crate) fn file_name(text: &str) -> String {
    let replaced: String = one_line(text)
        .chars()
        .map(|c| if NOT_IN_FILE_NAMES.contains(&c) { '-' } else { c })
        .collect();
    match replaced.trim_matches([' ', '.']) {
        "" => "app".to_owned(),
        device if is_device(device) => format!("{device} app"),
        name => name.to_owned(),
    }
}

/// Text in an XML document.
pub(super) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Gzip without a time stamp or a name: the same text gives the same bytes.
pub(super) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_begins_no_new_field() {
        assert_eq!(one_line("My App\nDepends: evil\u{0}"), "My App Depends: evil");
        assert_eq!(desktop_string("My App\nExec=evil"), "My App\\nExec=evil");
        assert_eq!(roff(".so /etc/passwd"), "\\&.so /etc/passwd");
    }

    #[test]
    fn backslashes_and_quotes_stay_what_they_are() {
        assert_eq!(desktop_string(r#" a\b "c" ${{ d }}"#), r#"\sa\\b "c" ${{ d }}"#);
        assert_eq!(roff(r"a\b-c"), r"a\eb\-c");
    }

    #[test]
    fn nothing_leaves_the_quotes_of_an_nsis_string() {
        assert_eq!(nsis("a\"b\n!system x"), "a$\\\"b !system x");
        assert_eq!(nsis("${X} $$INSTDIR $\\n"), "${D}{X} ${D}${D}INSTDIR ${D}\\n");
    }

    #[test]
    fn handlebars_gives_every_text_back() {
        let mut bars = handlebars::Handlebars::new();
        bars.register_escape_fn(handlebars::no_escape);
        for text in [
            "Name=plain",
            "a {{b}} c",
            r"\{{b}}",
            r"\\{{b}}",
            "${{ x }}",
            "{{{b}}}",
            "{{{{b}}}}",
            "{{!-- x --}}",
            "{{",
            "a{",
            "}}",
            r"\ {{ }} \",
            "{{{{raw}}}} {{{{/raw}}}}",
            "{ {b} }",
            "{{#if x}}",
        ] {
            let rendered =
                bars.render_template(&handlebars_literal(text), &serde_json::json!({ "b": "B" }));
            assert_eq!(rendered.as_deref().map_err(ToString::to_string), Ok(text));
        }
    }

    #[test]
    fn file_names_keep_every_script_and_lose_what_no_disk_takes() {
        assert_eq!(file_name("Café: 東京 / تطبيق 🦀"), "Café- 東京 - تطبيق 🦀");
        assert_eq!(file_name(".."), "app");
        assert_eq!(file_name("Con."), "Con app");
        assert_eq!(file_name("lpt1.old"), "lpt1.old app");
        assert_eq!(file_name("COM10"), "COM10");
    }
}
