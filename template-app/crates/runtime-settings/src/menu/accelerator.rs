//! Keys that choose an item: `CmdOrCtrl+Shift+S`. One grammar for configs and pages, on every system.

use std::fmt;

/// Modifiers and a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Accelerator {
    pub modifiers: Modifiers,
    key: &'static Key,
}

/// The keys that are held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Modifiers {
    /// Cmd on macOS, Ctrl elsewhere.
    pub command_or_control: bool,
    pub control: bool,
    pub alt: bool,
    pub shift: bool,
    /// Cmd on macOS, the key with the system's sign elsewhere.
    pub meta: bool,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    /// As people write it, in small letters.
    names: &'static [&'static str],
    /// `KeyboardEvent.code` of the web, which Tauri's menus understand.
    code: &'static str,
    /// GDK's name.
    gdk: &'static str,
    /// It writes something where text is typed.
    types: bool,
}

macro_rules! keys {
    ($($types:literal: $([$($name:literal)+] $code:literal $gdk:literal;)+)+) => {
        &[$($(Key { names: &[$($name),+], code: $code, gdk: $gdk, types: $types },)+)+]
    };
}

#[rustfmt::skip]
static KEYS: &[Key] = keys! {
    true:
    ["a"] "KeyA" "a"; ["b"] "KeyB" "b"; ["c"] "KeyC" "c"; ["d"] "KeyD" "d"; ["e"] "KeyE" "e"; ["f"] "KeyF" "f";
    ["g"] "KeyG" "g"; ["h"] "KeyH" "h"; ["i"] "KeyI" "i"; ["j"] "KeyJ" "j"; ["k"] "KeyK" "k"; ["l"] "KeyL" "l";
    ["m"] "KeyM" "m"; ["n"] "KeyN" "n"; ["o"] "KeyO" "o"; ["p"] "KeyP" "p"; ["q"] "KeyQ" "q"; ["r"] "KeyR" "r";
    ["s"] "KeyS" "s"; ["t"] "KeyT" "t"; ["u"] "KeyU" "u"; ["v"] "KeyV" "v"; ["w"] "KeyW" "w"; ["x"] "KeyX" "x";
    ["y"] "KeyY" "y"; ["z"] "KeyZ" "z";
    ["0"] "Digit0" "0"; ["1"] "Digit1" "1"; ["2"] "Digit2" "2"; ["3"] "Digit3" "3"; ["4"] "Digit4" "4";
    ["5"] "Digit5" "5"; ["6"] "Digit6" "6"; ["7"] "Digit7" "7"; ["8"] "Digit8" "8"; ["9"] "Digit9" "9";
    ["," "comma"] "Comma" "comma"; ["." "period"] "Period" "period"; ["/" "slash"] "Slash" "slash";
    [";" "semicolon"] "Semicolon" "semicolon"; ["'" "quote"] "Quote" "apostrophe";
    ["[" "bracketleft"] "BracketLeft" "bracketleft"; ["]" "bracketright"] "BracketRight" "bracketright";
    ["\\" "backslash"] "Backslash" "backslash"; ["`" "backquote"] "Backquote" "grave";
    ["-" "minus"] "Minus" "minus"; ["=" "equal" "plus"] "Equal" "equal";
    ["space"] "Space" "space"; ["tab"] "Tab" "Tab"; ["enter" "return"] "Enter" "Return";
    ["backspace"] "Backspace" "BackSpace";
    false:
    ["escape" "esc"] "Escape" "Escape"; ["delete"] "Delete" "Delete"; ["insert"] "Insert" "Insert";
    ["home"] "Home" "Home"; ["end"] "End" "End"; ["pageup"] "PageUp" "Page_Up"; ["pagedown"] "PageDown" "Page_Down";
    ["up" "arrowup"] "ArrowUp" "Up"; ["down" "arrowdown"] "ArrowDown" "Down";
    ["left" "arrowleft"] "ArrowLeft" "Left"; ["right" "arrowright"] "ArrowRight" "Right";
    ["f1"] "F1" "F1"; ["f2"] "F2" "F2"; ["f3"] "F3" "F3"; ["f4"] "F4" "F4"; ["f5"] "F5" "F5"; ["f6"] "F6" "F6";
    ["f7"] "F7" "F7"; ["f8"] "F8" "F8"; ["f9"] "F9" "F9"; ["f10"] "F10" "F10"; ["f11"] "F11" "F11";
    ["f12"] "F12" "F12"; ["f13"] "F13" "F13"; ["f14"] "F14" "F14"; ["f15"] "F15" "F15"; ["f16"] "F16" "F16";
    ["f17"] "F17" "F17"; ["f18"] "F18" "F18"; ["f19"] "F19" "F19"; ["f20"] "F20" "F20"; ["f21"] "F21" "F21";
    ["f22"] "F22" "F22"; ["f23"] "F23" "F23"; ["f24"] "F24" "F24";
};

impl Accelerator {
    /// Reads keys with `+` between them, the modifiers first; capitals do not matter. The error is a reason for people.
    pub fn parse(text: &str) -> Result<Accelerator, String> {
        // `+` itself is written `Plus`: nothing else may be empty.
        let mut parts: Vec<_> = text.split('+').map(str::trim).collect();
        let written = parts.pop().unwrap_or_default();
        let last = written.to_ascii_lowercase();
        let mut modifiers = Modifiers::default();
        for part in parts {
            let held = match part.to_ascii_lowercase().as_str() {
                "cmdorctrl" | "cmdorcontrol" | "commandorctrl" | "commandorcontrol" => {
                    &mut modifiers.command_or_control
                }
                "ctrl" | "control" => &mut modifiers.control,
                "alt" | "option" => &mut modifiers.alt,
                "shift" => &mut modifiers.shift,
                "cmd" | "command" | "super" | "meta" => &mut modifiers.meta,
                _ => return Err(format!("not a modifier: `{part}`")),
            };
            if std::mem::replace(held, true) {
                return Err(format!("the same modifier twice: `{part}`"));
            }
        }
        let Some(key) = KEYS
            .iter()
            .find(|key| key.names.contains(&last.as_str()) || key.code.eq_ignore_ascii_case(&last))
        else {
            return Err(format!("not a key: `{written}`"));
        };
        let Modifiers { command_or_control, control, alt, meta, .. } = modifiers;
        if key.types && !(command_or_control || control || alt || meta) {
            return Err(format!("a key that is typed, and nothing that is held: `{text}`"));
        }
        Ok(Accelerator { modifiers, key })
    }

    /// The key by GDK's name.
    pub fn gdk_key(&self) -> &'static str {
        self.key.gdk
    }

    /// Every key there is, by a name that people write.
    pub fn key_names() -> impl Iterator<Item = &'static str> {
        KEYS.iter().flat_map(|key| key.names.iter().copied())
    }
}

/// As Tauri's menus read it.
impl fmt::Display for Accelerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Modifiers { command_or_control, control, alt, shift, meta } = self.modifiers;
        let held = [
            (command_or_control, "CmdOrCtrl"),
            (control, "Ctrl"),
            (alt, "Alt"),
            (shift, "Shift"),
            (meta, "Super"),
        ];
        for (_, name) in held.iter().filter(|(is_held, _)| *is_held) {
            write!(f, "{name}+")?;
        }
        f.write_str(self.key.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_any_spelling() {
        for (text, expected) in [
            ("CmdOrCtrl+S", "CmdOrCtrl+KeyS"),
            ("commandorcontrol + shift + s", "CmdOrCtrl+Shift+KeyS"),
            ("Shift+Ctrl+KeyS", "Ctrl+Shift+KeyS"),
            ("Ctrl+Plus", "Ctrl+Equal"),
            ("Ctrl+=", "Ctrl+Equal"),
            ("Alt+Left", "Alt+ArrowLeft"),
            ("Cmd+,", "Super+Comma"),
            ("F11", "F11"),
            ("delete", "Delete"),
        ] {
            let parsed = Accelerator::parse(text).map(|keys| keys.to_string());
            assert_eq!(parsed.as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_keys_is_refused_with_the_part_that_is_wrong() {
        for (text, expected) in [
            ("", "not a key: ``"),
            ("Ctrl+", "not a key: ``"),
            ("Ctrl++", "not a modifier: ``"),
            ("Ctrl+SS", "not a key: `SS`"),
            ("Ctrl+F25", "not a key: `F25`"),
            ("Hyper+S", "not a modifier: `Hyper`"),
            ("Ctrl+K Ctrl+C", "not a modifier: `K Ctrl`"),
            ("S+Ctrl", "not a modifier: `S`"),
            ("Ctrl+Control+S", "the same modifier twice: `Control`"),
            ("S", "a key that is typed, and nothing that is held: `S`"),
            ("Shift+Enter", "a key that is typed, and nothing that is held: `Shift+Enter`"),
        ] {
            assert_eq!(Accelerator::parse(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn no_name_means_two_keys() {
        let mut names: Vec<_> = Accelerator::key_names().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
