//! The known causes: a table of words, what they mean, and what to do. It is data, and ordered: whoever reads several
//! should read the first one first.

use anyhow::Context as _;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::Cause;
use crate::Exit;

const TABLE: &str = include_str!("causes.toml");

/// The table, ready for use.
#[derive(Debug)]
pub(super) struct Causes(Vec<Known>);

#[derive(Debug)]
struct Known {
    row: Row,
    pattern: Option<Regex>,
    step: Option<Regex>,
}

#[derive(Debug, Deserialize)]
struct Table {
    cause: Vec<Row>,
}

/// A row: known by the words of a log or of an annotation, or by the state of the job.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    id: String,
    pattern: Option<String>,
    /// Only in steps whose name fits.
    step: Option<String>,
    state: Option<State>,
    cause: String,
    cure: String,
    exit: Exit,
    /// Only where no other row fits.
    #[serde(default)]
    general: bool,
    /// Whether it only shows that another job has failed.
    #[serde(default)]
    follows: bool,
    /// Where its words were seen: `produced`, a file of ours, or the address of a public text that quotes them.
    #[cfg_attr(not(test), expect(dead_code, reason = "it is for readers, and for tests"))]
    source: String,
}

/// What is known of a job besides its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// It ended, and there is no log.
    NoLog,
    LogExpired,
    /// The run failed before it had a job.
    NoJobs,
    TimedOut,
    Cancelled,
    ActionRequired,
    Stale,
}

/// What a job has to say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub(super) text: &'a str,
    pub(super) step: Option<&'a str>,
    pub(super) states: &'a [State],
}

/// What a job's words mean.
#[derive(Debug, Default)]
pub(super) struct Explained {
    pub(super) causes: Vec<Cause>,
    /// Whether the first cause only shows that another job has failed.
    pub(super) follows: bool,
    /// Whether no words of the job say more than its state.
    pub(super) by_state: bool,
    /// Where in the text the words of the first cause begin (bytes).
    pub(super) at: Option<usize>,
}

impl Causes {
    pub(super) fn read() -> anyhow::Result<Self> {
        let table: Table = toml::from_str(TABLE).context("the table of causes is not readable")?;
        let compile = |pattern: &Option<String>| {
            let build = |pattern: &String| RegexBuilder::new(pattern).multi_line(true).build();
            pattern.as_ref().map(build).transpose()
        };
        let known = table.cause.into_iter().map(|row| {
            let (pattern, step) = (compile(&row.pattern)?, compile(&row.step)?);
            Ok(Known { row, pattern, step })
        });
        known.collect::<anyhow::Result<_>>().map(Self)
    }

    /// Every cause that fits, in the order of the table. Words say more than a state does, and a row that knows them well
    /// more than a general one.
    pub(super) fn of(&self, evidence: Evidence<'_>) -> Explained {
        let fitting = || self.0.iter().filter(|known| known.fits(evidence));
        let mut found: Vec<_> = fitting().filter(|known| !known.row.general).collect();
        if found.is_empty() {
            found.extend(fitting().next());
        }
        let by_state = found.is_empty();
        if by_state {
            found.extend(self.0.iter().find(|known| known.is_state(evidence.states)));
        }
        let first = found.first();
        Explained {
            by_state,
            at: first.and_then(|known| known.place(evidence.text)),
            follows: first.is_some_and(|known| known.row.follows),
            causes: found.into_iter().map(|known| Cause::of(&known.row)).collect(),
        }
    }
}

impl Known {
    fn fits(&self, evidence: Evidence<'_>) -> bool {
        let step = self.step.as_ref();
        let in_step = step.is_none_or(|step| evidence.step.is_none_or(|name| step.is_match(name)));
        in_step && self.place(evidence.text).is_some()
    }

    fn place(&self, text: &str) -> Option<usize> {
        self.pattern.as_ref()?.find(text).map(|found| found.start())
    }

    fn is_state(&self, states: &[State]) -> bool {
        self.row.state.is_some_and(|state| states.contains(&state))
    }
}

impl Cause {
    fn of(row: &Row) -> Self {
        Self {
            id: row.id.clone(),
            cause: row.cause.clone(),
            cure: row.cure.clone(),
            exit: row.exit,
        }
    }
}

#[cfg(test)]
#[path = "causes_test.rs"]
mod tests;
