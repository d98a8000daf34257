//! Which functions not every system has.

/// Public functions, and the systems, in Node's words, that they work on. Elsewhere they reject with `<module>/unsupported`, and
/// `supports` says so beforehand.
const LIMITED: &[(&str, &[&str])] = &[
    ("events.onTrayIconEvent", &["darwin", "win32"]),
    ("downloads.cancel", &["linux"]),
    ("downloads.onProgress", &["linux"]),
];

/// The systems that a function works on; none when that is all.
pub fn systems_of(path: &str) -> Option<&'static [&'static str]> {
    LIMITED.iter().find(|(known, _)| *known == path).map(|(_, systems)| *systems)
}

/// The functions that a system does not have.
pub fn unsupported_on(system: &str) -> impl Iterator<Item = &'static str> {
    LIMITED.iter().filter(move |(_, systems)| !systems.contains(&system)).map(|(path, _)| *path)
}
