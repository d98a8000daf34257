//! The request for a run, which is sent exactly once.
//!
//! GitHub starts a run for each request that arrives, so a request whose answer did not come is not sent again before the
//! run was looked for. The build's id stands in the run's title, by which it is found. Should a request all the same
//! arrive twice, the workflow's concurrency group lets the runs take turns, and the earlier one is ours.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Orchestrator;
use crate::{
    Event, Github, Run, error,
    github::{ApiError, Dispatched, Fresh},
    state::{Build, BuildState, Change, ConfigSource, Publication},
};

/// How long a run may take to appear in GitHub's list. It is there within seconds; before this is over nothing is sent
/// again.
const APPEARS_WITHIN: Duration = Duration::from_secs(60);
/// How long a run is looked for that GitHub has taken for sure.
const TAKEN_APPEARS_WITHIN: Duration = Duration::from_secs(10 * 60);
/// The pause between two looks; it grows by half each time.
const FIRST_LOOK: Duration = Duration::from_millis(500);
const LONGEST_LOOK: Duration = Duration::from_secs(15);
/// How often the request is sent in all, each time after nothing was found (count).
const ATTEMPTS: u32 = 3;

impl Orchestrator {
    /// From the wish to a known run.
    pub(super) async fn dispatch(&self, github: &Github, build: &Build) -> anyhow::Result<Build> {
        let mut build = build.clone();
        for _ in 0..ATTEMPTS {
            let found = match build.state {
                BuildState::Requested => None,
                BuildState::Dispatched => {
                    let run = self.wait_for_run(github, &build, TAKEN_APPEARS_WITHIN).await?;
                    Some(run.ok_or_else(|| not_seen(&build))?)
                }
                // Somebody was about to send it, and may have.
                _ => self.wait_for_run(github, &build, APPEARS_WITHIN).await?,
            };
            if let Some(run) = found {
                return self.found(&build, &run);
            }
            build = self.step(&build.id, BuildState::Dispatching, Change::default())?;
            build = self.send(github, &build).await?;
            if build.state == BuildState::Running {
                return Ok(build);
            }
        }
        Err(not_seen(&build))
    }

    async fn send(&self, github: &Github, build: &Build) -> anyhow::Result<Build> {
        let request = &build.request;
        let answer = github.dispatch(&request.workflow, &request.reference, &inputs(build)).await;
        match answer {
            Ok(Dispatched::Run { id, url }) => {
                let change = Change { run: Some(id), run_url: url, ..Change::default() };
                self.step(&build.id, BuildState::Running, change)
            }
            Ok(Dispatched::Unnamed) => {
                self.step(&build.id, BuildState::Dispatched, Change::default())
            }
            // It may have taken effect: whoever comes next looks.
            Err(error) if error.may_pass() => {
                self.event(&Event::Note {
                    text: format!(
                        "nobody knows whether the run was started, looking for it: {error}"
                    ),
                });
                Ok(build.clone())
            }
            Err(error) => {
                let detail = Some(error.to_string());
                self.step(&build.id, BuildState::Failed, Change { detail, ..Change::default() })?;
                Err(refused(build, error))
            }
        }
    }

    fn found(&self, build: &Build, run: &Run) -> anyhow::Result<Build> {
        let change =
            Change { run: Some(run.id), run_url: Some(run.html_url.clone()), ..Change::default() };
        self.step(&build.id, BuildState::Running, change)
    }

    /// Looks for the build's run until it appears or the time is over.
    async fn wait_for_run(
        &self,
        github: &Github,
        build: &Build,
        limit: Duration,
    ) -> anyhow::Result<Option<Run>> {
        let clock = github.clock();
        let (began, mut pause) = (clock.elapsed(), FIRST_LOOK);
        loop {
            if let Some(run) = self.look_up(github, build).await? {
                return Ok(Some(run));
            }
            if clock.elapsed() - began > limit {
                return Ok(None);
            }
            clock.sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_LOOK);
        }
    }

    /// The build's run, if the list has it.
    pub(super) async fn look_up(
        &self,
        github: &Github,
        build: &Build,
    ) -> anyhow::Result<Option<Run>> {
        let Fresh::New(runs, _) = github.dispatched_runs(&build.request.workflow, None).await?
        else {
            return Ok(None);
        };
        let ours = |run: &Run| {
            let title = run.display_title.as_deref().unwrap_or_default();
            title.split_whitespace().any(|word| word == build.id.as_str())
        };
        Ok(runs.into_iter().filter(ours).min_by_key(|run| run.id))
    }
}

/// The workflow's inputs. What is the default is left out, so that older workflows with fewer inputs work too.
fn inputs(build: &Build) -> Value {
    let request = &build.request;
    let mut inputs = Map::new();
    let mut set = |name: &str, value: &str| {
        if !value.is_empty() {
            inputs.insert(name.to_owned(), value.into());
        }
    };
    match &request.config {
        ConfigSource::Path(path) => set("config", path),
        ConfigSource::Inline { path, json } => {
            set("config", path);
            set("config-json", json);
        }
        ConfigSource::Unknown => {}
    }
    set("targets", &request.targets.join(","));
    if request.release != Publication::None {
        set("release", request.release.name());
    }
    if request.allow_partial {
        set("allow-partial", "true");
    }
    set("environment", &request.environment);
    set("request-id", build.id.as_str());
    json!(inputs)
}

fn not_seen(build: &Build) -> anyhow::Error {
    error::timeout(
        format!("GitHub shows no run for the build: {}", build.id),
        format!(
            "look at the page Actions of {}; `deskwright resume` looks again, `deskwright cancel {}` gives it up",
            build.repo, build.id
        ),
    )
}

/// A refusal in words that help.
fn refused(build: &Build, refusal: ApiError) -> anyhow::Error {
    let (repo, workflow) = (&build.repo, &build.request.workflow);
    let (message, hint) = if refusal.says("Unexpected inputs") {
        (
            format!("the workflow is older than this program: {workflow} of {repo}"),
            "sync the fork with Deskwright (`deskwright doctor` tells how far it is behind)"
                .to_owned(),
        )
    } else if refusal.says("workflow_dispatch") {
        (
            format!("the workflow cannot be started by hand: {workflow} of {repo}"),
            "is this Deskwright's own `build.yml`, on that branch?".to_owned(),
        )
    } else if refusal.status().is_some_and(|status| status.as_u16() == 404) {
        (
            format!("GitHub does not let this token start `{workflow}` of {repo}"),
            "give the token `actions: write` of the repository (classic: the scope `repo`)"
                .to_owned(),
        )
    } else {
        return refusal.into();
    };
    error::refused(refusal, message, hint)
}
