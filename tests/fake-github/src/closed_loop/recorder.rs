//! From act's stream to the run that GitHub's API shows: its jobs, their steps, their logs, and how each has ended.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::Map;

use super::{
    LoopEvent, Observer,
    event::{COMPLETE, Record, SET_UP, Stage, What},
    jobs::KnownJob,
};
use crate::{
    script::{Annotation, Conclusion, ScriptedJob},
    simulation::{Attempt, Which},
    world::World,
};

/// GitHub's names of what comes before and after the steps.
const FIRST_STEP: &str = "Set up job";
const LAST_STEP: &str = "Complete job";

/// Writes down one attempt of a run.
pub(super) struct Recorder {
    world: Arc<World>,
    observer: Observer,
    which: Which,
    known: Vec<KnownJob>,
    jobs: Vec<Job>,
    /// Somebody has asked for its end: what fails from now on was stopped.
    stopping: bool,
    /// What went wrong outside of jobs.
    pub(super) complaints: Vec<String>,
    started: Timestamp,
}

/// A job that has begun.
struct Job {
    /// act's name of it, which no other job of the run has.
    name: String,
    id: u64,
    /// Position among the known jobs.
    known: Option<usize>,
    title: String,
    started: Timestamp,
    /// A step of its own has failed, and was not allowed to.
    failed: bool,
    /// A step of its own was stopped.
    stopped: bool,
    /// The step whose failure the log has.
    told: Option<String>,
    ended: bool,
}

impl Recorder {
    pub(super) fn new(
        world: Arc<World>,
        observer: Observer,
        which: Which,
        known: Vec<KnownJob>,
    ) -> Self {
        let started = world.clock.now();
        let recorder = Self {
            world,
            observer,
            which,
            known,
            jobs: Vec::new(),
            stopping: false,
            complaints: Vec::new(),
            started,
        };
        recorder.change(|attempt, at| attempt.begin(at));
        recorder
    }

    /// The run is asked to end.
    pub(super) fn stop(&mut self) {
        self.stopping = true;
        self.change(|attempt, _| attempt.cancel());
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping
    }

    pub(super) fn has_jobs(&self) -> bool {
        !self.jobs.is_empty()
    }

    /// A line of act's stream.
    pub(super) fn line(&mut self, line: &str) {
        let Some(record) = Record::read(line) else { return };
        if let Some(complaint) = record.complaint() {
            self.complaints.push(complaint.to_owned());
        }
        let part = record.step_id.first().map(String::as_str);
        let what = record.what();
        if part == Some(SET_UP) {
            match what {
                What::StepBegins(_) => self.job_begins(&record),
                What::StepEnds { conclusion, .. } => {
                    self.part_ends(&record, FIRST_STEP, conclusion)
                }
                _ => {}
            }
            return;
        }
        let Some(index) = self.jobs.iter().position(|job| job.name == record.job()) else { return };
        if part == Some(COMPLETE) {
            match what {
                What::StepBegins(_) => self.part_begins(index, LAST_STEP),
                What::StepEnds { conclusion, .. } => self.part_ends(&record, LAST_STEP, conclusion),
                _ => {}
            }
            return;
        }
        match what {
            What::StepBegins(title) => self.step_begins(index, &record, title),
            What::StepEnds { conclusion, seconds } => {
                self.step_ends(index, &record, conclusion, seconds);
            }
            What::JobEnds(conclusion) => self.job_ends(index, conclusion),
            What::Output(text) => self.print(index, text),
            What::Command(name, text) => self.command(index, name, text),
            What::Error(text) => self.error(index, &record, text),
            What::Nothing => {}
        }
    }

    fn job_begins(&mut self, record: &Record) {
        let position = self.known.iter().position(|known| known.is_of(record));
        let known = position.map(|position| &self.known[position]);
        let title = known
            .map_or_else(|| record.job().replace('/', " / "), |known| known.title(&record.matrix));
        let label = known.map(|known| known.label(&record.matrix)).unwrap_or_default();
        let mut steps = vec![FIRST_STEP.to_owned()];
        steps.extend(known.into_iter().flat_map(|known| known.steps(&record.matrix)));
        let script = ScriptedJob::new(&title).runs_on(&label);
        let (id, started) = (self.world.state().id(), self.world.clock.now());
        self.change(|attempt, at| {
            attempt.job_begins(id, script, &steps, at);
            attempt.step_begins(id, FIRST_STEP, at);
        });
        self.tell(&LoopEvent::JobBegins { run: self.which.run, job: title.clone() });
        self.jobs.push(Job {
            name: record.job().to_owned(),
            id,
            known: position,
            title,
            started,
            failed: false,
            stopped: false,
            told: None,
            ended: false,
        });
    }

    fn part_begins(&self, index: usize, name: &str) {
        let id = self.jobs[index].id;
        self.change(|attempt, at| attempt.step_begins(id, name, at));
    }

    fn part_ends(&self, record: &Record, name: &str, conclusion: Conclusion) {
        let Some(job) = self.jobs.iter().find(|job| job.name == record.job()) else { return };
        self.change(|attempt, at| attempt.step_ends(job.id, name, conclusion, at));
    }

    /// The steps of composite actions are a part of the log, and no steps of the job.
    fn step_begins(&self, index: usize, record: &Record, title: &str) {
        let id = self.jobs[index].id;
        let name = self.step_name(record);
        let is_whole = record.is_of_whole_step();
        self.change(|attempt, at| match record.stage() {
            Some(Stage::Main) => {
                if is_whole {
                    attempt.step_begins(id, &name, at);
                }
                let mut lines = title.lines();
                attempt.line(id, &format!("##[group]Run {}", lines.next().unwrap_or_default()), at);
                lines.for_each(|line| attempt.line(id, line, at));
                attempt.line(id, "##[endgroup]", at);
            }
            Some(Stage::Post) => {
                if is_whole {
                    attempt.step_begins(id, &name, at);
                    attempt.line(id, "Post job cleanup.", at);
                }
            }
            Some(Stage::Pre) | None => {}
        });
    }

    fn step_ends(&mut self, index: usize, record: &Record, conclusion: Conclusion, seconds: f64) {
        if !record.is_of_whole_step() {
            return;
        }
        let stopped = self.stopping && conclusion == Conclusion::Failure;
        let conclusion = if stopped { Conclusion::Cancelled } else { conclusion };
        let step = self.step_name(record);
        let job = &mut self.jobs[index];
        job.stopped |= stopped;
        let (id, title) = (job.id, job.title.clone());
        let is_pre = record.stage() == Some(Stage::Pre);
        self.change(|attempt, at| {
            if !is_pre {
                attempt.step_ends(id, &step, conclusion, at);
            }
        });
        if record.stage() == Some(Stage::Main) {
            let run = self.which.run;
            self.tell(&LoopEvent::StepEnds { run, job: title, step, conclusion, seconds });
        }
    }

    fn job_ends(&mut self, index: usize, conclusion: Conclusion) {
        let job = &mut self.jobs[index];
        job.ended = true;
        // act calls every job of a matrix failed when one of them has failed.
        let conclusion = match conclusion {
            Conclusion::Failure if job.stopped => Conclusion::Cancelled,
            Conclusion::Failure if !job.failed && !self.stopping => Conclusion::Success,
            conclusion => conclusion,
        };
        let (id, started, job) = (job.id, job.started, job.title.clone());
        let seconds = self.seconds_since(started);
        self.change(|attempt, at| attempt.job_ends(id, conclusion, at));
        self.tell(&LoopEvent::JobEnds { run: self.which.run, job, conclusion, seconds });
    }

    fn print(&self, index: usize, text: &str) {
        let id = self.jobs[index].id;
        self.change(|attempt, at| attempt.line(id, text, at));
    }

    fn command(&self, index: usize, name: &str, text: &str) {
        match name {
            "error" => self.remark(index, "failure", "##[error]", text),
            "warning" => self.remark(index, "warning", "##[warning]", text),
            "notice" => self.remark(index, "notice", "##[notice]", text),
            "group" => self.print(index, &format!("##[group]{text}")),
            "endgroup" => self.print(index, "##[endgroup]"),
            // Outputs, variables and masks are for the runner.
            _ => {}
        }
    }

    /// A line of the log that also stands beside it.
    fn remark(&self, index: usize, level: &'static str, mark: &str, text: &str) {
        let id = self.jobs[index].id;
        let annotation = Annotation { level, message: text.to_owned() };
        self.change(|attempt, at| {
            attempt.line(id, &format!("{mark}{text}"), at);
            attempt.annotate(id, annotation);
        });
    }

    /// Why a step ended badly, in the words of GitHub's runner. Those of composite actions pass it on.
    fn error(&mut self, index: usize, record: &Record, text: &str) {
        self.jobs[index].failed = true;
        let step = record.step_id.first().cloned();
        if self.jobs[index].told == step {
            return;
        }
        self.jobs[index].told = step;
        let text = match text.strip_prefix("exit status ") {
            _ if text.contains("has been cancelled") => "The operation was canceled.".to_owned(),
            Some(code) => format!("Process completed with exit code {code}."),
            None => text.to_owned(),
        };
        self.remark(index, "failure", "##[error]", &text);
    }

    /// The end of act. Jobs that had not ended were cut off, and those that never began did not have to run.
    pub(super) fn finish(&mut self, succeeded: bool) -> Conclusion {
        let cut = if self.stopping { Conclusion::Cancelled } else { Conclusion::Failure };
        for index in 0..self.jobs.len() {
            if !self.jobs[index].ended {
                self.jobs[index].stopped = self.stopping;
                self.jobs[index].failed = true;
                self.job_ends(index, cut);
            }
        }
        if !self.jobs.is_empty() {
            self.skip_the_rest();
        }
        // act that is stopped between two jobs has not failed, and has not come to the end either.
        let failed = !succeeded || self.stopping;
        let mut conclusion = Conclusion::StartupFailure;
        self.change(|attempt, at| conclusion = attempt.conclude(failed, at));
        conclusion
    }

    fn skip_the_rest(&self) {
        for (position, known) in self.known.iter().enumerate() {
            if !self.jobs.iter().any(|job| job.known == Some(position)) {
                let none = Map::new();
                let script = ScriptedJob::new(&known.title(&none)).runs_on(&known.label(&none));
                let id = self.world.state().id();
                self.change(|attempt, at| attempt.job_skipped(id, script, at));
            }
        }
    }

    /// Seconds since it began.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds_since(self.started)
    }

    fn seconds_since(&self, start: Timestamp) -> f64 {
        let passed = self.world.clock.now().duration_since(start);
        Duration::try_from(passed).unwrap_or_default().as_secs_f64()
    }

    /// What GitHub calls the step of a line.
    fn step_name(&self, record: &Record) -> String {
        let known = self.known.iter().find(|known| known.is_of(record));
        let name = known.and_then(|known| known.step(record));
        let told = || record.step().lines().next().unwrap_or_default().to_owned();
        let name = name.unwrap_or_else(told);
        if record.stage() == Some(Stage::Post) { format!("Post {name}") } else { name }
    }

    fn change(&self, change: impl FnOnce(&mut Attempt, Timestamp)) {
        let mut state = self.world.state();
        let now = self.world.clock.now();
        if let Some(attempt) = state.simulation.executed(self.which) {
            change(attempt, now);
        }
    }

    fn tell(&self, event: &LoopEvent) {
        (self.observer)(event);
    }
}
