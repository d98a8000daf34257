//! Kinds of work that take turns, so that whatever else the machine does meets all of them.

use anyhow::{Context as _, Result};
use tests::webdriver::Session;

use crate::figures::median;

/// Turns of each kind (count); the first one is not counted.
const TURNS: usize = 11;

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
    let mut times = [const { Vec::new() }; KINDS];
    for turn in 0..TURNS {
        for (work, times) in work.iter().zip(&mut times) {
            let time = work.time().await?;
            if turn > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.map(median))
}
