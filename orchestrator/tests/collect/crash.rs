//! Ended at any point by the operating system, and run again: the same files, and nothing fetched twice.

use std::{process::Stdio, time::Duration};

use anyhow::{Context as _, Result, ensure};
use config_schema::Target;
use fake_github::{Action, Fault};
use reqwest::Method;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::{
    sample::Sample,
    support::{Fixture, files, noise},
};

const LEN: usize = 4 * 1024 * 1024;
/// Far more than a build of two targets takes.
const MOST: usize = 60;
/// Far above what a command takes: only a hang is ended.
const LIMIT: Duration = Duration::from_secs(60);
/// How often a file that another process writes is looked at.
const LOOK_EACH: Duration = Duration::from_millis(5);

/// A build, on a GitHub with its run.
struct Scene {
    at: Fixture,
    run: String,
    /// How many files there will be, but for contents.
    files: usize,
}

impl Scene {
    /// Two packages, and what else there is.
    async fn new() -> Result<Self> {
        let targets = [Target::LinuxX64, Target::WindowsX64];
        let sample = Sample::with("notes", "1.0.0", &targets, |_| noise(1000)).with_record();
        Self::of(&sample, 8).await
    }

    async fn of(sample: &Sample, files: usize) -> Result<Self> {
        let at = Fixture::new().await?;
        let run = at.run(Sample::script(sample.artifacts())).await?;
        Ok(Self { at, run: run.to_string(), files })
    }

    fn start(&self) -> Result<Child> {
        #[expect(clippy::disallowed_methods, reason = "tests start the program here")]
        let command = std::process::Command::new(env!("CARGO_BIN_EXE_deskwright"));
        let mut command = Command::from(command);
        self.at.environment(&mut command);
        command.args(["collect", &self.run, "--repo", "o/r", "--format", "json", "--out"]);
        command.arg(self.at.out()).stdin(Stdio::null()).kill_on_drop(true);
        Ok(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?)
    }

    /// Runs the command to its end, and fails when anything is not as if nothing had happened.
    async fn finish(&self, point: &str) -> Result<()> {
        let ended = tokio::time::timeout(LIMIT, self.start()?.wait_with_output()).await??;
        let said = String::from_utf8_lossy(&ended.stdout);
        ensure!(ended.status.success(), "{point}: {said}");
        let found = files(&self.at.out());
        let names: Vec<_> = found.keys().filter(|name| !name.contains("/content/")).collect();
        ensure!(names.len() == self.files, "{point}: {names:?}");
        self.at.fake.assert_no_violations()
    }
}

#[tokio::test]
async fn killed_at_any_request() -> Result<()> {
    for action in [Action::HoldBefore, Action::HoldAfter] {
        let mut points = 0;
        loop {
            ensure!(points < MOST, "more than {MOST} requests");
            let scene = Scene::new().await?;
            scene.at.fake.add_fault(Fault::on(Method::GET, "/**", action.clone()).after(points));
            let mut child = scene.start()?;
            let point = format!("{action:?} {points}");
            let ended = tokio::select! {
                held = scene.at.fake.wait_for_hold() => { held?; false }
                status = child.wait() => { ensure!(status?.success()); true }
                () = tokio::time::sleep(LIMIT) => anyhow::bail!("{point}: it hangs"),
            };
            child.start_kill().ok();
            child.wait().await?;
            scene.finish(&point).await?;
            if ended {
                break;
            }
            points += 1;
        }
        ensure!(points >= 10, "every request is a point: {points}");
    }
    Ok(())
}

#[tokio::test]
async fn killed_at_any_word() -> Result<()> {
    let mut points = 0;
    loop {
        ensure!(points < MOST, "more than {MOST} words");
        let scene = Scene::new().await?;
        let mut child = scene.start()?;
        let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        let mut said = 0;
        while said < points && lines.next_line().await?.is_some() {
            said += 1;
        }
        child.start_kill()?;
        child.wait().await?;
        scene.finish(&format!("word {points}")).await?;
        if said < points {
            break;
        }
        points += 1;
    }
    ensure!(points >= 10, "every word is a point: {points}");
    Ok(())
}

#[tokio::test]
async fn killed_in_the_middle_of_a_download() -> Result<()> {
    let sample = Sample::with("notes", "1.0.0", &[Target::LinuxX64], |_| noise(LEN));
    let scene = Scene::of(&sample, 4).await?;
    let hold = Fault::on(Method::GET, "/blob/**", Action::HoldDownload(LEN * 3 / 4));
    scene.at.fake.add_fault(hold.after(1));
    let mut child = scene.start()?;
    scene.at.fake.wait_for_hold().await?;
    // What is on its way to the disk is lost, which is a megabyte at most.
    let written = async {
        while !files(&scene.at.out()).iter().any(|(name, bytes)| {
            name.ends_with(".part") && bytes.len() >= LEN * 3 / 4 - 1024 * 1024
        }) {
            tokio::time::sleep(LOOK_EACH).await;
        }
    };
    tokio::time::timeout(LIMIT, written).await?;
    child.start_kill()?;
    child.wait().await?;
    scene.finish("the middle").await?;
    assert_eq!(scene.at.blobs(), [200, 200, 206], "the plan, and the bundle in two parts");
    Ok(())
}
