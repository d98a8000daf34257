//! Accelerators, such as `CmdOrCtrl+Shift+K`: one grammar for the config, for shortcuts of the whole desktop, for those of a window,
//! and for items of menus.

use std::fmt;

/// A key with what is held beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Accelerator {
    pub shift: bool,
    pub control: bool,
    pub alt: bool,
    /// Command on macOS, the Windows key elsewhere.
    pub meta: bool,
    /// As `KeyboardEvent.code` has it, such as `KeyK`.
    pub code: &'static str,
}

/// Why a text is no accelerator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcceleratorError {
    #[error("no key in the accelerator: `{0}`; write modifiers and one key, such as `CmdOrCtrl+K`")]
    NoKey(String),
    #[error(
        "not a key: `{0}`; write it as `KeyboardEvent.code` has it, such as `K`, `F5` or `ArrowUp`"
    )]
    UnknownKey(String),
    #[error("not a modifier: `{0}`; there are `Ctrl`, `Alt`, `Shift`, `Super` and `CmdOrCtrl`")]
    UnknownModifier(String),
    #[error("the same modifier twice: `{0}`")]
    Repeated(String),
    #[error(
        "no modifier in `{0}`: people could not type that key any more; add `CmdOrCtrl` or `Alt`"
    )]
    NeedsModifier(String),
    #[error("a menu cannot have that key: `{0}`; take a letter, a digit or a key such as `F5`")]
    NotInMenus(String),
    #[error("a sequence has 1 to {MAX_STROKES} accelerators, found: {0}")]
    Strokes(usize),
}

/// Accelerators of a sequence (count): what hands remember.
pub const MAX_STROKES: usize = 4;

/// Keys by code, and other names of theirs in lower case.
const NAMED: &[(&str, &[&str])] = &[
    ("Space", &[]),
    ("Tab", &[]),
    ("Enter", &["return"]),
    ("Escape", &["esc"]),
    ("Backspace", &[]),
    ("Delete", &["del"]),
    ("Insert", &["ins"]),
    ("Home", &[]),
    ("End", &[]),
    ("PageUp", &[]),
    ("PageDown", &[]),
    ("ArrowUp", &["up"]),
    ("ArrowDown", &["down"]),
    ("ArrowLeft", &["left"]),
    ("ArrowRight", &["right"]),
    ("Minus", &["-"]),
    ("Equal", &["=", "plus"]),
    ("BracketLeft", &["["]),
    ("BracketRight", &["]"]),
    ("Backslash", &["\\"]),
    ("Semicolon", &[";"]),
    ("Quote", &["'"]),
    ("Comma", &[","]),
    ("Period", &["."]),
    ("Slash", &["/"]),
    ("Backquote", &["`"]),
    ("PrintScreen", &[]),
    ("ScrollLock", &[]),
    ("Pause", &[]),
    ("NumpadAdd", &[]),
    ("NumpadSubtract", &[]),
    ("NumpadMultiply", &[]),
    ("NumpadDivide", &[]),
    ("NumpadDecimal", &[]),
    ("NumpadEnter", &[]),
    ("MediaPlayPause", &[]),
    ("MediaStop", &[]),
    ("MediaTrackNext", &[]),
    ("MediaTrackPrevious", &[]),
    ("AudioVolumeUp", &["volumeup"]),
    ("AudioVolumeDown", &["volumedown"]),
    ("AudioVolumeMute", &["volumemute"]),
];

const LETTERS: [&str; 26] = [
    "KeyA", "KeyB", "KeyC", "KeyD", "KeyE", "KeyF", "KeyG", "KeyH", "KeyI", "KeyJ", "KeyK", "KeyL",
    "KeyM", "KeyN", "KeyO", "KeyP", "KeyQ", "KeyR", "KeyS", "KeyT", "KeyU", "KeyV", "KeyW", "KeyX",
    "KeyY", "KeyZ",
];
const DIGITS: [&str; 10] = [
    "Digit0", "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8",
    "Digit9",
];
const NUMPAD: [&str; 10] = [
    "Numpad0", "Numpad1", "Numpad2", "Numpad3", "Numpad4", "Numpad5", "Numpad6", "Numpad7",
    "Numpad8", "Numpad9",
];
const FUNCTIONS: [&str; 24] = [
    "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "F13", "F14", "F15",
    "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24",
];

/// Keys that write nothing into a field of text. The keys of a menu are those of one window, so it can have them by themselves.
const MOVING: [&str; 11] = [
    "Escape",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
];
/// Keys that have nothing to do with text.
const SPECIAL: [&str; 3] = ["PrintScreen", "ScrollLock", "Pause"];

impl AcceleratorError {
    /// What is wrong, and what to do about it.
    pub fn reason_and_fix(&self) -> (String, String) {
        let message = self.to_string();
        let example = "write modifiers and a key, such as `CmdOrCtrl+Shift+K`";
        let (reason, fix) = message.split_once("; ").unwrap_or((&message, example));
        (reason.to_owned(), fix.to_owned())
    }
}

impl Accelerator {
    /// Not on macOS, and on macOS: `CmdOrCtrl` is another key there, and an app may be made for all systems.
    pub const IS_MACOS: [bool; 2] = [false, true];

    /// Reads an accelerator. `CmdOrCtrl` is Command on macOS, and Ctrl elsewhere.
    pub fn parse(text: &str, is_macos: bool) -> Result<Accelerator, AcceleratorError> {
        let (modifiers, key) = text.rsplit_once('+').unwrap_or(("", text));
        if key.trim().is_empty() {
            return Err(AcceleratorError::NoKey(text.to_owned()));
        }
        let code = code_of(key.trim())
            .ok_or_else(|| AcceleratorError::UnknownKey(key.trim().to_owned()))?;
        let mut accelerator =
            Accelerator { shift: false, control: false, alt: false, meta: false, code };
        let words = modifiers.split('+').map(str::trim);
        for word in words.filter(|_| text.contains('+')) {
            let held = accelerator.modifier(word, is_macos)?;
            if std::mem::replace(held, true) {
                return Err(AcceleratorError::Repeated(word.to_owned()));
            }
        }
        Ok(accelerator)
    }

    /// The same for keys of the whole desktop: one that people type with is not taken away from them.
    pub fn parse_global(text: &str, is_macos: bool) -> Result<Accelerator, AcceleratorError> {
        let accelerator = Accelerator::parse(text, is_macos)?;
        let code = &accelerator.code;
        let types_nothing =
            FUNCTIONS.contains(code) || SPECIAL.contains(code) || accelerator.is_media();
        accelerator.leaves_typing_alone(types_nothing, text)
    }

    /// The same for an item of a menu. Not every system has a sign for the keys of numbers and of players there.
    pub fn parse_menu(text: &str, is_macos: bool) -> Result<Accelerator, AcceleratorError> {
        let accelerator = Accelerator::parse(text, is_macos)?;
        let code = &accelerator.code;
        if accelerator.is_media() || SPECIAL.contains(code) || code.starts_with("Numpad") {
            return Err(AcceleratorError::NotInMenus(text.to_owned()));
        }
        let types_nothing = FUNCTIONS.contains(code) || MOVING.contains(code);
        accelerator.leaves_typing_alone(types_nothing, text)
    }

    fn is_media(&self) -> bool {
        ["Media", "Audio"].iter().any(|prefix| self.code.starts_with(prefix))
    }

    fn leaves_typing_alone(
        self,
        types_nothing: bool,
        text: &str,
    ) -> Result<Accelerator, AcceleratorError> {
        match self.control || self.alt || self.meta || types_nothing {
            true => Ok(self),
            false => Err(AcceleratorError::NeedsModifier(text.to_owned())),
        }
    }

    /// Reads accelerators that are pressed one after the other, such as `Ctrl+K Ctrl+C`.
    pub fn parse_sequence(
        text: &str,
        is_macos: bool,
    ) -> Result<Vec<Accelerator>, AcceleratorError> {
        let strokes = text.split_whitespace();
        let strokes: Vec<_> =
            strokes.map(|stroke| Accelerator::parse(stroke, is_macos)).collect::<Result<_, _>>()?;
        match strokes.len() {
            1..=MAX_STROKES => Ok(strokes),
            count => Err(AcceleratorError::Strokes(count)),
        }
    }

    /// The code of every key that there is.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        let named = NAMED.iter().map(|(code, _)| *code);
        let rows = LETTERS.iter().chain(&DIGITS).chain(&NUMPAD).chain(&FUNCTIONS);
        named.chain(rows.copied())
    }

    /// Other names of keys, beside their codes and what a letter or a digit is called by itself.
    pub fn aliases() -> impl Iterator<Item = &'static str> {
        NAMED.iter().flat_map(|(_, aliases)| aliases.iter().copied())
    }

    fn modifier(&mut self, word: &str, is_macos: bool) -> Result<&mut bool, AcceleratorError> {
        match word.to_ascii_lowercase().as_str() {
            "shift" => Ok(&mut self.shift),
            "ctrl" | "control" => Ok(&mut self.control),
            "alt" | "option" => Ok(&mut self.alt),
            "super" | "meta" | "cmd" | "command" => Ok(&mut self.meta),
            "cmdorctrl" | "cmdorcontrol" | "commandorctrl" | "commandorcontrol" if is_macos => {
                Ok(&mut self.meta)
            }
            "cmdorctrl" | "cmdorcontrol" | "commandorctrl" | "commandorcontrol" => {
                Ok(&mut self.control)
            }
            _ => Err(AcceleratorError::UnknownModifier(word.to_owned())),
        }
    }
}

/// One way of writing for each accelerator, such as `shift+control+KeyK`.
impl fmt::Display for Accelerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, word) in [
            (self.shift, "shift+"),
            (self.control, "control+"),
            (self.alt, "alt+"),
            (self.meta, "super+"),
        ] {
            if held {
                f.write_str(word)?;
            }
        }
        f.write_str(self.code)
    }
}

fn code_of(key: &str) -> Option<&'static str> {
    let key = key.to_ascii_lowercase();
    let named = NAMED
        .iter()
        .find(|(code, aliases)| code.eq_ignore_ascii_case(&key) || aliases.contains(&key.as_str()));
    if let Some((code, _)) = named {
        return Some(code);
    }
    // A letter or a digit may stand for itself.
    let codes = LETTERS.iter().chain(&DIGITS);
    let mut plain =
        codes.filter(|code| key.len() == 1 && code.to_ascii_lowercase().ends_with(&key));
    let whole = || LETTERS.iter().chain(&DIGITS).chain(&NUMPAD).chain(&FUNCTIONS);
    plain.next().or_else(|| whole().find(|code| code.eq_ignore_ascii_case(&key))).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, is_macos: bool) -> String {
        Accelerator::parse(text, is_macos).map_or_else(|error| error.to_string(), |a| a.to_string())
    }

    #[test]
    fn one_accelerator_has_many_ways_of_writing() {
        for text in [
            "Ctrl+Shift+K",
            "shift+control+keyk",
            " Shift + CmdOrCtrl + k ",
            "CommandOrControl+Shift+K",
        ] {
            assert_eq!(written(text, false), "shift+control+KeyK", "{text}");
        }
        assert_eq!(written("CmdOrCtrl+K", true), "super+KeyK");
        assert_eq!(written("CmdOrCtrl+Ctrl+K", true), "control+super+KeyK");
        for (text, code) in [
            ("1", "Digit1"),
            ("f12", "F12"),
            ("up", "ArrowUp"),
            ("-", "Minus"),
            ("plus", "Equal"),
            ("esc", "Escape"),
            ("Numpad7", "Numpad7"),
            ("F1", "F1"),
            ("y", "KeyY"),
        ] {
            assert_eq!(written(text, false), code, "{text}");
        }
    }

    #[test]
    fn what_is_no_accelerator_says_which_part_is_wrong() {
        for (text, part) in [
            ("", "no key"),
            ("Ctrl+", "no key"),
            ("Ctrl++K", "not a modifier: ``"),
            ("Ctrl+Foo", "not a key: `Foo`"),
            ("Ctrl+F25", "not a key: `F25`"),
            ("Hyper+K", "not a modifier: `Hyper`"),
            ("K+Ctrl", "not a key: `Ctrl`"),
            ("Ctrl+Control+K", "twice: `Control`"),
            ("CmdOrCtrl+Ctrl+K", "twice: `Ctrl`"),
            ("Ctrl+K Ctrl+C", "not a modifier: `K Ctrl`"),
            ("Ctrl+é", "not a key"),
        ] {
            assert!(written(text, false).contains(part), "{text}: {}", written(text, false));
        }
    }

    #[test]
    fn keys_of_the_whole_desktop_leave_typing_alone() {
        for text in ["K", "Shift+K", "Enter", "Shift+Tab", "Numpad1"] {
            let refused = Accelerator::parse_global(text, false);
            assert_eq!(refused, Err(AcceleratorError::NeedsModifier(text.to_owned())));
        }
        for text in ["Alt+K", "F5", "Shift+F5", "MediaPlayPause", "Super+Space", "VolumeUp"] {
            assert!(Accelerator::parse_global(text, false).is_ok(), "{text}");
        }
    }

    #[test]
    fn menus_leave_typing_alone_and_have_keys_that_they_can_show() {
        for text in ["S", "Shift+Enter", "Space", "Shift+=", "Backspace"] {
            let refused = Accelerator::parse_menu(text, false);
            assert_eq!(refused, Err(AcceleratorError::NeedsModifier(text.to_owned())));
        }
        for text in ["Ctrl+Numpad1", "MediaStop", "Ctrl+VolumeUp", "Alt+PrintScreen"] {
            let refused = Accelerator::parse_menu(text, false);
            assert_eq!(refused, Err(AcceleratorError::NotInMenus(text.to_owned())));
        }
        for text in ["Ctrl+S", "Ctrl+Plus", "F11", "Delete", "Shift+Up", "Alt+Space"] {
            assert!(Accelerator::parse_menu(text, false).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_sequence_has_one_to_four_strokes() {
        let count = |text| Accelerator::parse_sequence(text, false).map(|strokes| strokes.len());
        assert_eq!(count("Ctrl+K Ctrl+C"), Ok(2));
        assert_eq!(count("g"), Ok(1));
        assert_eq!(count("  "), Err(AcceleratorError::Strokes(0)));
        assert_eq!(count("a b c d e"), Err(AcceleratorError::Strokes(5)));
    }
}
