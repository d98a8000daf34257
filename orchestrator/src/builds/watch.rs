//! From a known run to its outcome.
//!
//! A question whose answer is "not modified" costs nothing of the hour's quota, so that a run is asked for often, while
//! its jobs, which change with every step, are asked for ever more seldom the longer it takes.

use std::{collections::HashMap, time::Duration};

use super::{
    Orchestrator,
    poll::{Eyes, Pollers},
};
use crate::{
    Conclusion, Event, Exit, Github, Job, Run, RunStatus, error,
    failure::{self, FailureReport},
    github::{ApiError, Fresh},
    state::{Build, BuildState, Change, ConfigSource},
};

/// The pause between two questions for a run: the first, how it grows, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const PAUSE_GROWTH: f64 = 1.3;
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Jobs are asked for when so much of the time since the start has passed again.
const JOBS_SHARE: u32 = 4;
const FIRST_JOBS_PAUSE: Duration = Duration::from_secs(15);
/// Answers without news that a server may give instead of "not modified", before the run too is asked for seldom (count).
const EMPTY_ANSWERS: u32 = 5;
/// How long a run may wait for a machine before that is worth a word.
const LONG_QUEUE: Duration = Duration::from_secs(10 * 60);
/// How long GitHub may take to begin another attempt, before it is asked again.
const ATTEMPT_WITHIN: Duration = Duration::from_secs(60);

impl Orchestrator {
    /// Follows the run to its end. With the report when it failed.
    pub(super) async fn watch(
        &self,
        github: &Github,
        build: &Build,
        eyes: &Eyes,
    ) -> anyhow::Result<(Build, Option<FailureReport>)> {
        let id = build.run.ok_or_else(|| anyhow::anyhow!("the build has no run: {}", build.id))?;
        let first = github.run(id).await.map_err(|error| gone(build, error))?;
        if first.attempt() < build.attempt {
            self.ask_again(github, build, id).await?;
        }
        self.check_commit(github, build, &first).await?;
        let run = match eyes {
            Eyes::Own => Follow::new(self, github, build, id).until_the_end().await?,
            Eyes::Shared(pollers) => self.wait_with_others(github, build, id, pollers).await?,
        };
        self.conclude(github, build, &run).await
    }

    async fn conclude(
        &self,
        github: &Github,
        build: &Build,
        run: &Run,
    ) -> anyhow::Result<(Build, Option<FailureReport>)> {
        let change = |detail: Option<String>| Change {
            detail,
            run_url: Some(run.html_url.clone()),
            attempt: Some(run.attempt()),
            ..Change::default()
        };
        match run.outcome() {
            Some(Conclusion::Success) => {
                Ok((self.step(&build.id, BuildState::Succeeded, change(None))?, None))
            }
            outcome => {
                let jobs = github.jobs(run.id).await?;
                let report = failure::explain(github, run, &jobs).await?;
                // GitHub also says so of a job that has taken too long.
                let too_long = report.exit == Exit::Timeout;
                if outcome == Some(Conclusion::Cancelled) && !too_long {
                    return Ok((self.step(&build.id, BuildState::Cancelled, change(None))?, None));
                }
                let detail = report.summary();
                let build = self.step(&build.id, BuildState::Failed, change(Some(detail)))?;
                Ok((build, Some(report)))
            }
        }
    }

    async fn wait_with_others(
        &self,
        github: &Github,
        build: &Build,
        id: u64,
        pollers: &Pollers,
    ) -> anyhow::Result<Run> {
        let began = github.clock().elapsed();
        loop {
            let run = pollers.look(github, &build.request.workflow, id).await?;
            if run.outcome().is_some() && run.attempt() >= build.attempt {
                return Ok(run);
            }
            self.check_deadline(github, build, began)?;
            github.clock().sleep(Pollers::pause()).await;
        }
    }

    fn check_deadline(
        &self,
        github: &Github,
        build: &Build,
        began: Duration,
    ) -> anyhow::Result<()> {
        let limit = self.options.deadline;
        if github.clock().elapsed() - began < limit {
            return Ok(());
        }
        Err(error::timeout(
            format!("the run has not ended within {} minutes: {}", limit.as_secs() / 60, build.id),
            format!(
                "it goes on at GitHub: `deskwright watch {0}` waits on, `deskwright cancel {0}` ends it",
                build.id
            ),
        ))
    }

    /// Asks for the failed jobs to run again, until there is an attempt that does.
    async fn ask_again(&self, github: &Github, build: &Build, id: u64) -> anyhow::Result<()> {
        match github.rerun_failed(id).await {
            Ok(()) => {}
            // It may have taken effect: the attempt tells.
            Err(error) if error.may_pass() => self.event(&Event::Note {
                text: format!("nobody knows whether the run was started again, looking: {error}"),
            }),
            Err(error) => {
                let detail = Some(error.to_string());
                self.step(&build.id, BuildState::Failed, Change { detail, ..Change::default() })?;
                return Err(error.into());
            }
        }
        let began = github.clock().elapsed();
        let mut pause = FIRST_PAUSE;
        while github.clock().elapsed() - began < ATTEMPT_WITHIN {
            if github.run(id).await?.attempt() >= build.attempt {
                return Ok(());
            }
            github.clock().sleep(pause).await;
            pause = pause.mul_f64(PAUSE_GROWTH);
        }
        Err(error::timeout(
            format!("GitHub does not start the run again: {id}"),
            "look at the run's page; `deskwright resume` asks again",
        ))
    }

    /// A branch that has moved between the look at it and the start would give something else than what was looked at.
    async fn check_commit(&self, github: &Github, build: &Build, run: &Run) -> anyhow::Result<()> {
        let request = &build.request;
        if request.config == ConfigSource::Unknown || request.commit == run.head_sha {
            return Ok(());
        }
        github.cancel(run.id, false).await?;
        let detail = format!(
            "`{}` moved from {} to {} before the run began",
            request.reference, request.commit, run.head_sha
        );
        let change = Change { detail: Some(detail.clone()), ..Change::default() };
        self.step(&build.id, BuildState::Cancelled, change)?;
        Err(error::usage(
            format!("what would be built is not what was checked: {detail}"),
            "the run was cancelled: run the same command again",
        ))
    }
}

/// One run under the eye of one caller.
struct Follow<'a> {
    orchestrator: &'a Orchestrator,
    github: &'a Github,
    build: &'a Build,
    id: u64,
    began: Duration,
    pause: Duration,
    run_tag: Option<String>,
    run: Option<Run>,
    empty_answers: u32,
    jobs_tag: Option<String>,
    jobs_due: Duration,
    /// What was told of each job.
    told: HashMap<u64, (RunStatus, Option<Conclusion>)>,
    counts: (usize, usize, usize),
    queue_told: bool,
}

impl<'a> Follow<'a> {
    fn new(orchestrator: &'a Orchestrator, github: &'a Github, build: &'a Build, id: u64) -> Self {
        Self {
            orchestrator,
            github,
            build,
            id,
            began: github.clock().elapsed(),
            pause: FIRST_PAUSE,
            run_tag: None,
            run: None,
            empty_answers: 0,
            jobs_tag: None,
            jobs_due: Duration::ZERO,
            told: HashMap::new(),
            counts: (0, 0, 0),
            queue_told: false,
        }
    }

    async fn until_the_end(mut self) -> anyhow::Result<Run> {
        loop {
            let changed = self.look().await?;
            let elapsed = self.github.clock().elapsed() - self.began;
            let ended = self
                .run
                .clone()
                .filter(|run| run.outcome().is_some() && run.attempt() >= self.build.attempt);
            if changed || ended.is_some() || elapsed >= self.jobs_due {
                self.look_at_jobs().await?;
                self.jobs_due = elapsed + FIRST_JOBS_PAUSE.max(elapsed / JOBS_SHARE);
            }
            if let Some(run) = ended {
                return Ok(run);
            }
            self.tell_queue(elapsed);
            self.orchestrator.check_deadline(self.github, self.build, self.began)?;
            self.github.clock().sleep(self.pause).await;
            let longest = if self.empty_answers < EMPTY_ANSWERS {
                LONGEST_PAUSE
            } else {
                FIRST_JOBS_PAUSE.max(elapsed / JOBS_SHARE)
            };
            self.pause = self.pause.mul_f64(PAUSE_GROWTH).min(longest);
        }
    }

    /// Looks at the run; whether its state has changed.
    async fn look(&mut self) -> anyhow::Result<bool> {
        let Fresh::New(run, tag) = self.github.run_fresh(self.id, self.run_tag.as_deref()).await?
        else {
            return Ok(false);
        };
        self.run_tag = tag;
        let state = |run: &Run| (run.status, run.conclusion, run.attempt());
        let changed = self.run.as_ref().map(state) != Some(state(&run));
        if !changed {
            self.empty_answers += 1;
        }
        self.run = Some(run);
        Ok(changed)
    }

    async fn look_at_jobs(&mut self) -> anyhow::Result<()> {
        let answer = self.github.jobs_fresh(self.id, self.jobs_tag.as_deref()).await?;
        let Fresh::New(jobs, tag) = answer else { return Ok(()) };
        self.jobs_tag = tag;
        for job in &jobs {
            self.tell(job);
        }
        let count =
            |wanted: &[RunStatus]| jobs.iter().filter(|job| wanted.contains(&job.status)).count();
        let running = count(&[RunStatus::InProgress]);
        let done = count(&[RunStatus::Completed]);
        let counts = (jobs.len() - running - done, running, done);
        if counts != self.counts {
            self.counts = counts;
            let (queued, running, done) = counts;
            let build = self.build.id.clone();
            self.orchestrator.event(&Event::Jobs { build, queued, running, done });
        }
        Ok(())
    }

    fn tell(&mut self, job: &Job) {
        let state = (job.status, job.conclusion);
        let known = self.told.insert(job.id, state);
        let worth = matches!(job.status, RunStatus::InProgress | RunStatus::Completed)
            && job.conclusion != Some(Conclusion::Skipped);
        if known == Some(state) || !worth {
            return;
        }
        let took = job.started_at.zip(job.completed_at);
        let seconds =
            took.and_then(|(from, to)| u64::try_from(to.as_second() - from.as_second()).ok());
        let failed = |conclusion| {
            matches!(
                conclusion,
                Some(Conclusion::Failure | Conclusion::TimedOut | Conclusion::Cancelled)
            )
        };
        let step = job.steps.iter().find(|step| failed(step.conclusion));
        self.orchestrator.event(&Event::Job {
            build: self.build.id.clone(),
            name: job.name.clone(),
            conclusion: job.conclusion,
            seconds: seconds.filter(|_| job.conclusion.is_some()),
            step: step.map(|step| step.name.clone()),
        });
    }

    fn tell_queue(&mut self, elapsed: Duration) {
        let waits = self.run.as_ref().is_some_and(|run| run.status != Some(RunStatus::InProgress));
        if waits && elapsed > LONG_QUEUE && !self.queue_told {
            self.queue_told = true;
            let text = "no machine has taken the run yet: GitHub's status page, the account's limit of concurrent jobs, \
                        or an approval that the run's page asks for may be the reason";
            self.orchestrator.event(&Event::Note { text: text.to_owned() });
        }
    }
}

fn gone(build: &Build, error: ApiError) -> anyhow::Error {
    if error.status().is_none_or(|status| status.as_u16() != 404) {
        return error.into();
    }
    error::remote(
        format!("GitHub does not know the run any more: {}", build.run.unwrap_or_default()),
        format!(
            "it was deleted, or the token may not see it; `deskwright prune --forget {}` forgets it here",
            build.id
        ),
    )
}
