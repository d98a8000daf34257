//! What stands in the way of a build, before a minute is spent: token, repository, workflow, secrets, quota, cost.
//!
//! It only looks. Everything is asked first (`facts`), as much as possible at the same time; each check is one row of a
//! table and judges what was told. One that the token may not make says so and stops nobody.

mod account;
mod estimate;
mod facts;
mod limits;
mod repository;
mod secrets;
mod text;
mod workflow_file;

use config_schema::{AppModel, Target};
use serde::Serialize;

pub use estimate::{Estimate, TargetEstimate};

use crate::{
    Exit, Github,
    doctor::facts::{Facts, Told},
    state::Publication,
};

/// The workflow's file name when nobody names another.
const WORKFLOW: &str = "build.yml";

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

/// What a check has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    verdict: Verdict,
    message: String,
    cure: Option<String>,
}

/// Judges what was told.
type Check = fn(&Facts, Option<&Subject<'_>>) -> Said;

/// Every check, in the order in which they depend on each other.
const CHECKS: [(&str, Check); 20] = [
    ("host", account::host),
    ("clock", account::clock),
    ("token", account::token),
    ("expiry", account::expiry),
    ("rate", account::rate),
    ("repository", repository::exists),
    ("rights", account::rights),
    ("template", repository::template),
    ("fork", repository::fork),
    ("actions", repository::actions),
    ("policy", repository::policy),
    ("workflow", repository::workflow),
    ("inputs", repository::inputs),
    ("config", repository::config),
    ("secrets", secrets::complete),
    ("environment", secrets::environment),
    ("retention", limits::retention),
    ("quota", limits::quota),
    ("updates", limits::updates),
    ("version", limits::version),
];

/// Looks at everything. `subject` is none when only the repository is of interest.
pub async fn examine(github: &Github, subject: Option<&Subject<'_>>) -> anyhow::Result<Checkup> {
    let facts = Facts::gather(github, subject).await;
    let judge = |(check, judge): (&'static str, Check)| {
        let Said { verdict, message, cure } = judge(&facts, subject);
        Finding { check, verdict, message, cure }
    };
    let private = facts.details.known().is_some_and(|details| details.private);
    let estimate = subject.map(|subject| Estimate::of(subject, private));
    Ok(Checkup { findings: CHECKS.map(judge).into(), estimate })
}

impl Checkup {
    /// How a command that only looks ends; none when no check has found a problem.
    pub fn exit(&self) -> Option<Exit> {
        let problem = self.findings.iter().any(|finding| finding.verdict == Verdict::Problem);
        problem.then_some(Exit::Failed)
    }
}

impl Said {
    fn ok(message: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, message: message.into(), cure: None }
    }

    /// All is well, and could be better.
    fn remark(message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..Self::ok(message) }
    }

    fn skipped(message: impl Into<String>) -> Self {
        Self { verdict: Verdict::Skipped, ..Self::ok(message) }
    }

    fn warning(message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, ..Self::remark(message, cure) }
    }

    fn problem(message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { verdict: Verdict::Problem, ..Self::remark(message, cure) }
    }

    /// Why nothing is known, and which right would change that.
    fn of_unknown<T>(told: &Told<T>, right: &str) -> Self {
        match told {
            Told::Known(_) | Told::Unasked => Self::skipped("not looked at"),
            Told::Hidden => Self {
                verdict: Verdict::Unknown,
                ..Self::remark("the token may not look", format!("it takes {right}"))
            },
            Told::Failed(error) => Self {
                verdict: Verdict::Unknown,
                ..Self::remark(
                    error.to_string(),
                    error.hint().unwrap_or_else(|| "try again later".to_owned()),
                )
            },
        }
    }
}
