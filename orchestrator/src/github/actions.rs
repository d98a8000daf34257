//! Actions: dispatches, runs, jobs, artifacts. Own small types, with what is read here and nothing else; fields that GitHub
//! may leave out or make null are optional.

use std::fmt;

use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ApiError, Fresh, Github, Repeat};

/// How far a run or a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Queued,
    InProgress,
    Completed,
    /// It needs somebody's consent.
    Waiting,
    Requested,
    Pending,
    /// A state that GitHub has invented since.
    #[serde(other)]
    Other,
}

/// How a run, a job or a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    Success,
    Failure,
    Cancelled,
    Skipped,
    Neutral,
    TimedOut,
    ActionRequired,
    StartupFailure,
    Stale,
    #[serde(other)]
    Other,
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::Neutral => "neutral",
            Self::TimedOut => "timed out",
            Self::ActionRequired => "action required",
            Self::StartupFailure => "startup failure",
            Self::Stale => "stale",
            Self::Other => "unknown",
        })
    }
}

/// A run of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub id: u64,
    /// The run's title, which holds the mark of who asked for it.
    #[serde(default)]
    pub display_title: Option<String>,
    #[serde(default)]
    pub status: Option<RunStatus>,
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    #[serde(default)]
    pub run_attempt: Option<u32>,
    #[serde(default)]
    pub head_branch: Option<String>,
    pub head_sha: String,
    /// The workflow's file.
    #[serde(default)]
    pub path: Option<String>,
    pub html_url: String,
    #[serde(default)]
    pub created_at: Option<jiff::Timestamp>,
    #[serde(default)]
    pub updated_at: Option<jiff::Timestamp>,
}

impl Run {
    /// Counted from one.
    pub fn attempt(&self) -> u32 {
        self.run_attempt.unwrap_or(1)
    }

    /// How it ended, if it did.
    pub fn outcome(&self) -> Option<Conclusion> {
        let ended = self.status == Some(RunStatus::Completed);
        ended.then(|| self.conclusion.unwrap_or(Conclusion::Other))
    }
}

/// A job of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    pub id: u64,
    pub name: String,
    pub status: RunStatus,
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    #[serde(default)]
    pub started_at: Option<jiff::Timestamp>,
    #[serde(default)]
    pub completed_at: Option<jiff::Timestamp>,
    #[serde(default)]
    pub html_url: Option<String>,
    #[serde(default)]
    pub labels: Vec<String>,
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    pub status: RunStatus,
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// Counted from one.
    pub number: u64,
}

/// What GitHub, the runner or a step says of a job beside its log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Annotation {
    /// `notice`, `warning` or `failure`.
    #[serde(default)]
    pub(crate) annotation_level: Option<String>,
    #[serde(default)]
    pub(crate) message: Option<String>,
}

/// An artifact of a run, as GitHub lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct RemoteArtifact {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// Of its archive, in bytes.
    pub(crate) size_in_bytes: u64,
    pub(crate) expired: bool,
    /// `sha256:<hex>` of its archive; older servers have none.
    #[serde(default)]
    pub(crate) digest: Option<String>,
}

/// What a dispatch was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dispatched {
    Run {
        id: u64,
        url: Option<String>,
    },
    /// It was taken; which run it became must be looked up.
    Unnamed,
}

#[derive(Debug, Deserialize)]
struct RunDetails {
    workflow_run_id: u64,
    #[serde(default)]
    html_url: Option<String>,
}

/// A workflow as the API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Workflow {
    pub(crate) path: String,
    pub(crate) state: String,
}

impl Github {
    /// Starts a workflow. Not repeated: each arrival starts a run.
    pub(crate) async fn dispatch(
        &self,
        workflow: &str,
        reference: &str,
        inputs: &Value,
    ) -> Result<Dispatched, ApiError> {
        let plain = json!({ "ref": reference, "inputs": inputs });
        // The later version of the API always tells the run, and knows no such wish.
        if self.server.is_later() {
            return self.dispatch_once(workflow, &plain).await;
        }
        let mut details = plain.clone();
        details["return_run_details"] = true.into();
        match self.dispatch_once(workflow, &details).await {
            // Older servers do not know the wish, and refuse before anything happens.
            Err(error) if error.is_about_field("return_run_details") => {
                self.dispatch_once(workflow, &plain).await
            }
            answer => answer,
        }
    }

    async fn dispatch_once(&self, workflow: &str, body: &Value) -> Result<Dispatched, ApiError> {
        let url = self.address(&["actions", "workflows", workflow, "dispatches"]);
        let answer = self.json_request(Method::POST, url, Some(body), Repeat::Never).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(Dispatched::Unnamed);
        }
        // It was taken, whatever this says.
        let details = answer.document::<RunDetails>();
        Ok(details.map_or(Dispatched::Unnamed, |details| Dispatched::Run {
            id: details.workflow_run_id,
            url: details.html_url,
        }))
    }

    /// None when there is no such workflow.
    pub(crate) async fn workflow(&self, file: &str) -> Result<Option<Workflow>, ApiError> {
        super::found(self.get(self.address(&["actions", "workflows", file])).await)
    }

    /// The last hundred runs that were dispatched, the newest first.
    pub(crate) async fn dispatched_runs(
        &self,
        workflow: &str,
        known: Option<&str>,
    ) -> Result<Fresh<Vec<Run>>, ApiError> {
        #[derive(Deserialize)]
        struct Listed {
            workflow_runs: Vec<Run>,
        }
        let mut url = self.address(&["actions", "workflows", workflow, "runs"]);
        url.set_query(Some("event=workflow_dispatch&per_page=100"));
        Ok(match self.get_fresh::<Listed>(url, known).await? {
            Fresh::New(listed, tag) => Fresh::New(listed.workflow_runs, tag),
            Fresh::NotModified => Fresh::NotModified,
        })
    }

    pub(crate) async fn run(&self, id: u64) -> Result<Run, ApiError> {
        self.get(self.address(&["actions", "runs", &id.to_string()])).await
    }

    pub(crate) async fn run_fresh(
        &self,
        id: u64,
        known: Option<&str>,
    ) -> Result<Fresh<Run>, ApiError> {
        self.get_fresh(self.address(&["actions", "runs", &id.to_string()]), known).await
    }

    /// The jobs of the run's latest attempt.
    pub(crate) async fn jobs(&self, run: u64) -> Result<Vec<Job>, ApiError> {
        let mut url = self.address(&["actions", "runs", &run.to_string(), "jobs"]);
        url.set_query(Some("filter=latest&per_page=100"));
        self.all_in(url, "jobs").await
    }

    /// The same, unless they are what the caller knows.
    pub(crate) async fn jobs_fresh(
        &self,
        run: u64,
        known: Option<&str>,
    ) -> Result<Fresh<Vec<Job>>, ApiError> {
        #[derive(Deserialize)]
        struct Listed {
            total_count: usize,
            jobs: Vec<Job>,
        }
        let mut url = self.address(&["actions", "runs", &run.to_string(), "jobs"]);
        url.set_query(Some("filter=latest&per_page=100"));
        Ok(match self.get_fresh::<Listed>(url, known).await? {
            Fresh::New(listed, tag) if listed.jobs.len() >= listed.total_count => {
                Fresh::New(listed.jobs, tag)
            }
            // More than a page: a change on any of them counts.
            Fresh::New(..) => Fresh::New(self.jobs(run).await?, None),
            Fresh::NotModified => Fresh::NotModified,
        })
    }

    /// A job is a check run of the same id.
    pub(crate) async fn annotations(&self, job: u64) -> Result<Vec<Annotation>, ApiError> {
        let mut url = self.address(&["check-runs", &job.to_string(), "annotations"]);
        url.set_query(Some("per_page=100"));
        self.get(url).await
    }

    pub(crate) async fn artifacts(&self, run: u64) -> Result<Vec<RemoteArtifact>, ApiError> {
        let mut url = self.address(&["actions", "runs", &run.to_string(), "artifacts"]);
        url.set_query(Some("per_page=100"));
        self.all_in(url, "artifacts").await
    }

    /// Asks a run to end; one that has ended already is as good.
    pub(crate) async fn cancel(&self, run: u64, force: bool) -> Result<(), ApiError> {
        let verb = if force { "force-cancel" } else { "cancel" };
        let answer = self.run_verb(run, verb, Repeat::Allowed).await;
        match answer {
            Err(error) if error.status() == Some(StatusCode::CONFLICT) => Ok(()),
            answer => answer,
        }
    }

    /// Runs the failed jobs of a run again, and those that need them. Not repeated: each arrival makes an attempt.
    pub(crate) async fn rerun_failed(&self, run: u64) -> Result<(), ApiError> {
        self.run_verb(run, "rerun-failed-jobs", Repeat::Never).await
    }

    async fn run_verb(&self, run: u64, verb: &str, repeat: Repeat) -> Result<(), ApiError> {
        let url = self.address(&["actions", "runs", &run.to_string(), verb]);
        self.json_request(Method::POST, url, None, repeat).await.map(|_| ())
    }
}
