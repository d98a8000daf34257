//! Names of events: what a page may emit, and what only the runtime may.

/// Longest event name, in characters: names are keys, not data.
pub const MAX_EVENT_NAME_LENGTH: usize = 128;
/// Largest payload of an emitted event, in bytes of JSON: it is copied to every listening window.
pub const MAX_EVENT_PAYLOAD_BYTES: usize = 1024 * 1024;

/// Prefixes of native events, those of later versions included, so that an app written today cannot clash with them.
pub const RESERVED_PREFIXES: &[&str] = &[
    "window:",
    "app:",
    "navigation:",
    "download:",
    "network:",
    "dragdrop:",
    "menu:",
    "tray:",
    "shortcut:",
    "notification:",
    "update:",
    "desktopr:",
];
/// Native events without a prefix.
pub const RESERVED_NAMES: &[&str] = &["deeplink", "autostart"];

/// The name of an event that a page may emit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventName(String);

/// Why a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventNameError {
    Reserved,
    Invalid,
}

impl EventName {
    /// Checks a name that a page wants to emit.
    pub fn parse(name: &str) -> Result<EventName, EventNameError> {
        let reserved = RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || RESERVED_NAMES.contains(&name);
        if reserved {
            return Err(EventNameError::Reserved);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_:./-".contains(c);
        if name.is_empty() || name.len() > MAX_EVENT_NAME_LENGTH || !name.chars().all(allowed) {
            return Err(EventNameError::Invalid);
        }
        Ok(EventName(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_names_are_refused() {
        for name in ["window:focus", "deeplink", "desktopr:debug", "menu:"] {
            assert_eq!(EventName::parse(name), Err(EventNameError::Reserved), "{name}");
        }
    }

    #[test]
    fn odd_names_are_refused() {
        for name in ["", "a b", "é", "a\nb", &"x".repeat(MAX_EVENT_NAME_LENGTH + 1)] {
            assert_eq!(EventName::parse(name), Err(EventNameError::Invalid), "{name}");
        }
    }

    #[test]
    fn usual_names_pass() {
        for name in [
            "saved",
            "my-app:saved",
            "a/b.c_d",
            "windows",
            "deeplinks",
            &"x".repeat(MAX_EVENT_NAME_LENGTH),
        ] {
            assert!(EventName::parse(name).is_ok(), "{name}");
        }
    }
}
