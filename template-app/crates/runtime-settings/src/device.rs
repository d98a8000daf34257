//! Names that are no file names on Windows, wherever they come from: pages, plugins, archives and configs.

/// Does Windows open a device for this name, whatever its extension?
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
pub fn is_device(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let is_port = |prefix: &str| {
        let number = first.strip_prefix(prefix);
        number.is_some_and(|number| {
            let mut chars = number.chars();
            // Superscript digits count too.
            let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³');
            chars.next().is_some_and(is_digit) && chars.next().is_none()
        })
    };
    matches!(first.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || is_port("COM")
        || is_port("LPT")
}

#[cfg(test)]
mod tests {
    use super::is_device;

    #[test]
    fn devices_are_known_in_every_spelling() {
        for name in [
            "con",
            "NUL.txt",
            "aux.tar.gz",
            "PRN ",
            "COM1",
            "lpt9.x",
            "COM¹.txt",
            "conin$",
            "CONOUT$",
        ] {
            assert!(is_device(name), "{name}");
        }
        for name in ["", "console", "com", "com10", "nul-1", "a.con"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
