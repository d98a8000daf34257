//! Linux: keys by the numbers that the X server has for them. GTK has the same, under Wayland too.

/// A key's number.
type Keysym = u32;

/// The number of a key, of letters that of the small one: https://www.x.org/releases/current/doc/xproto/x11protocol.html#keysym_encoding
pub(crate) fn keysym(code: &str) -> Option<Keysym> {
    let last = || code.bytes().last().map(|byte| u32::from(byte.to_ascii_lowercase()));
    if (code.starts_with("Key") && code.len() == 4)
        || (code.starts_with("Digit") && code.len() == 6)
    {
        return last();
    }
    if let Some(number) = code.strip_prefix('F').and_then(|number| number.parse::<u32>().ok()) {
        return Some(0xffbd + number);
    }
    if let Some(number) = code.strip_prefix("Numpad").and_then(|number| number.parse::<u32>().ok())
    {
        return Some(0xffb0 + number);
    }
    NAMED.iter().find(|(name, _)| *name == code).map(|(_, symbol)| *symbol)
}

const NAMED: &[(&str, Keysym)] = &[
    ("Space", 0x20),
    ("Tab", 0xff09),
    ("Enter", 0xff0d),
    ("Escape", 0xff1b),
    ("Backspace", 0xff08),
    ("Delete", 0xffff),
    ("Insert", 0xff63),
    ("Home", 0xff50),
    ("End", 0xff57),
    ("PageUp", 0xff55),
    ("PageDown", 0xff56),
    ("ArrowLeft", 0xff51),
    ("ArrowUp", 0xff52),
    ("ArrowRight", 0xff53),
    ("ArrowDown", 0xff54),
    ("Minus", 0x2d),
    ("Equal", 0x3d),
    ("BracketLeft", 0x5b),
    ("BracketRight", 0x5d),
    ("Backslash", 0x5c),
    ("Semicolon", 0x3b),
    ("Quote", 0x27),
    ("Comma", 0x2c),
    ("Period", 0x2e),
    ("Slash", 0x2f),
    ("Backquote", 0x60),
    ("PrintScreen", 0xff61),
    ("ScrollLock", 0xff14),
    ("Pause", 0xff13),
    ("NumpadAdd", 0xffab),
    ("NumpadSubtract", 0xffad),
    ("NumpadMultiply", 0xffaa),
    ("NumpadDivide", 0xffaf),
    ("NumpadDecimal", 0xffae),
    ("NumpadEnter", 0xff8d),
    ("MediaPlayPause", 0x1008_ff14),
    ("MediaStop", 0x1008_ff15),
    ("MediaTrackPrevious", 0x1008_ff16),
    ("MediaTrackNext", 0x1008_ff17),
    ("AudioVolumeDown", 0x1008_ff11),
    ("AudioVolumeMute", 0x1008_ff12),
    ("AudioVolumeUp", 0x1008_ff13),
];

#[cfg(test)]
mod tests {
    use gtk::gdk::keys::Key;
    use runtime_settings::Accelerator;

    use super::keysym;

    #[test]
    fn every_key_of_the_grammar_has_a_symbol() {
        for code in Accelerator::codes() {
            assert!(keysym(code).is_some(), "{code}");
        }
        for (code, symbol) in
            [("KeyA", 0x61), ("Digit7", 0x37), ("F1", 0xffbe), ("F24", 0xffd5), ("Numpad9", 0xffb9)]
        {
            assert_eq!(keysym(code), Some(symbol), "{code}");
        }
    }

    #[test]
    fn gtk_has_the_same_numbers() {
        for (code, name) in [
            ("KeyA", "a"),
            ("Digit0", "0"),
            ("Comma", "comma"),
            ("Quote", "apostrophe"),
            ("Backquote", "grave"),
            ("Backspace", "BackSpace"),
            ("PageUp", "Page_Up"),
            ("ArrowLeft", "Left"),
            ("F24", "F24"),
        ] {
            assert_eq!(keysym(code), Some(*Key::from_name(name)), "{code}");
        }
    }
}
