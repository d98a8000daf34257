//! What a test says about a run: when it starts, which jobs it has, how they end and what they leave.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;

/// Makes the script of a dispatch, once for each attempt.
pub type Scripter = Arc<dyn Fn(&Dispatch) -> Script + Send + Sync>;

/// A wish for a run that GitHub has taken.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// `owner/name`.
    pub repository: String,
    /// Path of the workflow's file, such as `.github/workflows/build.yml`.
    pub workflow: String,
    /// The branch or tag, without `refs/`.
    pub ref_name: String,
    /// With the defaults of those that were not given.
    pub inputs: BTreeMap<String, String>,
    pub run_id: u64,
    /// 1 for the dispatch itself, more for each run again.
    pub attempt: u64,
}

/// How a run goes. All times are the fake's own (`Options::speed`).
#[derive(Debug, Clone)]
pub struct Script {
    /// From the dispatch to the first job's being queued.
    pub starts_after: Duration,
    /// From the dispatch to the run's being in lists; by its id it is found at once.
    pub visible_after: Duration,
    pub jobs: Vec<ScriptedJob>,
    /// The workflow's file is broken: the run ends at once as `startup_failure`, without jobs.
    pub startup_failure: bool,
    /// Jobs that run come to their own end in spite of a cancellation; only force stops them.
    pub ignores_cancel: bool,
    /// Nothing is played: somebody executes the run.
    pub(crate) live: bool,
}

impl Default for Script {
    /// One job that succeeds at once.
    fn default() -> Self {
        Self::new().job(ScriptedJob::new("build"))
    }
}

impl Script {
    /// A script without jobs yet.
    pub fn new() -> Self {
        Self {
            starts_after: Duration::ZERO,
            visible_after: Duration::ZERO,
            jobs: Vec::new(),
            startup_failure: false,
            ignores_cancel: false,
            live: false,
        }
    }

    /// A run that is executed.
    pub(crate) fn live() -> Self {
        Self { live: true, ..Self::new() }
    }

    /// A run that stays queued for ever.
    pub fn never_starts() -> Self {
        Self::default().starts_after(Duration::MAX)
    }

    /// A run whose workflow file is broken.
    pub fn startup_failure() -> Self {
        Self { startup_failure: true, ..Self::new() }
    }

    #[must_use]
    pub fn job(mut self, job: ScriptedJob) -> Self {
        self.jobs.push(job);
        self
    }

    #[must_use]
    pub fn starts_after(self, starts_after: Duration) -> Self {
        Self { starts_after, ..self }
    }

    #[must_use]
    pub fn visible_after(self, visible_after: Duration) -> Self {
        Self { visible_after, ..self }
    }

    #[must_use]
    pub fn ignores_cancel(self) -> Self {
        Self { ignores_cancel: true, ..self }
    }
}

/// How something has ended, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    Success,
    Failure,
    Cancelled,
    Skipped,
    TimedOut,
    StartupFailure,
}

impl Conclusion {
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::TimedOut => "timed_out",
            Self::StartupFailure => "startup_failure",
        }
    }

    /// Whether running the failed jobs again would run this one.
    pub(crate) fn is_failed(self) -> bool {
        !matches!(self, Self::Success | Self::Skipped)
    }
}

/// How a job's runner gets lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The job is in progress for ever.
    Hangs,
    /// The job fails, and there is no log.
    WithoutLog,
}

/// A job of a script. It appears in lists when all that it needs has ended, as on GitHub.
#[derive(Debug, Clone)]
pub struct ScriptedJob {
    pub name: String,
    /// Names of jobs.
    pub needs: Vec<String>,
    /// Runs whatever became of what it needs.
    pub always: bool,
    pub runner_label: String,
    pub duration: Duration,
    /// In equal parts of the duration. Without any, GitHub's own first and last with one between.
    pub steps: Vec<ScriptedStep>,
    pub conclusion: Conclusion,
    /// Without times: those are put before each line, as GitHub does.
    pub log: String,
    /// There when the job has ended, however it ended by itself.
    pub artifacts: Vec<ScriptedArtifact>,
    pub annotations: Vec<Annotation>,
    /// The environment whose reviewers are asked before it starts: `FakeGithub::approve`.
    pub needs_approval: Option<String>,
    pub lost: Option<Loss>,
}

impl ScriptedJob {
    /// A job that succeeds at once on Linux and prints its name.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            needs: Vec::new(),
            always: false,
            runner_label: "ubuntu-latest".to_owned(),
            duration: Duration::ZERO,
            steps: Vec::new(),
            conclusion: Conclusion::Success,
            log: format!("{name}\n"),
            artifacts: Vec::new(),
            annotations: Vec::new(),
            needs_approval: None,
            lost: None,
        }
    }

    #[must_use]
    pub fn needs(mut self, job: &str) -> Self {
        self.needs.push(job.to_owned());
        self
    }

    #[must_use]
    pub fn always(self) -> Self {
        Self { always: true, ..self }
    }

    #[must_use]
    pub fn runs_on(self, label: &str) -> Self {
        Self { runner_label: label.to_owned(), ..self }
    }

    #[must_use]
    pub fn takes(self, duration: Duration) -> Self {
        Self { duration, ..self }
    }

    #[must_use]
    pub fn step(mut self, name: &str, conclusion: Conclusion) -> Self {
        self.steps.push(ScriptedStep { name: name.to_owned(), conclusion });
        self
    }

    #[must_use]
    pub fn concludes(self, conclusion: Conclusion) -> Self {
        Self { conclusion, ..self }
    }

    /// Fails with this log.
    #[must_use]
    pub fn fails(self, log: &str) -> Self {
        self.concludes(Conclusion::Failure).log(log)
    }

    #[must_use]
    pub fn log(self, log: &str) -> Self {
        Self { log: log.to_owned(), ..self }
    }

    #[must_use]
    pub fn artifact(mut self, artifact: ScriptedArtifact) -> Self {
        self.artifacts.push(artifact);
        self
    }

    /// An error beside the job's log.
    #[must_use]
    pub fn annotation(mut self, level: &'static str, message: &str) -> Self {
        self.annotations.push(Annotation { level, message: message.to_owned() });
        self
    }

    #[must_use]
    pub fn needs_approval(self, environment: &str) -> Self {
        Self { needs_approval: Some(environment.to_owned()), ..self }
    }

    #[must_use]
    pub fn lost(self, loss: Loss) -> Self {
        Self { lost: Some(loss), ..self }
    }
}

#[derive(Debug, Clone)]
pub struct ScriptedStep {
    pub name: String,
    pub conclusion: Conclusion,
}

/// A remark of a job.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// `notice`, `warning` or `failure`.
    pub level: &'static str,
    pub message: String,
}

/// An artifact that a scripted job leaves.
#[derive(Debug, Clone)]
pub struct ScriptedArtifact {
    pub name: String,
    pub zip: Content,
    /// It is listed, and cannot be downloaded any more.
    pub expired: bool,
    /// What GitHub says its digest is, with `sha256:`; the true one when absent.
    pub digest_override: Option<String>,
}

/// Bytes that a test brings.
#[derive(Debug, Clone)]
pub enum Content {
    Bytes(Bytes),
    /// A file that stays as it is while the fake runs.
    File(Arc<Path>),
}

impl ScriptedArtifact {
    pub fn new(name: &str, zip: impl Into<Bytes>) -> Self {
        Self::of(name, Content::Bytes(zip.into()))
    }

    /// An artifact whose bytes lie in a file. It may be shared by many: its digest is made once.
    pub fn file(name: &str, path: impl Into<Arc<Path>>) -> Self {
        Self::of(name, Content::File(path.into()))
    }

    fn of(name: &str, zip: Content) -> Self {
        Self { name: name.to_owned(), zip, expired: false, digest_override: None }
    }

    #[must_use]
    pub fn expired(self) -> Self {
        Self { expired: true, ..self }
    }

    #[must_use]
    pub fn digest(self, digest: &str) -> Self {
        Self { digest_override: Some(digest.to_owned()), ..self }
    }
}
