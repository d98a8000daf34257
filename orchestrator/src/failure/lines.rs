//! From the bytes of a log, in whatever pieces they arrive, to lines as people read them.

use std::borrow::Cow;

/// The longest line in bytes; what follows is dropped. Longer ones are minified scripts and files in base64.
const MAX_LINE: usize = 4096;
/// The mark of the encoding, with which GitHub begins each log.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Bytes that are to become lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not arrived.
    pending: Vec<u8>,
}

impl Lines {
    /// Gives each line that has come to its end.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(&str)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(end);
            bytes = &rest[1..];
            if self.pending.is_empty() {
                each(&text(line));
            } else {
                self.keep(line);
                each(&text(&self.pending));
                self.pending.clear();
            }
        }
        self.keep(bytes);
    }

    /// Gives the line that nothing has ended.
    pub(super) fn end(self, mut each: impl FnMut(&str)) {
        if !self.pending.is_empty() {
            each(&text(&self.pending));
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        // One byte more than a line may have tells that it was cut.
        let room = (MAX_LINE + 1).saturating_sub(self.pending.len());
        self.pending.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// The same of text that is here already, such as a name that others have given.
pub(super) fn cleaned(text: &str) -> Vec<String> {
    let (mut lines, mut found) = (Lines::default(), Vec::new());
    lines.push(text.as_bytes(), |line| found.push(line.to_owned()));
    lines.end(|line| found.push(line.to_owned()));
    found
}

/// A line without what only terminals and machines read: byte order mark, time, colours, other control characters. Of what a
/// program wrote over itself, as progress bars do, the last is left.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let cut = bytes.len() > MAX_LINE;
    let bytes = &bytes[..bytes.len().min(MAX_LINE)];
    let mut line = String::from_utf8_lossy(bytes.strip_prefix(BOM).unwrap_or(bytes));
    if line.contains('\u{1b}') {
        line = Cow::Owned(anstream::adapter::strip_str(&line).to_string());
    }
    if line.contains('\r') {
        let shown = line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
        // The time stands before what was written over.
        let time = &line[..line.len() - without_time(&line).len()];
        let both =
            if shown.starts_with(time) { shown.to_owned() } else { format!("{time}{shown}") };
        line = Cow::Owned(both);
    }
    if line.contains(|c: char| c.is_control() && c != '\t') {
        line = Cow::Owned(line.chars().filter(|c| !c.is_control() || *c == '\t').collect());
    }
    match cut {
        true => Cow::Owned(format!("{} …", whole_words(&line))),
        false => line,
    }
}

/// What is left when a line was cut in the middle of a word: half a secret has no form any more.
fn whole_words(line: &str) -> &str {
    line.rfind(char::is_whitespace).map_or("", |end| &line[..end])
}

/// The line behind GitHub's time, such as `2026-11-20T08:00:00.1234567Z `.
pub(super) fn without_time(line: &str) -> &str {
    let Some((time, rest)) = line.split_once('Z') else { return line };
    let is_time = time.len() > 18
        && time.len() < 32
        && time.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            19 => byte == b'.',
            _ => byte.is_ascii_digit(),
        });
    if is_time { rest.strip_prefix(' ').unwrap_or(rest) } else { line }
}

#[cfg(test)]
mod tests {
    use super::{Lines, MAX_LINE, without_time};

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let mut found = Vec::new();
        let mut lines = Lines::default();
        for piece in pieces {
            lines.push(piece, |line| found.push(line.to_owned()));
        }
        lines.end(|line| found.push(line.to_owned()));
        found
    }

    #[test]
    fn pieces_become_lines() {
        assert_eq!(lines(&[b"a\nb", b"", b"c\r\n", b"\nd"]), ["a", "bc", "", "d"]);
        assert_eq!(lines(&[]), Vec::<String>::new());
        assert_eq!(lines(&[b"\xff\xfe!\n"]), ["\u{fffd}\u{fffd}!"]);
    }

    #[test]
    fn only_what_people_read_is_left() {
        assert_eq!(lines(&[b"\x1b[1;31merror\x1b[0m: \x07no\n"]), ["error: no"]);
        let progress = b"2026-11-20T08:00:00.1234567Z 10 %\r90 %\r100 %\n";
        assert_eq!(lines(&[progress]), ["2026-11-20T08:00:00.1234567Z 100 %"]);
    }

    #[test]
    fn a_line_without_end_is_cut_between_words() {
        let long = [b"word ".repeat(MAX_LINE), b"\nnext".to_vec()].concat();
        let found = lines(&[&long[..100], &long[100..9000], &long[9000..]]);
        assert_eq!(found.len(), 2);
        assert!(found[0].len() < MAX_LINE + 8 && found[0].ends_with("word …"), "{}", found[0]);
        assert_eq!(lines(&[&b"x".repeat(3 * MAX_LINE)]), [" …"]);
    }

    #[test]
    fn the_time_goes() {
        assert_eq!(lines(&["\u{feff}a".as_bytes()]), ["a"]);
        assert_eq!(without_time("2026-11-20T08:00:00.1234567Z Zero"), "Zero");
        assert_eq!(without_time("2026-11-20T08:00:00Z"), "");
        for other in ["Zero", "2026-11-20 Z", "", "no time, Z"] {
            assert_eq!(without_time(other), other);
        }
    }
}
