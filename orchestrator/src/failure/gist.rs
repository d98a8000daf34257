//! The gist of a log: of all its lines, those around the first real error of the step that failed.
//!
//! A log is one file for all steps of a job; a line `##[group]Run …` begins each, and `##[error]` is written by the step that
//! failed, mostly after the error itself. Lines are looked at once, in their order, and few of them are kept.

use std::collections::BTreeMap;

use regex::Regex;

use super::{
    lines::without_time,
    pem::Pem,
    redact::MASK,
    section::{BEFORE, Kind, Line, Section},
};

/// Lines of an excerpt (count): a screenful.
pub(super) const MAX_EXCERPT: usize = 32;

/// Reads a log.
#[derive(Debug)]
pub(super) struct Gist {
    signs: Signs,
    /// The failed step, by the name that the run's page shows. Steps that use an action have the name of their group.
    step: Option<String>,
    section: Section,
    /// The first section that failed.
    failed: Option<Section>,
    /// The last one before the cleaning up.
    last: Option<Section>,
    pem: Pem,
}

/// What a log says, in few lines. They may hold secrets.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) excerpt: Vec<String>,
    /// More lines, for patterns.
    pub(super) evidence: String,
    /// The number of each of them in the section.
    pub(super) numbers: Vec<usize>,
}

/// By which an error is known.
#[derive(Debug)]
struct Signs {
    /// How programs begin the line that says what is wrong.
    strong: Option<Regex>,
    /// Words that such a line may have.
    weak: Option<Regex>,
}

const STRONG: &str = r"(?x) ^\s*
    (?: error(?:\[[A-Za-z0-9_-]+\])?:
    | fatal(?:\ error)?: | FATAL
    | npm\ (?:error|ERR!)\x20
    | (?:[\w.]*Error|[\w.]*Exception|ERROR|FAILED|FAILURE)\b
    | \[(?:ERROR|error|FATAL)\]
    | E:\x20
    | [✘✖×]\x20
    | thread\ '.*'.*\ panicked\ at
    | Traceback\ \(
    | curl:\ \(\d+\)
    | [^\s:]+:\d+(?::\d+)?:\ (?:fatal\ )?error:
    | [^\s:]+:\d+:\d+:\ [\w.\[\]]+:\x20
    | \S+\(\d+,\d+\):\ error\x20
    | (?:\S+:\ )*(?:line\ \d+:\ )?\S+:\ (?:command\ )?not\ found$
    | Segmentation\ fault
    )";
const WEAK: &str = r"(?i)\b(?:errors?|failed|failure|fatal|exception|cannot|could not|couldn't|unable to|not found|no such|denied|refused|rejected|killed|no space left|timed out|abort(?:ed|ing)|invalid|missing)\b";

impl Gist {
    pub(super) fn new(step: Option<&str>) -> Self {
        Self {
            // The patterns are constants, and a test compiles them.
            signs: Signs { strong: Regex::new(STRONG).ok(), weak: Regex::new(WEAK).ok() },
            step: step.map(str::to_owned),
            section: Section::default(),
            failed: None,
            last: None,
            pem: Pem::default(),
        }
    }

    /// The next line.
    pub(super) fn line(&mut self, line: &str) {
        let line = without_time(line);
        let line = if self.pem.covers(line) { MASK } else { line };
        match Line::read(line) {
            Line::Step(title) => self.begin(title, Kind::Step),
            Line::Cleanup => self.begin(line, Kind::Cleanup),
            Line::GroupEnd => self.section.end_script(),
            Line::Noise => {}
            Line::End(text) => self.section.fail(text),
            Line::Error(text) => self.section.error(text),
            Line::Text(text) => {
                let strength = self.signs.strength(text);
                self.section.text(text, strength);
            }
        }
    }

    fn begin(&mut self, title: &str, kind: Kind) {
        let ended = std::mem::replace(&mut self.section, Section::new(kind));
        self.keep(ended);
        if kind == Kind::Step && self.step.as_deref() == Some(title) {
            // What failed before was forgiven.
            self.failed = None;
        }
    }

    fn keep(&mut self, ended: Section) {
        if ended.has_failed() && self.failed.is_none() {
            self.failed = Some(ended);
        } else if ended.kind != Kind::Cleanup && !ended.is_empty() {
            self.last = Some(ended);
        }
    }

    pub(super) fn finish(mut self) -> Found {
        let last = std::mem::take(&mut self.section);
        self.keep(last);
        self.failed.or(self.last).as_ref().map(Found::of).unwrap_or_default()
    }
}

impl Signs {
    fn strength(&self, line: &str) -> Option<Strength> {
        let has = |sign: &Option<Regex>| sign.as_ref().is_some_and(|sign| sign.is_match(line));
        if has(&self.strong) {
            return Some(Strength::Strong);
        }
        has(&self.weak).then_some(Strength::Weak)
    }
}

/// How sure it is that a line is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    Weak,
    Strong,
}

impl Found {
    fn of(section: &Section) -> Self {
        let lines: BTreeMap<usize, &str> = section.lines();
        let end = section.end_text();
        let evidence: Vec<&str> = lines.values().copied().chain(end).collect();
        let mut excerpt = section.window();
        // What the runner says at the end belongs to it.
        if let Some(end) = end {
            excerpt.truncate(MAX_EXCERPT - 1);
            excerpt.push(end);
        }
        let excerpt = excerpt.into_iter().map(str::trim_end).skip_while(|line| line.is_empty());
        Self {
            excerpt: excerpt.map(str::to_owned).collect(),
            evidence: evidence.join("\n"),
            numbers: lines.keys().copied().collect(),
        }
    }

    /// Makes sure that the excerpt shows what stands at this place of the evidence.
    pub(super) fn show(&mut self, at: usize) {
        let Some(before) = self.evidence.get(..at) else { return };
        let index = before.matches('\n').count();
        let lines: Vec<&str> = self.evidence.lines().map(str::trim_end).collect();
        if lines.get(index).is_none_or(|line| self.excerpt.iter().any(|shown| shown == line)) {
            return;
        }
        let mut shown = Vec::new();
        let mut last = None;
        // The runner's last word has no number.
        let numbers = self.numbers.iter().copied().map(Some).chain([None]);
        for (line, number) in lines.iter().zip(numbers).skip(index.saturating_sub(BEFORE)) {
            if last.is_some() && number.is_some() && number != last.map(|last| last + 1) {
                shown.push("…".to_owned());
            }
            shown.push((*line).to_owned());
            last = number;
        }
        shown.truncate(MAX_EXCERPT);
        self.excerpt = shown;
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::{Found, Gist, MAX_EXCERPT, STRONG, WEAK};

    fn found(log: &str, step: Option<&str>) -> Found {
        let mut gist = Gist::new(step);
        log.lines().for_each(|line| gist.line(line));
        gist.finish()
    }

    #[test]
    fn the_signs_are_patterns() {
        let strong = Regex::new(STRONG).unwrap();
        Regex::new(WEAK).unwrap();
        for line in [
            "error[E0425]: cannot find value `x`",
            "error: secrets are missing: A",
            "npm error code EUSAGE",
            "TypeError: x is not a function",
            "app/app.json:3:12: app.id: not a reverse-DNS identifier",
            "src/main.ts(3,5): error TS2322: no",
            "a.c:3:1: fatal error: b.h: No such file or directory",
            "/tmp/step.sh: line 3: vite: command not found",
            "sh: 1: vite: not found",
            "thread 'main' (12) panicked at src/main.rs:1:1:",
        ] {
            assert!(strong.is_match(line), "{line}");
        }
        for line in
            ["0 errors", "Errors are handled", "npm warn deprecated", "   Compiling error v1"]
        {
            assert!(!strong.is_match(line), "{line}");
        }
    }

    #[test]
    fn the_first_error_of_the_step_that_failed() {
        let log = "##[group]Run a\necho error: in the script\n##[endgroup]\nerror: forgiven\n\
                   ##[group]Run b\n##[endgroup]\nfine\nfailed to guess\nerror: real\nmore\n##[error]Process completed with exit code 1.\n\
                   Post job cleanup.\nerror: of the cleanup\n##[error]late";
        let excerpt = found(log, None).excerpt;
        let wanted = [
            "fine",
            "failed to guess",
            "error: real",
            "more",
            "Process completed with exit code 1.",
        ];
        assert_eq!(excerpt, wanted);
    }

    #[test]
    fn the_named_step_counts_more_than_an_earlier_one() {
        let log = "##[group]Run a\n##[endgroup]\n##[error]forgiven\n##[group]Run b\n##[endgroup]\n##[error]real\n";
        assert_eq!(found(log, None).excerpt, ["Error: forgiven"]);
        assert_eq!(found(log, Some("Run b")).excerpt, ["Error: real"]);
        assert_eq!(found(log, Some("Run c")).excerpt, ["Error: forgiven"]);
    }

    #[test]
    fn without_an_error_the_end_is_shown() {
        let log: String = (0..100).map(|number| format!("line {number}\n")).collect();
        let excerpt = found(&log, None).excerpt;
        assert_eq!(excerpt.last().map(String::as_str), Some("line 99"));
        assert!(excerpt.len() <= MAX_EXCERPT);
        assert!(found("", None).excerpt.is_empty());
    }

    #[test]
    fn keys_are_known_by_their_beginning() {
        let log = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n##[error]no";
        assert!(!found(log, None).evidence.contains("MIIE"));
    }
}
