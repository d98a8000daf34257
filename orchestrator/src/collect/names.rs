//! Names of files and folders that others chose: which of them are safe here and on every other system.
//!
//! Everything that a build of ours makes has a plain ASCII name, so that the rule can be strict, and no two spellings of one
//! name exist.

/// Longest path within an archive, in bytes: Windows allows 260 with the folders above it.
const MAX_PATH_BYTES: usize = 160;
/// Deepest path within an archive, in parts: ours have two.
const MAX_DEPTH: usize = 8;
/// What Windows does not allow in names, beside control characters; the backslash separates there, and the colon names a
/// drive or a hidden stream.
const FORBIDDEN: &str = "<>:\"|?*\\";
/// What names of files are on Windows whatever their extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// The same with a digit behind it.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Why a path with slashes may not be made below a folder.
pub(super) fn path_fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("an empty name");
    }
    if path.len() > MAX_PATH_BYTES {
        return Some("too long a path");
    }
    if path.split('/').count() > MAX_DEPTH {
        return Some("too deep a path");
    }
    if path.starts_with('/') {
        return Some("an absolute path");
    }
    path.split('/').find_map(part_fault)
}

/// Why a name cannot be that of one file or folder.
pub(super) fn part_fault(part: &str) -> Option<&'static str> {
    if part.is_empty() {
        return Some("a part of the path is empty");
    }
    if part == "." || part == ".." {
        return Some("a path that leads elsewhere");
    }
    if part.contains('/') {
        return Some("a path, not a name");
    }
    if part.bytes().any(|byte| byte.is_ascii_control()) {
        return Some("a control character");
    }
    if !part.is_ascii() {
        return Some("a character beyond ASCII");
    }
    if part.chars().any(|c| FORBIDDEN.contains(c)) {
        return Some("a character that is not for file names");
    }
    if part.ends_with(['.', ' ']) || part.starts_with(' ') {
        return Some("a dot or a space at the edge of a name");
    }
    is_device(part).then_some("the name of a device")
}

/// Whether Windows takes it for a device: `NUL`, also as `nul.txt` and `NUL .txt`.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_lowercase();
    let numbered = NUMBERED_DEVICES.iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']))
    });
    numbered || DEVICES.contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::{part_fault, path_fault};

    #[test]
    fn ordinary_names_are_fine() {
        for name in [
            "notes_1.0.0_amd64.deb",
            "notes-linux-x64/manifest.json",
            "notes-1.0.0~beta.1-1.x86_64.rpm",
            "Notes_1.0.0+2_x64-setup.exe",
            ".well-known/x",
            "com.example.notes",
            "console.txt",
            "com10",
            "a b",
        ] {
            assert_eq!(path_fault(name), None, "{name}");
        }
    }

    #[test]
    fn unsafe_names_are_told_with_their_fault() {
        let long = "a".repeat(161);
        for (name, words) in [
            ("", "empty"),
            ("/etc/passwd", "absolute"),
            ("a//b", "empty"),
            ("a/", "empty"),
            ("../x", "elsewhere"),
            ("a/../../x", "elsewhere"),
            ("./x", "elsewhere"),
            ("a\\b", "not for file names"),
            ("C:x", "not for file names"),
            ("a:b", "not for file names"),
            ("CON", "device"),
            ("x/nul.txt", "device"),
            ("Aux .tar.gz", "device"),
            ("COM1", "device"),
            ("lpt9.x", "device"),
            ("CONOUT$", "device"),
            ("a.", "edge"),
            ("a /b", "edge"),
            (" a", "edge"),
            ("a\nb", "control"),
            ("a\0b", "control"),
            ("a\u{7f}", "control"),
            ("ä", "ASCII"),
            ("a\u{202e}b", "ASCII"),
            ("a/b/c/d/e/f/g/h/i", "deep"),
            (long.as_str(), "long"),
        ] {
            let fault = path_fault(name).unwrap_or_default();
            assert!(fault.contains(words), "{name:?}: {fault:?}");
        }
        assert!(part_fault("a/b").is_some());
    }
}
