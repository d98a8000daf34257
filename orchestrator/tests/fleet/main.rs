//! A thousand apps in fifty repositories, with GitHub's own limits enforced: nothing is lost, no limit is crossed, and neither
//! requests nor memory are wasted.

#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../support/desk.rs"]
mod desk;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../support/said.rs"]
mod said;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use desk::{Desk, config, git};
use fake_github::{Action, Dispatch, Fault, Limits, Options, OurRun, Repository};
use serde_json::Value;
use tokio::process::Child;

const REPOSITORIES: usize = 50;
const APPS_EACH: usize = 20;
/// How much faster time goes: an hour of GitHub's in a minute. Much more, and what is slow here would be late there: a signed
/// address, good for a minute, is good for a second.
const SPEED: f64 = 60.0;
const JOB_TIME: Duration = Duration::from_secs(20);
/// How long a run waits for its runner while GitHub has none; the test that wants one moves the time on.
const NO_RUNNER: Duration = Duration::from_secs(5 * 3600);
/// Counted requests for each build that is finished, at most.
const REQUESTS_EACH: f64 = 12.0;
/// Of memory, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;
/// Far above what it takes: only a hang is ended.
const LIMIT: Duration = Duration::from_secs(900);
const WORKFLOW: &str = include_str!("../../../.github/workflows/build.yml");

/// The config that a dispatch names, in the folder of all checkouts.
fn config_of(root: &Path, dispatch: &Dispatch) -> Result<String> {
    let (_, name) = dispatch.repository.split_once('/').context("owner/name")?;
    let path = dispatch.inputs.get("config").context("a config")?;
    Ok(fs_err::read_to_string(root.join(name).join(path))?)
}

/// Whether GitHub has runners at the time.
type Runners = Arc<AtomicBool>;

/// Checkouts with apps, each with its repository at GitHub.
async fn repositories(
    desk: &Desk,
    count: usize,
    apps: usize,
    runners: &Runners,
) -> Result<PathBuf> {
    let root = desk.dir.path().join("fleet");
    for number in 0..count {
        let name = format!("fleet-{number:02}");
        let checkout = root.join(&name);
        for app in 0..apps {
            let slug = format!("app-{number:02}-{app:02}");
            let folder = checkout.join(format!("apps/{slug}"));
            fs_err::create_dir_all(folder.join("web"))?;
            let mut config = config(&slug, "1.0.0");
            config["bundle"]["targets"] = serde_json::json!(["linux-x64"]);
            fs_err::write(folder.join("app.json"), config.to_string())?;
            fs_err::write(folder.join("web/index.html"), "<!doctype html>")?;
        }
        fs_err::create_dir_all(checkout.join(".github/workflows"))?;
        fs_err::write(checkout.join(".github/workflows/build.yml"), WORKFLOW)?;
        git(&checkout, &["init", "--quiet", "--initial-branch", "main"]).await?;
        let address = format!("https://github.com/me/{name}.git");
        git(&checkout, &["remote", "add", "origin", &address]).await?;
        git(&checkout, &["add", "--all"]).await?;
        git(&checkout, &["commit", "--quiet", "--message", "Apps"]).await?;
        let full_name = format!("me/{name}");
        desk.fake.add_repository(Repository::from_checkout(&full_name, &checkout)?);
        let (from, runners) = (root.clone(), Arc::clone(runners));
        let scripter = move |dispatch: &Dispatch| {
            let script = config_of(&from, dispatch)
                .and_then(|config| OurRun::of(&config, dispatch)?.jobs_take(JOB_TIME).script());
            let script = script.unwrap_or_else(|error| panic!("no script: {error:#}"));
            let free = runners.load(Ordering::SeqCst);
            script.starts_after(if free { Duration::ZERO } else { NO_RUNNER })
        };
        desk.fake.on_dispatch(&full_name, Arc::new(scripter));
    }
    Ok(root)
}

async fn desk() -> Result<Desk> {
    let limits = Some(Limits::github());
    Desk::with(Options { speed: SPEED, limits, ..Options::default() }).await
}

fn fleet(desk: &Desk, root: &Path) -> Result<Child> {
    let root = root.display().to_string();
    let mut command = desk.command_at(SPEED, &["fleet", &root, "--format", "json"]);
    command.env_remove("GITHUB_REPOSITORY");
    Ok(command.spawn()?)
}

fn resume(desk: &Desk) -> Result<Child> {
    let mut command = desk.command_at(SPEED, &["resume", "--format", "json"]);
    command.env_remove("GITHUB_REPOSITORY");
    Ok(command.spawn()?)
}

/// The most memory that a process has had, in KiB, as Linux counts it.
fn memory(child: &Child) -> Option<u64> {
    let status = fs_err::read_to_string(format!("/proc/{}/status", child.id()?)).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().split(' ').next()?.parse().ok()
}

/// The whole fleet's report, and the most memory that it took.
async fn finish(mut child: Child) -> Result<(Value, u64)> {
    let stdout = child.stdout.take().context("stdout")?;
    let mut stderr = child.stderr.take().context("stderr")?;
    let errors = tokio::spawn(async move {
        let mut text = String::new();
        let _ = tokio::io::AsyncReadExt::read_to_string(&mut stderr, &mut text).await;
        text
    });
    let mut most = 0;
    let mut last = String::new();
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(stdout));
    let read = async {
        // Each line is a step of some build: often enough to see the memory grow.
        while let Some(line) = lines.next_line().await? {
            most = most.max(memory(&child).unwrap_or(0));
            last = line;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(LIMIT, read).await.context("it hangs")??;
    let status = child.wait().await?;
    let report = serde_json::from_str(&last).unwrap_or(Value::Null);
    ensure!(status.success(), "{status}: {}\n{}", errors.await?, unfinished(&report));
    Ok((report, most))
}

/// The builds of a report that did not come to their end.
fn unfinished(report: &Value) -> String {
    let builds = report["builds"].as_array().into_iter().flatten();
    let unfinished = builds.filter(|build| build["state"] != "complete");
    unfinished.map(|build| format!("{build:#}\n")).collect()
}

/// Ends a process when GitHub has had so many more requests of it; the answer to the last one never comes.
async fn kill_after(desk: &Desk, requests: usize, mut child: Child) -> Result<()> {
    desk.fake.add_fault(Fault::any(Action::HoldAfter).after(requests));
    // What nobody reads would hold the process up.
    let mut stdout = child.stdout.take().context("stdout")?;
    let mut stderr = child.stderr.take().context("stderr")?;
    tokio::spawn(async move { tokio::io::copy(&mut stdout, &mut tokio::io::sink()).await });
    tokio::spawn(async move { tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await });
    tokio::select! {
        held = desk.fake.wait_for_hold() => held?,
        status = child.wait() => anyhow::bail!("it ended by itself: {}", status?),
    }
    child.kill().await?;
    desk.fake.let_go();
    Ok(())
}

#[tokio::test]
async fn a_thousand_apps_in_fifty_repositories() -> Result<()> {
    let desk = desk().await?;
    let root =
        repositories(&desk, REPOSITORIES, APPS_EACH, &Arc::new(AtomicBool::new(true))).await?;
    let (report, memory) = finish(fleet(&desk, &root)?).await?;
    let builds = REPOSITORIES * APPS_EACH;
    assert_eq!(report["fleet"]["complete"], builds);
    assert_eq!(desk.fake.limit_crossings(), Vec::<String>::new());
    let each = desk.fake.counted_requests() as f64 / builds as f64;
    assert!(each <= REQUESTS_EACH, "{each} requests for each build");
    assert!(memory <= MOST_MEMORY, "{memory} KiB");
    let landed = desk.run(&["builds", "--format", "json"]).await?.ok().last()?;
    assert_eq!(landed["builds"].as_array().map(Vec::len), Some(builds));
    println!("{builds} builds: {each:.1} requests each, {memory} KiB at most");
    desk.expect_no_token()
}

#[tokio::test]
async fn a_fleet_that_is_killed_goes_on() -> Result<()> {
    let desk = desk().await?;
    let runners = Runners::default();
    let root = repositories(&desk, 4, 5, &runners).await?;
    // As long as no build ends, the same command goes on with what it began.
    kill_after(&desk, 30, fleet(&desk, &root)?).await?;
    kill_after(&desk, 60, fleet(&desk, &root)?).await?;
    runners.store(true, Ordering::SeqCst);
    desk.fake.advance(NO_RUNNER);
    kill_after(&desk, 60, resume(&desk)?).await?;
    finish(resume(&desk)?).await?;
    let known = desk.json(&["runs", "--all"]).await?;
    let known = known["builds"].as_array().cloned().unwrap_or_default();
    assert_eq!(known.len(), 20, "each once");
    assert!(known.iter().all(|build| build["state"] == "complete"), "{known:#?}");
    let mut runs = 0;
    for number in 0..4 {
        let repo = format!("me/fleet-{number:02}");
        let listed = desk.json(&["runs", "--remote", "--all", "--repo", &repo]).await?;
        runs += listed["runs"].as_array().map_or(0, Vec::len);
    }
    assert_eq!(runs, 20, "each was started once");
    Ok(())
}

#[tokio::test]
async fn one_apps_trouble_is_not_anothers() -> Result<()> {
    let desk = desk().await?;
    let root = repositories(&desk, 2, 2, &Arc::new(AtomicBool::new(true))).await?;
    fs_err::write(root.join("fleet-00/apps/app-00-00/app.json"), "{}")?;
    fs_err::write(root.join("fleet-01/apps/app-01-01/web/index.html"), "not pushed")?;
    let root = root.display().to_string();
    let mut command = desk.command_at(SPEED, &["fleet", &root]);
    command.env_remove("GITHUB_REPOSITORY");
    let said = said::wait(command.spawn()?).await?.expect(1, "builds failed");
    assert!(said.stdout.contains("2 of 4 complete, 2 failed"), "{}\n{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("what is here is not what would be built"), "{}", said.stdout);
    let mut command = desk.command_at(SPEED, &["fleet", &root, "--dry-run"]);
    command.env_remove("GITHUB_REPOSITORY");
    let said = said::wait(command.spawn()?).await?.ok();
    assert_eq!(said.stdout.lines().count(), 4, "{}", said.stdout);
    Ok(())
}
