//! Why a run failed, for people: the job, the step, the first real error, the likely cause, the cure.
//!
//! Logs are read as they arrive, and no more of one is kept than its interesting parts. What leaves this module has no
//! secrets in it (`redact`). Causes that are known stand in a table, `causes.toml`, with the words that they are known by.

mod causes;
mod gist;
mod jobs;
mod lines;
mod pem;
mod redact;
mod section;
mod text;

use std::io::Write;

use futures_util::{StreamExt as _, stream};
use reqwest::StatusCode;
use serde::Serialize;

pub use redact::Redactor;

use crate::{
    Conclusion, Exit, Github, Job, Run,
    failure::{
        causes::{Causes, State},
        gist::Gist,
        jobs::Told,
        lines::Lines,
    },
    github::{ApiError, Remote},
};

/// Jobs that are looked at (count). Where more have failed, they have mostly failed alike.
const MAX_JOBS: usize = 20;
/// Logs that are read at the same time (count).
const CONCURRENT: usize = 4;
/// How often a log is opened that breaks off (count).
const ATTEMPTS: u32 = 3;

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailureReport {
    pub run: u64,
    /// The run's page.
    pub url: String,
    pub conclusion: Conclusion,
    /// Jobs that failed by themselves, the most telling first. Those that only followed are left out.
    pub jobs: Vec<FailedJob>,
    /// How a command that waited for the run ends.
    pub exit: Exit,
}

/// A job that failed by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedJob {
    pub name: String,
    /// Its page.
    pub url: String,
    pub conclusion: Conclusion,
    /// The first step that failed.
    pub step: Option<String>,
    /// Lines around the first real error, without secrets.
    pub excerpt: Vec<String>,
    /// The likeliest first; none when nobody has met such words.
    pub causes: Vec<Cause>,
}

/// What is known of failures with such words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Stable, for programs.
    pub id: String,
    pub cause: String,
    pub cure: String,
    pub exit: Exit,
}

/// Fetches the logs of the failed jobs, and explains them. Of each log little more is kept than what is shown.
pub async fn explain(github: &Github, run: &Run, jobs: &[Job]) -> anyhow::Result<FailureReport> {
    let causes = Causes::read()?;
    let mut redactor = Redactor::new(&github.server().secrets().await);
    let culprits = jobs::culprits(jobs);
    let told = culprits.iter().enumerate().map(|(index, job)| {
        let look = index < MAX_JOBS;
        jobs::examine(github, run, job, &causes, look)
    });
    let told: Vec<Told> = stream::iter(told).buffered(CONCURRENT).collect().await;
    let mut jobs: Vec<FailedJob> =
        jobs::telling(told).into_iter().map(|told| told.reported(&mut redactor)).collect();
    let conclusion = run.outcome().unwrap_or(Conclusion::Other);
    if jobs.is_empty() && conclusion != Conclusion::Success {
        jobs.push(jobs::of_run(run, conclusion, &causes));
    }
    let known = jobs.iter().find_map(|job| job.causes.first());
    let exit = known.map_or_else(|| exit_of(conclusion), |cause| cause.exit);
    Ok(FailureReport { run: run.id, url: run.html_url.clone(), conclusion, jobs, exit })
}

fn exit_of(conclusion: Conclusion) -> Exit {
    match conclusion {
        Conclusion::TimedOut | Conclusion::Stale => Exit::Timeout,
        _ => Exit::Failed,
    }
}

/// One log, cut to the first real error with a few lines around it; timestamps, colours and the runner's own noise are
/// gone. Secrets are not: see `Redactor`.
pub fn excerpt(log: &str, failed_step: Option<&str>) -> Vec<String> {
    let (mut lines, mut gist) = (Lines::default(), Gist::new(failed_step));
    lines.push(log.as_bytes(), |line| gist.line(line));
    lines.end(|line| gist.line(line));
    gist.finish().excerpt
}

/// Writes whole logs, without secrets, each under its job's name. With `failed_only`, those of jobs that did not succeed.
pub async fn logs(
    github: &Github,
    run: &Run,
    jobs: &[Job],
    failed_only: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let secrets = github.server().secrets().await;
    let wanted = jobs.iter().filter(|job| match job.conclusion {
        Some(Conclusion::Success | Conclusion::Skipped) => !failed_only,
        _ => true,
    });
    let mut any = false;
    for job in wanted {
        let gap = if any { "\n" } else { "" };
        any = true;
        let how = job.conclusion.map_or_else(|| "not ended".to_owned(), |how| how.to_string());
        let mut redactor = Redactor::new(&secrets);
        let name = lines::cleaned(&job.name).join(" ");
        writeln!(out, "{gap}== {} ({how}) ==", redactor.line(&name))?;
        // A write that fails, as when nobody reads any more, ends the reading.
        let mut wrote = Ok(());
        let read = read_log(github, job.id, 1, |line| {
            if let Some(line) = line {
                wrote = writeln!(out, "{}", redactor.line(line));
            }
            wrote.is_ok()
        });
        let read = read.await;
        wrote?;
        match read.map_err(Unread::of) {
            Ok(()) => {}
            Err(unread) => writeln!(out, "({unread})")?,
        }
    }
    if !any {
        writeln!(out, "no job of run {} has failed", run.id)?;
    }
    Ok(())
}

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("there is no log")]
    None,
    #[error("the log has expired")]
    Expired,
    #[error("the log could not be read: {0}")]
    Failed(ApiError),
}

impl Unread {
    fn of(error: ApiError) -> Self {
        match error.status() {
            Some(StatusCode::NOT_FOUND) => Self::None,
            Some(StatusCode::GONE) => Self::Expired,
            _ => Self::Failed(error),
        }
    }

    fn state(&self) -> Option<State> {
        match self {
            Self::None => Some(State::NoLog),
            Self::Expired => Some(State::LogExpired),
            Self::Failed(_) => None,
        }
    }
}

/// Reads a job's log line by line, as long as the reader wants more. None in place of a line: everything begins anew, since
/// the connection broke.
async fn read_log(
    github: &Github,
    job: u64,
    attempts: u32,
    mut each: impl FnMut(Option<&str>) -> bool,
) -> Result<(), ApiError> {
    let mut attempt = 1;
    loop {
        each(None);
        let mut response = github.open(Remote::JobLog(job), 0).await?;
        let (mut lines, mut more) = (Lines::default(), true);
        let broken = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => lines.push(&chunk, |line| more = more && each(Some(line))),
                Ok(None) => break None,
                Err(source) => break Some(source.without_url()),
            }
            if !more {
                break None;
            }
        };
        match broken {
            Some(_) if attempt < attempts => attempt += 1,
            Some(source) => {
                lines.end(|line| more = more && each(Some(line)));
                return Err(ApiError::Unclear { operation: "GET a log".to_owned(), source });
            }
            None => {
                lines.end(|line| more = more && each(Some(line)));
                return Ok(());
            }
        }
    }
}
