//! One step's part of a log, and the few of its lines that are kept.

use std::collections::{BTreeMap, VecDeque};

use super::gist::{MAX_EXCERPT, Strength};

/// Lines before an error that may say what it is about (count).
pub(super) const BEFORE: usize = 4;
/// The last lines of a section, for errors that nothing announces (count).
const TAIL: usize = 60;
/// Lines that may be errors and are kept besides (count).
const NOTABLE: usize = 200;

/// What a line of a log is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A step begins.
    Step(&'a str),
    /// The runner cleans up after the steps.
    Cleanup,
    GroupEnd,
    /// The runner says that a step ended badly.
    End(&'a str),
    Error(&'a str),
    Text(&'a str),
    Noise,
}

impl<'a> Line<'a> {
    pub(super) fn read(line: &'a str) -> Self {
        if let Some(text) = line.strip_prefix("##[error]") {
            return if text.starts_with("Process completed with exit code") {
                Line::End(text)
            } else {
                Line::Error(text)
            };
        }
        if let Some(title) = line.strip_prefix("##[group]") {
            return if title.starts_with("Run ") { Line::Step(title) } else { Line::Text(title) };
        }
        match line {
            "##[endgroup]" => Line::GroupEnd,
            "Post job cleanup." | "Cleaning up orphan processes" => Line::Cleanup,
            _ if line.starts_with("##[debug]") || line.starts_with("##[notice]") => Line::Noise,
            _ => {
                let told = ["##[warning]", "##[section]", "##[command]", "[command]"];
                let text = told.iter().find_map(|mark| line.strip_prefix(mark));
                Line::Text(text.unwrap_or(line))
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// Before the first step: the runner prepares itself.
    #[default]
    Start,
    Step,
    Cleanup,
}

/// A part of a log.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) kind: Kind,
    /// The runner repeats the step's script and its environment, which are no output.
    in_script: bool,
    /// Lines so far (count).
    count: usize,
    /// The last lines, with their numbers.
    tail: VecDeque<(usize, String)>,
    notable: Vec<(usize, String)>,
    /// Around the first error that is surely one, and around the first that may be one.
    strong: Option<Window>,
    weak: Option<Window>,
    has_failed: bool,
    end: Option<String>,
}

/// Lines around one.
#[derive(Debug)]
struct Window {
    lines: Vec<(usize, String)>,
}

impl Section {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, in_script: kind == Kind::Step, ..Self::default() }
    }

    pub(super) fn end_script(&mut self) {
        self.in_script = false;
    }

    /// A line of output. After the end of a step nothing belongs to it.
    pub(super) fn text(&mut self, text: &str, strength: Option<Strength>) {
        if self.in_script || self.end.is_some() {
            return;
        }
        self.count += 1;
        let number = self.count;
        for window in [&mut self.strong, &mut self.weak].into_iter().flatten() {
            if window.lines.len() < MAX_EXCERPT {
                window.lines.push((number, text.to_owned()));
            }
        }
        if let Some(strength) = strength {
            if self.notable.len() < NOTABLE {
                self.notable.push((number, text.to_owned()));
            }
            let place =
                if strength == Strength::Strong { &mut self.strong } else { &mut self.weak };
            if place.is_none() {
                let before = self.tail.len().saturating_sub(BEFORE);
                let mut lines: Vec<_> = self.tail.iter().skip(before).cloned().collect();
                lines.push((number, text.to_owned()));
                *place = Some(Window { lines });
            }
        }
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back((number, text.to_owned()));
    }

    /// A line that the runner, an action or a matcher of problems marks as an error.
    pub(super) fn error(&mut self, text: &str) {
        self.in_script = false;
        let told = text.to_ascii_lowercase().starts_with("error");
        let marked = if told { text.to_owned() } else { format!("Error: {text}") };
        self.text(&marked, Some(Strength::Strong));
        self.has_failed = true;
    }

    /// The end of a step that failed.
    pub(super) fn fail(&mut self, text: &str) {
        self.has_failed = true;
        self.end.get_or_insert_with(|| text.to_owned());
    }

    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn end_text(&self) -> Option<&str> {
        self.end.as_deref()
    }

    /// Everything that was kept, in its order.
    pub(super) fn lines(&self) -> BTreeMap<usize, &str> {
        let windows = [&self.strong, &self.weak].into_iter().flatten();
        let windows = windows.flat_map(|window| &window.lines);
        let all = windows.chain(&self.notable).chain(&self.tail);
        all.map(|(number, text)| (*number, text.as_str())).collect()
    }

    /// The lines to show: around the first error, or the last ones.
    pub(super) fn window(&self) -> Vec<&str> {
        match self.strong.as_ref().or(self.weak.as_ref()) {
            Some(window) => window.lines.iter().map(|(_, text)| text.as_str()).collect(),
            None => {
                let skipped = self.tail.len().saturating_sub(MAX_EXCERPT);
                self.tail.iter().skip(skipped).map(|(_, text)| text.as_str()).collect()
            }
        }
    }
}
