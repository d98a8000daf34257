//! What moves on a terminal: a bar for the jobs of a run, one for each file under way, one for a fleet. Where there is no
//! terminal there are none.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use orchestrator::Event;

/// How often a bar's clock moves.
const TICK: Duration = Duration::from_millis(200);
const FILE: &str = "{prefix:>12} {msg:40!} {bar:30} {bytes:>10}/{total_bytes:10} {bytes_per_sec}";
const JOBS: &str = "{prefix:>12} {bar:30} {pos}/{len} jobs{msg} {elapsed_precise}";
const FLEET: &str = "{prefix:>12} {bar:30} {pos}/{len} builds{msg} {elapsed_precise}";
/// The bar of a run, which no file has as its name.
const RUN: &str = "";
/// The same of a fleet, which stays while its builds come and go.
const ALL_RUNS: &str = "*";

/// The bars of the moment.
#[derive(Debug)]
pub(super) struct Bars {
    all: MultiProgress,
    by_name: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    pub(super) fn new(terminal: bool) -> Self {
        let all = MultiProgress::new();
        if !terminal {
            all.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { all, by_name: Mutex::default() }
    }

    /// Moves what an event moves.
    pub(super) fn event(&self, event: &Event) {
        match event {
            Event::AssetProgress { name, sent, size } => {
                self.move_to(name, "Uploading", FILE, (*sent, *size), name);
            }
            Event::ArtifactProgress { name, received, size, .. } => {
                self.move_to(name, "Fetching", FILE, (*received, *size), name);
            }
            Event::Jobs { queued, running, done, .. } => {
                let text = format!(", {running} running");
                let counts = (*done as u64, (queued + running + done) as u64);
                self.move_to(RUN, "Running", JOBS, counts, &text);
            }
            Event::Fleet { total, done, failed, running, .. } => {
                let text = format!(", {failed} failed, {running} under way");
                let counts = ((done + failed) as u64, *total as u64);
                self.move_to(ALL_RUNS, "Building", FLEET, counts, &text);
            }
            Event::AssetUploaded { name, .. }
            | Event::AssetFailed { name, .. }
            | Event::ArtifactDownloaded { name, .. }
            | Event::ArtifactBroken { name, .. } => self.end(name),
            Event::Entered { .. } => self.end(RUN),
            _ => {}
        }
    }

    fn move_to(
        &self,
        key: &str,
        verb: &'static str,
        template: &str,
        (now, whole): (u64, u64),
        text: &str,
    ) {
        let mut bars = self.bars();
        let bar = bars.entry(key.to_owned()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new(whole).with_prefix(verb));
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("━━ "));
            }
            bar.enable_steady_tick(TICK);
            bar
        });
        bar.set_length(whole);
        bar.set_position(now);
        bar.set_message(text.to_owned());
    }

    fn end(&self, key: &str) {
        if let Some(bar) = self.bars().remove(key) {
            bar.finish_and_clear();
        }
    }

    /// Takes all of them away.
    pub(super) fn clear(&self) {
        for (_, bar) in self.bars().drain() {
            bar.finish_and_clear();
        }
    }

    /// Does something while no bar is in the way.
    pub(super) fn aside(&self, print: impl FnOnce()) {
        self.all.suspend(print);
    }

    fn bars(&self) -> MutexGuard<'_, HashMap<String, ProgressBar>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
