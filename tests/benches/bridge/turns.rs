//! Kinds of work that take turns, so that whatever else the machine does meets all of them.

use anyhow::{Context as _, Result};
use tests::webdriver::Session;

use crate::figures::median;

/// Turns of each kind (count); one more, the first, is not counted.
const TURNS: usize = 10;

/// Something that takes time, and where.
pub(crate) struct Work<'a> {
    pub(crate) session: &'a Session,
    pub(crate) script: String,
}

impl Work<'_> {
    /// Milliseconds of one turn, by the page's clock.
    async fn time(&self) -> Result<f64> {
        let script = format!(
            "const began = performance.now(); {}; return performance.now() - began;",
            self.script
        );
        self.session.resolved(&script, vec![]).await?.as_f64().context("a time")
    }
}

/// Medians of each kind of work, taken in turns.
pub(crate) async fn turns<const KINDS: usize>(work: [Work<'_>; KINDS]) -> Result<[f64; KINDS]> {
    turns_of(TURNS, work).await
}

/// The same, with so many turns: work that is short needs more of them.
pub(crate) async fn turns_of<const KINDS: usize>(
    count: usize,
    work: [Work<'_>; KINDS],
) -> Result<[f64; KINDS]> {
    let mut times = [const { Vec::new() }; KINDS];
    for turn in 0..=count {
        for (work, times) in work.iter().zip(&mut times) {
            let time = work.time().await?;
            if turn > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.map(median))
}
