//! One attempt of a run: its jobs, and what each event does to them.

use std::time::Duration;

use jiff::Timestamp;

use super::live::Progress;
use crate::{
    script::{Conclusion, Loss, Script, ScriptedJob},
    store::StoredFile,
};

/// How far a run is, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Queued,
    Waiting,
    InProgress,
    Completed,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Waiting => "waiting",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobState {
    /// What it needs has not ended: GitHub does not know it yet.
    Planned,
    /// For an approval.
    Waiting,
    /// For a runner.
    Queued,
    InProgress,
    Completed(Conclusion),
}

/// An artifact of a script, with its bytes at hand.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) file: StoredFile,
    pub(crate) expired: bool,
    pub(crate) digest_override: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) script: ScriptedJob,
    artifacts: Vec<Made>,
    pub(crate) state: JobState,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    /// Of a job that is executed.
    pub(crate) progress: Option<Progress>,
    approved: bool,
}

impl Job {
    pub(crate) fn new(id: u64, script: ScriptedJob, artifacts: Vec<Made>, now: Timestamp) -> Self {
        Self {
            id,
            script,
            artifacts,
            state: JobState::Planned,
            created_at: now,
            started_at: None,
            completed_at: None,
            progress: None,
            approved: false,
        }
    }

    /// The same in a later attempt that does not run it again.
    pub(crate) fn carried(&self, id: u64) -> Self {
        Self { id, ..self.clone() }
    }

    pub(crate) fn conclusion(&self) -> Option<Conclusion> {
        match self.state {
            JobState::Completed(conclusion) => Some(conclusion),
            _ => None,
        }
    }

    pub(super) fn complete(&mut self, conclusion: Conclusion, at: Timestamp) {
        self.state = JobState::Completed(conclusion);
        self.completed_at = Some(at);
    }
}

#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) number: u64,
    pub(crate) started_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) status: Status,
    pub(crate) conclusion: Option<Conclusion>,
    pub(crate) jobs: Vec<Job>,
    pub(super) starts_after: Duration,
    pub(super) startup_failure: bool,
    ignores_cancel: bool,
    /// It is executed, not played.
    pub(super) live: bool,
    pub(super) started: bool,
    pub(super) cancelled: bool,
    pub(super) forced: bool,
}

impl Attempt {
    pub(crate) fn new(number: u64, script: &Script, jobs: Vec<Job>, now: Timestamp) -> Self {
        Self {
            number,
            started_at: now,
            updated_at: now,
            status: Status::Queued,
            conclusion: None,
            jobs,
            starts_after: script.starts_after,
            startup_failure: script.startup_failure,
            ignores_cancel: script.ignores_cancel,
            live: script.live,
            started: false,
            cancelled: false,
            forced: false,
        }
    }

    pub(super) fn finish(&mut self, conclusion: Conclusion, at: Timestamp) {
        self.status = Status::Completed;
        self.conclusion = Some(conclusion);
        self.updated_at = at;
    }

    /// What became of everything that a job needs; nothing while one of them has not ended.
    fn needs_of(&self, job: &Job) -> Option<bool> {
        let mut all_succeeded = true;
        for need in &job.script.needs {
            // A name that no job has is a script's mistake, and waits for ever.
            let needed = self.jobs.iter().find(|other| other.script.name == *need)?;
            all_succeeded &= needed.conclusion()? == Conclusion::Success;
        }
        Some(all_succeeded)
    }

    /// Moves every job on whose needs have ended, and names those that now wait for a runner.
    pub(super) fn queue(&mut self, at: Timestamp) -> Vec<usize> {
        let mut queued = Vec::new();
        if !self.started {
            return queued;
        }
        loop {
            let next = self.jobs.iter().enumerate().find_map(|(index, job)| {
                let planned = job.state == JobState::Planned;
                planned.then(|| self.needs_of(job)).flatten().map(|good| (index, good))
            });
            let Some((index, all_succeeded)) = next else { return queued };
            let cancelled = self.cancelled;
            let job = &mut self.jobs[index];
            job.created_at = at;
            if !job.script.always && (cancelled || !all_succeeded) {
                job.complete(Conclusion::Skipped, at);
            } else if job.script.needs_approval.is_some() && !job.approved {
                job.state = JobState::Waiting;
            } else {
                job.state = JobState::Queued;
                queued.push(index);
            }
        }
    }

    pub(super) fn approve(&mut self, environment: &str, at: Timestamp) -> Vec<usize> {
        let mut queued = Vec::new();
        for (index, job) in self.jobs.iter_mut().enumerate() {
            let asked = job.script.needs_approval.as_deref() == Some(environment);
            if asked && job.state == JobState::Waiting {
                job.approved = true;
                job.state = JobState::Queued;
                job.created_at = at;
                queued.push(index);
            }
        }
        queued
    }

    /// Gives a runner to a job that is still in the queue: how long it takes, or nothing when it hangs.
    pub(super) fn start(&mut self, job: usize, at: Timestamp) -> Option<Option<Duration>> {
        let job = self.jobs.get_mut(job).filter(|job| job.state == JobState::Queued)?;
        job.state = JobState::InProgress;
        job.started_at = Some(at);
        Some((job.script.lost != Some(Loss::Hangs)).then_some(job.script.duration))
    }

    /// A job comes to its own end, unless it was stopped before.
    pub(super) fn end(&mut self, job: usize, at: Timestamp) -> Option<Vec<Made>> {
        let job = self.jobs.get_mut(job).filter(|job| job.state == JobState::InProgress)?;
        if job.script.lost.is_some() {
            job.complete(Conclusion::Failure, at);
            return Some(Vec::new());
        }
        job.complete(job.script.conclusion, at);
        Some(job.artifacts.clone())
    }

    /// Ends what a cancellation ends, and tells how many runners became free.
    pub(super) fn stop(&mut self, at: Timestamp) -> usize {
        let mut freed = 0;
        for job in &mut self.jobs {
            let running = job.state == JobState::InProgress;
            let spared = job.script.always || (running && self.ignores_cancel);
            match job.state {
                JobState::Completed(_) => continue,
                // A run that has not started yet has nothing that would need its cleaning up.
                JobState::Planned if self.started && !self.forced => continue,
                JobState::Planned => {}
                _ if spared && !self.forced => continue,
                _ => freed += usize::from(running),
            }
            job.complete(Conclusion::Cancelled, at);
        }
        self.started = true;
        freed
    }

    /// The attempt as its jobs are.
    pub(super) fn refresh(&mut self, at: Timestamp) {
        if self.status == Status::Completed {
            return;
        }
        self.updated_at = at;
        if let Some(conclusions) = self.jobs.iter().map(Job::conclusion).collect::<Option<Vec<_>>>()
        {
            self.finish(concluded(&conclusions, self.cancelled), at);
            return;
        }
        let any = |state| self.jobs.iter().any(|job| job.state == state);
        if any(JobState::Waiting) && !any(JobState::InProgress) && !any(JobState::Queued) {
            self.status = Status::Waiting;
        } else if self.jobs.iter().any(|job| job.started_at >= Some(self.started_at)) {
            self.status = Status::InProgress;
        } else {
            self.status = Status::Queued;
        }
    }
}

pub(super) fn concluded(jobs: &[Conclusion], cancelled: bool) -> Conclusion {
    let any = |wanted| jobs.contains(&wanted);
    if cancelled && any(Conclusion::Cancelled) {
        Conclusion::Cancelled
    } else if any(Conclusion::Failure) || any(Conclusion::TimedOut) {
        Conclusion::Failure
    } else if any(Conclusion::Cancelled) {
        Conclusion::Cancelled
    } else if !jobs.is_empty() && jobs.iter().all(|one| *one == Conclusion::Skipped) {
        Conclusion::Skipped
    } else {
        Conclusion::Success
    }
}
