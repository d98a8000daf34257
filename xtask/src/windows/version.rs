//! Versions in Windows' own forms: four numbers, and a text that sorts.

use std::fmt::Write as _;

use semver::Version;

/// Digits of a number in a sorting text: numbers of a version have at most five.
const DIGITS: usize = 5;
/// Digits of the length that goes before a label's own number, which may be longer than any integer type.
const LENGTH_DIGITS: usize = 2;

/// Major, minor, patch and a last number that semantic versioning has no use for. Config versions fit into 16 bits each.
pub(super) fn numbers(version: &Version) -> [u16; 4] {
    let part = |number: u64| u16::try_from(number).unwrap_or(u16::MAX);
    [part(version.major), part(version.minor), part(version.patch), 0]
}

/// The numbers with dots between them.
pub(super) fn dotted(version: &Version) -> String {
    numbers(version).map(|number| number.to_string()).join(".")
}

/// A text of digits that sorts as the versions do, pre-releases included. An installer compares texts only, and digits
/// alone sort alike in every language of the system.
pub(super) fn order(version: &Version) -> String {
    let mut text = String::new();
    for number in numbers(version) {
        let _ = write!(text, "{number:0DIGITS$}");
    }
    if version.pre.is_empty() {
        // Above every pre-release.
        text.push('9');
        return text;
    }
    for label in version.pre.split('.') {
        if label.bytes().all(|byte| byte.is_ascii_digit()) {
            // A longer number is a larger one: there are no leading zeros.
            let _ = write!(text, "1{:0LENGTH_DIGITS$}{label}", label.len());
        } else {
            text.push('2');
            for byte in label.bytes() {
                let _ = write!(text, "{byte:03}");
            }
            text.push_str("000");
        }
    }
    // Fewer labels come before more.
    text.push('0');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_sorts_as_semantic_versioning_does() {
        let sorted = [
            "0.9.9",
            "0.10.0",
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0-99999999999999999999",
            "1.0.0-100000000000000000000",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-alpha-x",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1-a",
            "1.0.1",
            "1.1.0",
            "65535.65535.65535",
        ];
        for pair in sorted.windows(2) {
            let [one, two] = [&pair[0], &pair[1]].map(|text| Version::parse(text).unwrap());
            assert!(one < two, "{one} {two}");
            assert!(order(&one) < order(&two), "{one} {two}: {} {}", order(&one), order(&two));
        }
    }

    #[test]
    fn four_numbers() {
        assert_eq!(dotted(&Version::parse("1.2.3-beta.4").unwrap()), "1.2.3.0");
    }
}
