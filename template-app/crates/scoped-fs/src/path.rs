//! The one way from a text of the page to a path: relative, inside, and made of names that every system takes.

use std::path::PathBuf;

use runtime_settings::is_device;

use crate::{
    MAX_DEPTH, TEMPORARY,
    error::{Code, Error, Result},
};

/// Longest path, in bytes: what Linux takes.
const MAX_PATH: usize = 4096;
/// Longest name, in bytes: what the usual file systems take.
pub(crate) const MAX_NAME: usize = 255;

/// A path below the scope; empty for the scope itself. It has no `.` and no `..` any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopedPath(Vec<String>);

impl ScopedPath {
    /// Parses a path. Names are separated by `/` or `\`; `.` and repeated separators mean nothing, and `..` is the folder above
    /// as the text has it, as long as that is inside.
    pub fn parse(text: &str) -> Result<ScopedPath> {
        if text.len() > MAX_PATH {
            let message = format!("the path is longer than {MAX_PATH} bytes");
            return Err(Error::new(Code::InvalidName, message));
        }
        if text.starts_with(['/', '\\']) || has_drive(text) || text.contains('\0') {
            return Err(outside(text));
        }
        let mut names = Vec::new();
        for part in text.split(['/', '\\']) {
            match part {
                "" | "." => {}
                ".." => {
                    names.pop().ok_or_else(|| outside(text))?;
                }
                name => names.push(checked(name, text)?.to_owned()),
            }
        }
        if names.len() > MAX_DEPTH {
            let message = format!("folders may be nested {MAX_DEPTH} levels deep: `{text}`");
            return Err(Error::new(Code::InvalidName, message));
        }
        Ok(ScopedPath(names))
    }

    /// The scope itself?
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Levels below the scope.
    pub(crate) fn depth(&self) -> usize {
        self.0.len()
    }

    /// The last name; empty for the scope itself.
    pub(crate) fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    pub(crate) fn parent(&self) -> ScopedPath {
        let names = self.0.split_last().map_or(&[][..], |(_, parents)| parents);
        ScopedPath(names.to_vec())
    }

    /// From the first folder to the path itself.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = ScopedPath> + '_ {
        (1..=self.0.len()).map(|length| ScopedPath(self.0[..length].to_vec()))
    }

    /// Is this path `folder`, or below it?
    pub(crate) fn is_in(&self, folder: &ScopedPath) -> bool {
        self.0.starts_with(&folder.0)
    }

    /// The path of something in this folder.
    pub(crate) fn join(&self, name: &str) -> ScopedPath {
        ScopedPath(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }

    /// As the page reads it, with `/`.
    pub fn text(&self) -> String {
        self.0.join("/")
    }

    /// As cap-std takes it.
    pub(crate) fn os(&self) -> PathBuf {
        if self.is_root() { PathBuf::from(".") } else { self.0.iter().collect() }
    }
}

fn outside(text: &str) -> Error {
    Error::new(Code::OutsideScope, format!("the path leads out of its folder: `{text}`"))
}

/// Does it begin as `C:` does?
fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// The name, when every system takes it as a name and nothing else.
fn checked<'a>(name: &'a str, text: &str) -> Result<&'a str> {
    match fault(name) {
        None => Ok(name),
        Some(DEVICE) => Err(outside(text)),
        Some(why) => Err(Error::new(Code::InvalidName, format!("{why}: `{text}`"))),
    }
}

/// Can a page say this name?
pub(crate) fn is_sayable(name: &str) -> bool {
    !name.contains(['/', '\\']) && fault(name).is_none()
}

/// What is wrong with a name that opens a device.
const DEVICE: &str = "a name is a device's";

/// What is wrong with a name, if anything is.
fn fault(name: &str) -> Option<&'static str> {
    Some(if is_device(name) {
        DEVICE
    } else if name.len() > MAX_NAME {
        "a name is longer than 255 bytes"
    } else if name.contains(':') {
        "a name has a `:` in it, which is a stream or a drive on Windows"
    } else if name.chars().any(char::is_control) {
        "a name has a control character in it"
    } else if name.ends_with(['.', ' ']) {
        "a name ends in a dot or space, which Windows drops"
    } else if is_temporary(name) {
        "the name is kept for files on their way to their place"
    } else {
        return None;
    })
}

/// Is it the name of a file on its way to its place?
pub(crate) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_as_text() {
        for (text, path) in [
            ("", ""),
            (".", ""),
            ("a", "a"),
            ("a/b", "a/b"),
            ("a\\b", "a/b"),
            ("a//b/", "a/b"),
            ("./a/./b", "a/b"),
            ("a/../b", "b"),
            ("a/b/../..", ""),
            (".hidden", ".hidden"),
            ("...a", "...a"),
            ("Übersicht 2.txt", "Übersicht 2.txt"),
            ("com10", "com10"),
            ("console.txt", "console.txt"),
        ] {
            assert_eq!(ScopedPath::parse(text).map(|path| path.text()).unwrap(), path, "{text:?}");
        }
    }

    #[test]
    fn what_leads_out_is_refused() {
        for text in [
            "/",
            "/etc/passwd",
            "\\windows",
            "\\\\server\\share",
            "//server/share",
            "\\\\?\\C:\\x",
            "C:",
            "c:\\x",
            "a:b",
            "C:x",
            "..",
            "../a",
            "a/../../b",
            "a\\..\\..\\b",
            "a\0b",
            "NUL",
            "a/con.txt",
            "com1",
            "COM¹.log",
            "lpt9.a.b",
            "conin$",
            "CONOUT$",
            "aux .txt",
        ] {
            let error = ScopedPath::parse(text).unwrap_err();
            assert_eq!(error.code, Code::OutsideScope, "{text:?}");
        }
    }

    #[test]
    fn names_that_not_every_system_takes_are_refused() {
        let (long, longer) = ("n".repeat(256), "a/".repeat(2049));
        let deep = "a/".repeat(65);
        for text in [
            "ab:c",
            "file:stream",
            "a\nb",
            "a\u{7f}",
            "a.",
            "a ",
            "a./b",
            ".../b",
            ".deskwright-1.tmp",
            &long,
            &longer,
            &deep,
        ] {
            let error = ScopedPath::parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidName, "{text:?}");
        }
        assert!(ScopedPath::parse(&"n".repeat(255)).is_ok());
        assert!(ScopedPath::parse(&"a/".repeat(64)).is_ok());
    }
}
