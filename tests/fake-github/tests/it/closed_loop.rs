//! Runs that are executed, with a script in place of act: what becomes of its words, and that nothing of it is left.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use fake_github::{
    FakeGithub, Repository,
    closed_loop::{ClosedLoop, LoopEvent, LoopOptions, Machine, Programs},
};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{Fixture, REPOSITORY, run};

const ACT: &str = include_str!("closed_loop/act.sh");
/// Far above what a script takes.
const LIMIT: Duration = Duration::from_secs(60);
/// Workflows by name; the script does what their names say.
const WORKFLOWS: [&str; 6] = ["good", "bad", "pair", "slow", "deaf", "broken"];
const WORKFLOW: &str = "name: Outer
on:
  workflow_dispatch:
    inputs: { targets: { type: string, default: '' } }
jobs:
  one:
    name: One ${{ matrix.leg }}
    runs-on: ubuntu-22.04
    steps: [{ name: First, run: echo }, { name: Second, if: false, run: echo }]
  two: { name: Two, needs: one, runs-on: ubuntu-22.04, steps: [{ run: echo }] }
";

/// A fake whose repository is executed, and the checkout that it is of.
struct Looped {
    at: Fixture,
    dir: TempDir,
    events: UnboundedReceiver<LoopEvent>,
    // The last to go: dropping it waits for its end.
    closed_loop: Option<ClosedLoop>,
}

impl Looped {
    async fn new() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let checkout = dir.path().join("checkout");
        fs_err::create_dir_all(checkout.join(".github/workflows"))?;
        for name in WORKFLOWS {
            fs_err::write(checkout.join(format!(".github/workflows/{name}.yml")), WORKFLOW)?;
        }
        script(&checkout.join("run.sh"), "#!/bin/sh\n")?;
        git(&checkout, &["init", "--quiet", "--initial-branch", "main"])?;
        commit(&checkout)?;
        let at = Fixture::of(
            FakeGithub::start().await?,
            Repository::from_checkout(REPOSITORY, &checkout)?,
        )?;

        let bin = dir.path().join("bin");
        fs_err::create_dir_all(bin.join("told"))?;
        script(&bin.join("act"), ACT)?;
        // What bundles the stand-ins.
        script(&bin.join("node"), "#!/bin/sh\n")?;
        let path = format!("{}:/usr/bin:/bin", bin.display()).into();
        let programs = Programs { act: bin.join("act"), stand_ins: bin, path };
        let machine = Machine::open(&dir.path().join("box"), programs).await?;
        let (told, events) = unbounded_channel();
        let options = LoopOptions {
            repository: REPOSITORY.to_owned(),
            machine: Arc::new(machine),
            secrets: [("SIGNING_KEY".to_owned(), "two\nlines and $HOME".to_owned())].into(),
            follow: Some(checkout),
            observer: Arc::new(move |event| {
                let _ = told.send(event.clone());
            }),
        };
        let closed_loop = Some(ClosedLoop::start(&at.fake, options)?);
        Ok(Self { at, dir, events, closed_loop })
    }

    async fn dispatch(&self, workflow: &str) -> Result<u64> {
        let path = format!("/actions/workflows/{workflow}.yml/dispatches");
        let wish = json!({ "ref": "main", "return_run_details": true });
        let (status, document) = self.at.post(&path, wish).await?;
        assert_eq!(status, 200, "{document}");
        document["workflow_run_id"].as_u64().context("a run has a number")
    }

    /// Waits until something is told that this takes something of.
    async fn event<T>(&mut self, wanted: impl Fn(&LoopEvent) -> Option<T>) -> Result<T> {
        let look = async {
            loop {
                let event = self.events.recv().await.context("the loop has ended")?;
                if let Some(found) = wanted(&event) {
                    return Ok(found);
                }
            }
        };
        tokio::time::timeout(LIMIT, look).await.context("it was not told in time")?
    }

    /// How a run ends.
    async fn end(&mut self, run: u64) -> Result<&'static str> {
        self.event(|event| match event {
            LoopEvent::RunEnds { run: ended, conclusion, .. } if *ended == run => {
                Some(conclusion.name())
            }
            _ => None,
        })
        .await
    }

    /// Waits until a job runs.
    async fn job(&mut self) -> Result<()> {
        self.event(|event| matches!(event, LoopEvent::JobBegins { .. }).then_some(())).await
    }

    async fn jobs(&self, run: u64) -> Result<Vec<Value>> {
        let (_, document) = self.at.get(&format!("/actions/runs/{run}/jobs")).await?;
        document["jobs"].as_array().cloned().context("a list of jobs")
    }

    async fn state(&self, run: u64) -> Result<(Value, Value)> {
        let (_, document) = self.at.get(&format!("/actions/runs/{run}")).await?;
        Ok((document["status"].clone(), document["conclusion"].clone()))
    }

    async fn stop(&self, run: u64, how: &str) -> Result<()> {
        let path = format!("/actions/runs/{run}/{how}");
        let (status, document) = self.at.send(Method::POST, &path, None).await?;
        assert_eq!(status, 202, "{document}");
        Ok(())
    }

    /// What the script was given.
    fn told(&self, name: &str) -> Result<String> {
        Ok(fs_err::read_to_string(self.told_path(name))?)
    }

    fn told_path(&self, name: &str) -> PathBuf {
        self.dir.path().join("bin/told").join(name)
    }

    /// Waits until the step has told who it is, and says how to see whether it runs.
    async fn step(&self) -> Result<PathBuf> {
        let written = async {
            loop {
                if let Some(id) = self.told("step").ok().filter(|text| text.ends_with('\n')) {
                    return PathBuf::from(format!("/proc/{}", id.trim()));
                }
                // The script has no other way to tell, and writes at once.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(LIMIT, written).await.context("no step has begun")
    }
}

fn script(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::write(path, text)?;
    Ok(fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))?)
}

fn git(dir: &Path, arguments: &[&str]) -> Result<String> {
    let dir = dir.to_string_lossy();
    let identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"];
    run("git", &[&["-C", &*dir], &identity[..], arguments].concat())
}

fn commit(dir: &Path) -> Result<String> {
    git(dir, &["add", "--all"])?;
    git(dir, &["commit", "--quiet", "--message", "Change"])?;
    git(dir, &["rev-parse", "HEAD"])
}

/// Whether a process still does something; the dead stay visible until somebody asks for them.
fn runs(process: &Path) -> bool {
    let status = fs_err::read_to_string(process.join("status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

#[tokio::test]
async fn a_dispatch_becomes_jobs_steps_and_logs() -> Result<()> {
    let mut looped = Looped::new().await?;
    let run = looped.dispatch("good").await?;
    assert_eq!(looped.end(run).await?, "success");
    assert_eq!(looped.state(run).await?, (json!("completed"), json!("success")));

    let jobs = looped.jobs(run).await?;
    let shown = |job: &Value| (job["name"].clone(), job["conclusion"].clone());
    assert_eq!(shown(&jobs[0]), (json!("One a"), json!("success")));
    assert_eq!(shown(&jobs[1]), (json!("Two"), json!("skipped")));
    assert_eq!(jobs[0]["labels"], json!(["ubuntu-22.04"]));
    let steps = jobs[0]["steps"].as_array().context("a job has steps")?;
    let steps: Vec<_> =
        steps.iter().map(|step| json!([step["name"], step["conclusion"]])).collect();
    let expected = json!([
        ["Set up job", "success"],
        ["First", "success"],
        ["Second", "skipped"],
        ["Complete job", "success"]
    ]);
    assert_eq!(json!(steps), expected);

    let id = &jobs[0]["id"];
    let log = looped.at.redirected(&format!("/actions/jobs/{id}/logs")).await?.text().await?;
    let lines: Vec<_> = log.lines().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
    assert_eq!(lines, ["##[group]Run First", "##[endgroup]", "it runs", "##[warning]careful"]);
    let (_, remarks) = looped.at.get(&format!("/check-runs/{id}/annotations")).await?;
    assert_eq!(remarks[0]["message"], "careful");

    // What the run was told: its own commit, its secrets as they are, and the one target that there is.
    let head = looped.at.fake.repository(REPOSITORY)?.git.resolve("main").context("a commit")?;
    let environment: Value = serde_json::from_str(&looped.told("environment.json")?)?;
    assert_eq!(environment["SHA_REF"], json!(head));
    assert_eq!(environment["GITHUB_RUN_ID"], json!(run.to_string()));
    assert_eq!(environment["GITHUB_REF"], "refs/heads/main");
    let secrets: Value = serde_json::from_str(&looped.told("secrets.json")?)?;
    assert_eq!(secrets["SIGNING_KEY"], "two\nlines and $HOME");
    assert!(looped.at.fake.repository(REPOSITORY)?.secrets.contains("SIGNING_KEY"));
    let event: Value = serde_json::from_str(&looped.told("event.json")?)?;
    assert_eq!(event["inputs"]["targets"], "linux-x64");
    assert_eq!(looped.told("run.sh")?, "#!/bin/sh\n");
    assert!(!Path::new(looped.told("folder")?.trim()).exists(), "the checkout is left");
    looped.at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_failed_run_runs_again_as_another_attempt() -> Result<()> {
    let mut looped = Looped::new().await?;
    let run = looped.dispatch("bad").await?;
    assert_eq!(looped.end(run).await?, "failure");
    let failed = looped.jobs(run).await?;
    let id = &failed[0]["id"];
    let log = looped.at.redirected(&format!("/actions/jobs/{id}/logs")).await?.text().await?;
    assert!(log.ends_with("##[error]Process completed with exit code 3.\n"), "{log}");

    let again = format!("/actions/runs/{run}/rerun-failed-jobs");
    assert_eq!(looped.at.send(Method::POST, &again, None).await?.0, 201);
    assert_eq!(looped.end(run).await?, "failure");
    let environment: Value = serde_json::from_str(&looped.told("environment.json")?)?;
    assert_eq!(environment["GITHUB_RUN_ATTEMPT"], "2");
    let (_, document) = looped.at.get(&format!("/actions/runs/{run}")).await?;
    assert_eq!(document["run_attempt"], 2);
    assert_ne!(looped.jobs(run).await?[0]["id"], *id);
    looped.at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_job_of_a_matrix_is_not_failed_by_another() -> Result<()> {
    let mut looped = Looped::new().await?;
    let run = looped.dispatch("pair").await?;
    assert_eq!(looped.end(run).await?, "failure");
    let jobs = looped.jobs(run).await?;
    let shown: Vec<_> = jobs.iter().map(|job| json!([job["name"], job["conclusion"]])).collect();
    let expected = json!([["One a", "failure"], ["One b", "success"], ["Two", "skipped"]]);
    assert_eq!(json!(shown), expected);
    looped.at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_workflow_that_does_not_start_says_why() -> Result<()> {
    let mut looped = Looped::new().await?;
    let run = looped.dispatch("broken").await?;
    let note = |event: &LoopEvent| match event {
        LoopEvent::Note { text } if text.contains("no such anchor") => Some(()),
        _ => None,
    };
    looped.event(note).await?;
    assert_eq!(looped.end(run).await?, "startup_failure");
    assert!(looped.jobs(run).await?.is_empty());
    looped.at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_cancelled_run_ends_with_everything_it_has_started() -> Result<()> {
    let mut looped = Looped::new().await?;
    let run = looped.dispatch("slow").await?;
    looped.job().await?;
    let step = looped.step().await?;
    assert!(runs(&step));
    let running = looped.jobs(run).await?;
    assert_eq!(running[0]["status"], "in_progress");
    assert_eq!(running[0]["steps"][2]["status"], "queued");

    // One that waits for its turn never begins.
    let waiting = looped.dispatch("good").await?;
    assert_eq!(looped.state(waiting).await?.0, "queued");
    looped.stop(waiting, "cancel").await?;
    looped.stop(run, "cancel").await?;
    assert_eq!(looped.end(run).await?, "cancelled");
    assert!(!runs(&step), "a step is left");
    let ended = looped.jobs(run).await?;
    assert_eq!(ended[0]["conclusion"], "cancelled");
    assert_eq!(ended[0]["steps"][1]["conclusion"], "cancelled");
    assert_eq!(looped.state(waiting).await?, (json!("completed"), json!("cancelled")));
    assert!(looped.jobs(waiting).await?.is_empty());
    looped.at.fake.assert_no_violations()
}

#[tokio::test]
async fn one_that_does_not_listen_is_killed() -> Result<()> {
    let mut looped = Looped::new().await?;
    let run = looped.dispatch("deaf").await?;
    looped.job().await?;
    let step = looped.step().await?;
    looped.stop(run, "cancel").await?;
    assert_eq!(looped.state(run).await?.0, "in_progress");
    looped.stop(run, "force-cancel").await?;
    assert_eq!(looped.end(run).await?, "cancelled");
    assert!(!runs(&step), "a step is left");
    looped.at.fake.assert_no_violations()
}

#[tokio::test]
async fn the_end_of_the_loop_is_the_end_of_its_run() -> Result<()> {
    let mut looped = Looped::new().await?;
    let run = looped.dispatch("slow").await?;
    looped.job().await?;
    let step = looped.step().await?;
    drop(looped.closed_loop.take());
    assert!(!runs(&step), "a step is left");
    assert_eq!(looped.state(run).await?, (json!("completed"), json!("cancelled")));
    Ok(())
}

#[tokio::test]
async fn what_is_committed_is_what_runs() -> Result<()> {
    let mut looped = Looped::new().await?;
    let checkout = looped.dir.path().join("checkout");
    fs_err::write(checkout.join("run.sh"), "#!/bin/sh\necho new\n")?;
    let committed = commit(&checkout)?;
    // What is not committed is not there.
    fs_err::write(checkout.join("run.sh"), "#!/bin/sh\necho newer\n")?;
    let pushed = |event: &LoopEvent| match event {
        LoopEvent::Pushed { commit, .. } => Some(commit.clone()),
        _ => None,
    };
    assert_eq!(looped.event(pushed).await?, committed);
    let run = looped.dispatch("good").await?;
    assert_eq!(looped.end(run).await?, "success");
    assert_eq!(looped.told("run.sh")?, "#!/bin/sh\necho new\n");
    Ok(())
}

#[tokio::test]
async fn a_folder_is_one_machines_at_a_time() -> Result<()> {
    let looped = Looped::new().await?;
    let bin = looped.dir.path().join("bin");
    let programs = Programs { act: bin.join("act"), path: bin.clone().into(), stand_ins: bin };
    let refused = Machine::open(&looped.dir.path().join("box"), programs).await.unwrap_err();
    assert!(refused.to_string().contains("another closed loop"), "{refused}");
    Ok(())
}
