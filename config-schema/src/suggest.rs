//! "Did you mean": the nearest accepted word, and how words of a config are shown in a message.

/// Characters of a quoted value that a message shows (count): enough to recognise it, little enough for one line.
const MAX_QUOTED_CHARS: usize = 80;

/// A hint for a word that is not accepted: the nearest accepted one, else all of them.
pub(crate) fn hint(word: &str, accepted: &[&str]) -> String {
    match nearest(word, accepted) {
        Some(near) => did_you_mean(near),
        None => format!("accepted here: {}", list(accepted)),
    }
}

/// The hint that suggests `word`.
pub(crate) fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}

/// Words in backticks, joined by commas.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn nearest<'a>(word: &str, accepted: &[&'a str]) -> Option<&'a str> {
    let folded = fold(word);
    // A third of the letters may be wrong: enough for typing slips, too little to turn one word into another.
    let tolerance = (folded.chars().count() / 3).max(1);
    accepted
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &fold(candidate)), *candidate))
        .filter(|(distance, _)| *distance <= tolerance)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The letters that matter: `min_width`, `min-width` and `MinWidth` are all meant as `minWidth`.
fn fold(word: &str) -> String {
    let letters = word.chars().filter(|letter| !matches!(letter, '-' | '_' | ' '));
    letters.take(MAX_QUOTED_CHARS).flat_map(char::to_lowercase).collect()
}

/// A value in backticks, short, on one line and without characters that act on a terminal.
pub(crate) fn quoted(value: &str) -> String {
    format!("`{}`", shown(value))
}

/// A value as [`quoted`] shows it, without the backticks.
pub(crate) fn shown(value: &str) -> String {
    let mut text = String::new();
    for (index, letter) in value.chars().enumerate() {
        if index == MAX_QUOTED_CHARS {
            text.push('…');
            break;
        }
        if letter.is_control() || is_direction_mark(letter) {
            text.extend(letter.escape_default());
        } else {
            text.push(letter);
        }
    }
    text
}

/// Embeddings, overrides and isolates reorder the rest of the line they stand in.
fn is_direction_mark(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{hint, quoted};

    #[test]
    fn near_misses_are_suggested_and_others_listed() {
        let accepted = ["title", "width", "minWidth", "linux-x64"];
        assert_eq!(hint("titel", &accepted), "did you mean `title`?");
        assert_eq!(hint("min_width", &accepted), "did you mean `minWidth`?");
        assert_eq!(hint("linuxx64", &accepted), "did you mean `linux-x64`?");
        assert_eq!(
            hint("plugins", &accepted),
            "accepted here: `title`, `width`, `minWidth`, `linux-x64`"
        );
    }

    #[test]
    fn quoted_values_stay_short_and_inert() {
        assert_eq!(quoted("a\n\u{1b}[31mb\u{202e}"), r"`a\n\u{1b}[31mb\u{202e}`");
        assert_eq!(quoted(&"ü".repeat(100)), format!("`{}…`", "ü".repeat(80)));
    }
}
