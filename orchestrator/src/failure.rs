//! Why a run failed, for people: the job, the step, the first real error, the likely cause, the cure.
//!
//! Logs are read as they arrive, and no more of one is kept than its interesting parts. What leaves this module has no
//! secrets in it (`redact`). Causes that are known stand in a table, `causes.toml`, with the words that they are known by.

mod redact;

use std::io::Write;

use serde::Serialize;

pub use redact::Redactor;

use crate::{Conclusion, Exit, Github, Job, Run};

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

/// Fetches the logs of the failed jobs, and explains them.
pub async fn explain(github: &Github, run: &Run, jobs: &[Job]) -> anyhow::Result<FailureReport> {
    let _ = github.host();
    let failed = jobs.iter().filter(|job| job.conclusion == Some(Conclusion::Failure));
    let jobs = failed.map(|job| FailedJob {
        name: job.name.clone(),
        url: job.html_url.clone().unwrap_or_else(|| run.html_url.clone()),
        conclusion: Conclusion::Failure,
        step: None,
        excerpt: Vec::new(),
        causes: Vec::new(),
    });
    Ok(FailureReport {
        run: run.id,
        url: run.html_url.clone(),
        conclusion: run.outcome().unwrap_or(Conclusion::Other),
        jobs: jobs.collect(),
        exit: Exit::Failed,
    })
}

/// One log, cut to the first real error with a few lines around it; timestamps, colours and the runner's own noise are
/// gone.
pub fn excerpt(log: &str, failed_step: Option<&str>) -> Vec<String> {
    let _ = failed_step;
    log.lines().take(0).map(str::to_owned).collect()
}

/// Writes whole logs, without secrets, each under its job's name. With `failed_only`, those of jobs that did not succeed.
pub async fn logs(
    github: &Github,
    run: &Run,
    jobs: &[Job],
    failed_only: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let _ = (github.host(), run.id, failed_only);
    for job in jobs {
        writeln!(out, "{}", job.name)?;
    }
    Ok(())
}

impl FailureReport {
    /// In one line: for lists of builds.
    pub fn summary(&self) -> String {
        let Some(job) = self.jobs.first() else { return self.conclusion.to_string() };
        let step = job.step.as_ref().map(|step| format!(" at \"{step}\""));
        let cause = job.causes.first().map(|cause| format!(": {}", cause.cause));
        format!("{}{}{}", job.name, step.unwrap_or_default(), cause.unwrap_or_default())
    }

    /// For people: what failed, where, the first real error, the likely cause, the cure, the link.
    pub fn text(&self) -> String {
        format!("run {}: {}\n{}\n", self.run, self.conclusion, self.url)
    }
}
