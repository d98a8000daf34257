//! Runs that are executed while the fake looks on: jobs, steps and lines appear when they happen, and nothing is played.

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    Simulation,
    attempt::{Attempt, Job, JobState, Status, concluded},
};
use crate::script::{Annotation, Conclusion, ScriptedJob};

/// What whoever executes runs is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Start(Which),
    /// The run's last attempt is to end: soon, or at once by force.
    Stop {
        run: u64,
        force: bool,
    },
    /// Every run is to end, and nothing else starts.
    Quit {
        force: bool,
    },
}

/// One attempt of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Which {
    pub(crate) run: u64,
    /// Its number, from 1 on.
    pub(crate) attempt: u64,
}

/// What a job has done so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    pub(crate) steps: Vec<Step>,
    /// What it has printed, with the time of each line.
    pub(crate) lines: Vec<(Timestamp, String)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended: Option<(Timestamp, Conclusion)>,
}

impl Step {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), started_at: None, ended: None }
    }
}

impl Simulation {
    /// From now on somebody executes those runs that are not scripted.
    pub(crate) fn execute_by(&mut self, orders: UnboundedSender<Order>) {
        self.executor = Some(orders);
    }

    /// One that nobody takes leaves its run in the queue, as without a runner.
    pub(super) fn order(&self, order: Order) {
        if let Some(executor) = &self.executor {
            let _ = executor.send(order);
        }
    }

    pub(crate) fn executed(&mut self, which: Which) -> Option<&mut Attempt> {
        let mut attempts = self.runs.get_mut(&which.run)?.attempts.iter_mut();
        attempts.find(|attempt| attempt.number == which.attempt && attempt.live)
    }
}

impl Attempt {
    /// It is asked to end.
    pub(crate) fn cancel(&mut self) {
        self.cancelled = true;
    }

    /// A runner has taken it.
    pub(crate) fn begin(&mut self, at: Timestamp) {
        self.status = Status::InProgress;
        self.updated_at = at;
    }

    /// A job has a runner, and is known with all its steps.
    pub(crate) fn job_begins(
        &mut self,
        id: u64,
        job: ScriptedJob,
        steps: &[String],
        at: Timestamp,
    ) {
        let steps = steps.iter().map(|name| Step::new(name)).collect();
        let mut job = Job::new(id, job, Vec::new(), at);
        job.state = JobState::InProgress;
        job.started_at = Some(at);
        job.progress = Some(Progress { steps, ..Progress::default() });
        self.jobs.push(job);
        self.updated_at = at;
    }

    /// A step begins; one that is not known yet comes last.
    pub(crate) fn step_begins(&mut self, job: u64, name: &str, at: Timestamp) {
        if let Some(progress) = self.progress(job) {
            let waiting = |step: &&mut Step| step.name == name && step.started_at.is_none();
            if let Some(step) = progress.steps.iter_mut().find(waiting) {
                step.started_at = Some(at);
            } else {
                progress.steps.push(Step { started_at: Some(at), ..Step::new(name) });
            }
        }
    }

    /// The step of this name that runs has come to its end.
    pub(crate) fn step_ends(
        &mut self,
        job: u64,
        name: &str,
        conclusion: Conclusion,
        at: Timestamp,
    ) {
        if let Some(progress) = self.progress(job) {
            let running = |step: &&mut Step| {
                step.name == name && step.started_at.is_some() && step.ended.is_none()
            };
            if let Some(step) = progress.steps.iter_mut().find(running) {
                step.ended = Some((at, conclusion));
            }
        }
    }

    pub(crate) fn line(&mut self, job: u64, text: &str, at: Timestamp) {
        if let Some(progress) = self.progress(job) {
            progress.lines.push((at, text.to_owned()));
        }
    }

    pub(crate) fn annotate(&mut self, job: u64, annotation: Annotation) {
        if let Some(job) = self.job(job) {
            job.script.annotations.push(annotation);
        }
    }

    /// A job ends; steps that have not begun will not.
    pub(crate) fn job_ends(&mut self, job: u64, conclusion: Conclusion, at: Timestamp) {
        self.updated_at = at;
        let Some(job) = self.job(job) else { return };
        for step in job.progress.iter_mut().flat_map(|progress| &mut progress.steps) {
            let unfinished =
                if step.started_at.is_some() { conclusion } else { Conclusion::Skipped };
            step.ended.get_or_insert((at, unfinished));
        }
        job.complete(conclusion, at);
    }

    /// A job that did not have to run.
    pub(crate) fn job_skipped(&mut self, id: u64, job: ScriptedJob, at: Timestamp) {
        let mut job = Job::new(id, job, Vec::new(), at);
        job.complete(Conclusion::Skipped, at);
        self.jobs.push(job);
    }

    /// The end, as its jobs say; `failed` is what else is known.
    pub(crate) fn conclude(&mut self, failed: bool, at: Timestamp) -> Conclusion {
        let jobs: Vec<_> = self.jobs.iter().filter_map(Job::conclusion).collect();
        let conclusion = match concluded(&jobs, self.cancelled) {
            _ if failed && self.cancelled => Conclusion::Cancelled,
            _ if jobs.is_empty() && failed => Conclusion::StartupFailure,
            Conclusion::Success | Conclusion::Skipped if failed => Conclusion::Failure,
            conclusion => conclusion,
        };
        self.finish(conclusion, at);
        conclusion
    }

    fn job(&mut self, id: u64) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    fn progress(&mut self, job: u64) -> Option<&mut Progress> {
        self.job(job)?.progress.as_mut()
    }
}
