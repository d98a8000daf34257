//! Scripted runs: what has become of them by now. Nothing runs in the background: whoever looks at the state has the events
//! that are due played first, in their order.

mod attempt;
mod live;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use attempt::{Attempt, Job, JobState, Made, Status};
pub(crate) use live::{Order, Step, Which};

use crate::{clock::later, script::Conclusion};

/// From a cancellation to the end of what runs: a runner asks for news every few seconds.
const CANCEL_DELAY: Duration = Duration::from_secs(5);

/// All runs, and what will happen to them.
#[derive(Debug)]
pub(crate) struct Simulation {
    /// By id.
    pub(crate) runs: BTreeMap<u64, WorkflowRun>,
    events: BinaryHeap<Reverse<(Timestamp, u64, Event)>>,
    next_event: u64,
    accounts: BTreeMap<String, Account>,
    /// How many jobs of one account run at a time.
    concurrent_jobs: usize,
    /// The last number that a workflow's run has had, by repository and workflow.
    numbers: BTreeMap<(String, u64), u64>,
    /// Who executes runs that are not scripted.
    executor: Option<UnboundedSender<Order>>,
}

/// A run of a workflow.
#[derive(Debug)]
pub(crate) struct WorkflowRun {
    pub(crate) id: u64,
    pub(crate) number: u64,
    /// `owner/name`.
    pub(crate) repository: String,
    pub(crate) workflow: u64,
    pub(crate) workflow_name: String,
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) ref_name: String,
    pub(crate) head_sha: String,
    pub(crate) inputs: BTreeMap<String, String>,
    pub(crate) actor: String,
    pub(crate) created_at: Timestamp,
    pub(crate) visible_at: Timestamp,
    /// The newest comes last; there is one at least.
    pub(crate) attempts: Vec<Attempt>,
}

/// Jobs of one account share a number of runners.
#[derive(Debug, Default)]
struct Account {
    running: usize,
    /// First come, first served.
    queue: VecDeque<Place>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    run: u64,
    /// Position in the run's attempts.
    attempt: usize,
    job: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Starts { run: u64, attempt: usize },
    JobEnds(Place),
    Cancels { run: u64, attempt: usize },
}

/// Artifacts that a job has left.
pub(crate) struct Left {
    pub(crate) run: u64,
    pub(crate) at: Timestamp,
    pub(crate) artifacts: Vec<Made>,
}

impl WorkflowRun {
    pub(crate) fn owner(&self) -> &str {
        self.repository.split_once('/').map_or(&self.repository, |(owner, _)| owner)
    }

    pub(crate) fn last(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    pub(crate) fn attempt(&self, number: u64) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.number == number)
    }

    pub(crate) fn is_completed(&self) -> bool {
        self.last().is_none_or(|attempt| attempt.status == Status::Completed)
    }
}

impl Simulation {
    pub(crate) fn new(concurrent_jobs: usize) -> Self {
        Self {
            runs: BTreeMap::new(),
            events: BinaryHeap::new(),
            next_event: 0,
            accounts: BTreeMap::new(),
            concurrent_jobs,
            numbers: BTreeMap::new(),
            executor: None,
        }
    }

    /// The number of a workflow's next run.
    pub(crate) fn number(&mut self, repository: &str, workflow: u64) -> u64 {
        let number = self.numbers.entry((repository.to_owned(), workflow)).or_default();
        *number += 1;
        *number
    }

    pub(crate) fn add(&mut self, run: WorkflowRun) {
        let id = run.id;
        self.runs.insert(id, run);
        self.schedule_start(id);
    }

    /// Runs again by another attempt.
    pub(crate) fn again(&mut self, run: u64, attempt: Attempt) {
        if let Some(found) = self.runs.get_mut(&run) {
            found.attempts.push(attempt);
            self.schedule_start(run);
        }
    }

    fn schedule_start(&mut self, run: u64) {
        let Some(attempt) = self.runs.get(&run).and_then(WorkflowRun::last) else { return };
        let time = later(attempt.started_at, attempt.starts_after);
        let position = self.runs.get(&run).map_or(0, |run| run.attempts.len() - 1);
        self.schedule(time, Event::Starts { run, attempt: position });
    }

    fn schedule(&mut self, time: Timestamp, event: Event) {
        self.next_event += 1;
        self.events.push(Reverse((time, self.next_event, event)));
    }

    /// Asks the last attempt's jobs to end: soon, or at once by force.
    pub(crate) fn cancel(&mut self, run: u64, now: Timestamp, force: bool) {
        let Some(found) = self.runs.get_mut(&run) else { return };
        let position = found.attempts.len().saturating_sub(1);
        let Some(attempt) = found.attempts.last_mut() else { return };
        attempt.cancelled = true;
        attempt.forced |= force;
        if attempt.live {
            return self.order(Order::Stop { run, force });
        }
        let time = if force { now } else { later(now, CANCEL_DELAY) };
        self.schedule(time, Event::Cancels { run, attempt: position });
    }

    /// Lets the jobs go on that wait for an environment's reviewers.
    pub(crate) fn approve(&mut self, run: u64, environment: &str, now: Timestamp) {
        let Some(found) = self.runs.get_mut(&run) else { return };
        let owner = found.owner().to_owned();
        let position = found.attempts.len().saturating_sub(1);
        let Some(attempt) = found.attempts.last_mut() else { return };
        let queued = attempt.approve(environment, now);
        let places = queued.into_iter().map(|job| Place { run, attempt: position, job });
        self.accounts.entry(owner.clone()).or_default().queue.extend(places);
        self.fill(&owner, now);
        self.refresh(run, position, now);
    }

    /// Plays what is due, and tells which artifacts it has left.
    pub(crate) fn forward(&mut self, now: Timestamp) -> Vec<Left> {
        let mut left = Vec::new();
        while self.events.peek().is_some_and(|Reverse((time, ..))| *time <= now) {
            if let Some(Reverse((time, _, event))) = self.events.pop() {
                left.extend(self.play(event, time));
            }
        }
        left
    }

    fn play(&mut self, event: Event, at: Timestamp) -> Option<Left> {
        match event {
            Event::Starts { run, attempt } => {
                let started = self.attempt(run, attempt)?;
                started.started = true;
                if started.live {
                    let which = Which { run, attempt: started.number };
                    self.order(Order::Start(which));
                    return None;
                }
                if started.startup_failure && started.status != Status::Completed {
                    started.finish(Conclusion::StartupFailure, at);
                    return None;
                }
                self.go_on(run, attempt, at);
                None
            }
            Event::JobEnds(place) => {
                let artifacts = self.attempt(place.run, place.attempt)?.end(place.job, at)?;
                self.free(place.run, 1);
                self.go_on(place.run, place.attempt, at);
                Some(Left { run: place.run, at, artifacts })
            }
            Event::Cancels { run, attempt } => {
                let stopped = self.attempt(run, attempt)?.stop(at);
                self.free(run, stopped);
                self.go_on(run, attempt, at);
                None
            }
        }
    }

    fn attempt(&mut self, run: u64, attempt: usize) -> Option<&mut Attempt> {
        self.runs.get_mut(&run)?.attempts.get_mut(attempt)
    }

    fn owner(&self, run: u64) -> String {
        self.runs.get(&run).map(|run| run.owner().to_owned()).unwrap_or_default()
    }

    fn free(&mut self, run: u64, slots: usize) {
        let account = self.accounts.entry(self.owner(run)).or_default();
        account.running = account.running.saturating_sub(slots);
    }

    /// Queues what can go on in an attempt, starts what has a runner, and sees whether all has ended.
    fn go_on(&mut self, run: u64, attempt: usize, at: Timestamp) {
        let owner = self.owner(run);
        let queued = self.attempt(run, attempt).map(|found| found.queue(at)).unwrap_or_default();
        let places = queued.into_iter().map(|job| Place { run, attempt, job });
        self.accounts.entry(owner.clone()).or_default().queue.extend(places);
        self.fill(&owner, at);
        self.refresh(run, attempt, at);
    }

    /// Gives the account's free runners to the jobs that have waited longest.
    fn fill(&mut self, owner: &str, at: Timestamp) {
        loop {
            let Some(account) = self.accounts.get_mut(owner) else { return };
            if account.running >= self.concurrent_jobs {
                return;
            }
            let Some(place) = account.queue.pop_front() else { return };
            let started =
                self.attempt(place.run, place.attempt).and_then(|found| found.start(place.job, at));
            // A job that was cancelled in the queue has left it.
            let Some(duration) = started else { continue };
            if let Some(account) = self.accounts.get_mut(owner) {
                account.running += 1;
            }
            if let Some(duration) = duration {
                self.schedule(later(at, duration), Event::JobEnds(place));
            }
            self.refresh(place.run, place.attempt, at);
        }
    }

    fn refresh(&mut self, run: u64, attempt: usize, at: Timestamp) {
        if let Some(attempt) = self.attempt(run, attempt) {
            attempt.refresh(at);
        }
    }
}
