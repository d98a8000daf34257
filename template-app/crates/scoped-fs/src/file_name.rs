//! Names for files that come from outside: what a server or a page proposes becomes a name that every system takes, that is no
//! path, and that looks like what it is.

use runtime_settings::is_device;

/// Longest name, in bytes: below the 255 of the usual file systems, with room for ` (99)` and for the suffix of a file that is on
/// its way.
const MAX_BYTES: usize = 200;
/// Longest extension that survives the shortening of a name, in bytes with its dots: `.tar.zst` and the like.
const MAX_EXTENSION: usize = 24;
/// What a file is called whose proposed name has nothing to it.
const NAMELESS: &str = "download";

/// The proposed name as one that can be used: never empty, never a path, never hidden, and never a device.
pub fn safe_file_name(proposed: &str) -> String {
    let last = proposed.rsplit(['/', '\\']).find(|part| !part.trim().is_empty());
    let cleaned = clean(last.unwrap_or_default());
    let name = shorten(cleaned.trim_start_matches(['.', ' ']));
    let name = name.trim_end_matches(['.', ' ']);
    match name {
        "" => NAMELESS.to_owned(),
        name if is_device(name) => format!("_{name}"),
        name => name.to_owned(),
    }
}

/// The name of another file, when the name is taken: `report (1).pdf`, as webviews and browsers count. 0 is the name itself.
pub fn numbered_file_name(name: &str, number: u32) -> String {
    if number == 0 {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    format!("{stem} ({number}){extension}")
}

/// Without characters that are none in names, or that only serve to deceive; any run of white space is one space.
fn clean(name: &str) -> String {
    let mut cleaned = String::with_capacity(name.len());
    for c in name.chars().filter(|c| !is_invisible(*c)) {
        match c {
            c if c.is_whitespace() => {
                if !cleaned.ends_with(' ') {
                    cleaned.push(' ');
                }
            }
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => cleaned.push('_'),
            c => cleaned.push(c),
        }
    }
    cleaned
}

/// Control characters, and those that change how the others look: with them, `gpj.exe` reads as `exe.jpg`. The joiners of
/// scripts and emoji stay.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        )
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// At most [`MAX_BYTES`], with the extension as long as that is one.
fn shorten(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    let extension = if extension.len() <= MAX_EXTENSION { extension } else { "" };
    let kept = stem.floor_char_boundary(MAX_BYTES - extension.len());
    format!("{}{extension}", stem[..kept].trim_end_matches(['.', ' ']))
}

/// `archive` and `.tar.gz`; a name without an extension has an empty one.
fn split_extension(name: &str) -> (&str, &str) {
    let Some(dot) = name.rfind('.').filter(|dot| *dot > 0) else { return (name, "") };
    let stem = &name[..dot];
    let dot = match stem.rfind('.').filter(|first| *first > 0) {
        Some(first) if stem[first..].eq_ignore_ascii_case(".tar") => first,
        _ => dot,
    };
    name.split_at(dot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_stay_as_they_are() {
        for name in [
            "report.pdf",
            "Übersicht 2.txt",
            "データ.csv",
            "archive.tar.gz",
            "no-extension",
            "a.b.c",
            "100 % (final).docx",
            "~draft.txt",
            "console.log",
            "👩‍🚀.png",
        ] {
            assert_eq!(safe_file_name(name), name);
        }
    }

    #[test]
    fn a_path_is_its_last_name() {
        for (proposed, name) in [
            ("../x", "x"),
            ("..\\..\\x.txt", "x.txt"),
            ("/etc/passwd", "passwd"),
            ("C:\\Windows\\system.ini", "system.ini"),
            ("a/b/", "b"),
            ("\\\\server\\share", "share"),
            ("..", "download"),
            ("../..", "download"),
            ("/", "download"),
            (".", "download"),
        ] {
            assert_eq!(safe_file_name(proposed), name, "{proposed:?}");
        }
    }

    #[test]
    fn what_a_system_would_not_take_is_replaced() {
        for (proposed, name) in [
            ("", "download"),
            ("   ", "download"),
            ("a:b", "a_b"),
            ("a.txt:stream", "a.txt_stream"),
            ("<a>|\"b\"?*.txt", "_a___b___.txt"),
            ("name.", "name"),
            ("name. . .", "name"),
            (" name.txt ", "name.txt"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("nul .txt", "_nul .txt"),
            ("COM¹.log", "_COM¹.log"),
            ("aux.", "_aux"),
        ] {
            assert_eq!(safe_file_name(proposed), name, "{proposed:?}");
        }
    }

    #[test]
    fn nothing_is_hidden_and_nothing_pretends() {
        for (proposed, name) in [
            (".bashrc", "bashrc"),
            ("...hidden", "hidden"),
            (". .x", "x"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("\u{2066}a\u{2069}.txt", "a.txt"),
            ("a\u{200b}b\u{feff}.txt", "ab.txt"),
            ("a\0b\u{7f}\u{85}c.txt", "ab c.txt"),
            ("line\nbreak\r\n.txt", "line break .txt"),
            ("invoice.pdf                                      .exe", "invoice.pdf .exe"),
            ("a\u{2028}b.txt", "a b.txt"),
            ("\u{200e}.x", "x"),
            ("\u{e0041}tag.txt", "tag.txt"),
        ] {
            assert_eq!(safe_file_name(proposed), name, "{proposed:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = safe_file_name(&format!("{}.pdf", "n".repeat(300)));
        assert_eq!((name.len(), name.ends_with("n.pdf")), (MAX_BYTES, true), "{name}");
        let name = safe_file_name(&format!("{}.tar.gz", "ä".repeat(300)));
        assert!(name.len() <= MAX_BYTES && name.ends_with("ä.tar.gz"), "{name}");
        let name = safe_file_name(&format!("a.{}", "x".repeat(300)));
        assert!(name == "a", "{name}");
        let name = safe_file_name(&"東".repeat(300));
        assert!(name.len() <= MAX_BYTES && name.chars().all(|c| c == '東'), "{name}");
        let name = safe_file_name(&format!("{}. .{}", "n".repeat(199), "m".repeat(100)));
        assert!(!name.ends_with(['.', ' ']), "{name}");
    }

    #[test]
    fn a_safe_name_is_its_own() {
        for proposed in
            ["../x", "CON", ". . .", "a:b", "\u{202e}x", &"n".repeat(300), "nul.\u{feff}", "_"]
        {
            let name = safe_file_name(proposed);
            assert_eq!(safe_file_name(&name), name, "{proposed:?}");
            assert!(!name.is_empty() && !name.starts_with('.') && !is_device(&name), "{name:?}");
        }
    }

    #[test]
    fn numbers_stand_before_the_extension() {
        for (name, number, numbered) in [
            ("a.txt", 0, "a.txt"),
            ("a.txt", 1, "a (1).txt"),
            ("a.txt", 2, "a (2).txt"),
            ("a", 3, "a (3)"),
            ("archive.tar.gz", 2, "archive (2).tar.gz"),
            ("v1.2.zip", 2, "v1.2 (2).zip"),
            ("tar.gz", 2, "tar (2).gz"),
        ] {
            assert_eq!(numbered_file_name(name, number), numbered);
        }
    }
}
