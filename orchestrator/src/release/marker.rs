//! The marker at the end of a release's text, by which a later attempt knows what an earlier one has made.

/// Longest text of a release that GitHub takes (characters).
const MAX_BODY_CHARS: usize = 125_000;
const CUT: &str = "\n\n(The notes are longer than a release can hold.)";
const DIGEST: (&str, &str) = ("<!-- deskwright: ", " -->");
const RUN: (&str, &str) = ("<!-- deskwright-run: ", " -->");

/// What a release's text says about its origin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marker {
    /// SHA-256 of `release.json`.
    pub(super) digest: String,
    /// The run that made it.
    pub(super) run: Option<String>,
}

impl Marker {
    /// The marker of a release's text. The last one counts: notes may quote another.
    pub(super) fn of(body: &str) -> Option<Self> {
        let last = |(start, end): (&str, &str)| {
            let mut lines = body.lines().rev();
            lines
                .find_map(|line| line.trim().strip_prefix(start)?.strip_suffix(end))
                .map(str::to_owned)
        };
        Some(Self { digest: last(DIGEST)?, run: last(RUN) })
    }

    /// A release's text: notes, then the marker.
    pub(super) fn body(&self, notes: &str) -> String {
        let mut marker = String::new();
        for ((start, end), value) in [(RUN, self.run.as_ref()), (DIGEST, Some(&self.digest))] {
            if let Some(value) = value {
                marker += &format!("\n{start}{value}{end}");
            }
        }
        let room = MAX_BODY_CHARS - CUT.len() - marker.len() - 1;
        let notes = notes.trim_end();
        match notes.char_indices().nth(room) {
            None => format!("{notes}\n{marker}"),
            Some((end, _)) => format!("{}{CUT}\n{marker}", &notes[..end]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BODY_CHARS, Marker};

    fn marker(run: Option<&str>) -> Marker {
        Marker { digest: "ab".repeat(32), run: run.map(str::to_owned) }
    }

    #[test]
    fn a_marker_is_found_again() {
        for run in [None, Some("https://github.com/o/r/actions/runs/1")] {
            let body = marker(run).body("Notes\n<!-- deskwright: other -->\n");
            assert_eq!(Marker::of(&body), Some(marker(run)), "{body}");
            // What is edited on the web page comes back with other line breaks.
            assert_eq!(Marker::of(&body.replace('\n', "\r\n")), Some(marker(run)));
        }
        assert_eq!(Marker::of("Notes"), None);
    }

    #[test]
    fn long_notes_are_cut_and_keep_the_marker() {
        let body = marker(None).body(&"ä".repeat(MAX_BODY_CHARS));
        assert!(body.chars().count() <= MAX_BODY_CHARS);
        assert_eq!(Marker::of(&body), Some(marker(None)));
    }
}
