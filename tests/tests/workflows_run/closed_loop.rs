//! The closed loop: `deskwright` dispatches, watches, cancels and collects runs that `act` really executes.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use fake_github::{
    Access,
    closed_loop::{ClosedLoop, LoopEvent, copy},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    process::{self, Output, Running},
    xtask::{deskwright, repo_root},
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::cloud::{Cloud, REPOSITORY, cloud};

/// A build whose tools and runtime are compiled first, and more beside other work.
const BUILD_LIMIT: Duration = Duration::from_secs(30 * 60);
/// Anything that is no build.
const LIMIT: Duration = Duration::from_secs(120);
const TOKEN: &str = "token-of-the-closed-loop";
/// An app whose own command fails.
const BROKEN: &str = "broken/app.json";

/// A checkout of Deskwright that GitHub has too, and `deskwright` in it.
struct Desk {
    cloud: &'static Cloud,
    checkout: PathBuf,
    dir: TempDir,
    events: UnboundedReceiver<LoopEvent>,
    _closed_loop: ClosedLoop,
}

impl Desk {
    async fn new(name: &str) -> Result<Self> {
        let cloud = cloud().await?;
        let checkout = cloud.place(name);
        copy::tracked(&repo_root()?, &checkout).await?;
        let broken = json!({
            "app": { "name": "Broken", "id": "com.example.broken", "version": "1.0.0" },
            "content": { "dir": "dist", "build": "npm run no-such-script" },
        });
        fs_err::create_dir_all(checkout.join("broken/dist"))?;
        fs_err::write(checkout.join(BROKEN), broken.to_string())?;
        fs_err::write(checkout.join("broken/package.json"), r#"{ "name": "broken" }"#)?;
        fs_err::write(checkout.join("broken/dist/index.html"), "<!doctype html><title>-</title>")?;
        copy::commit(&checkout).await?;
        cloud.fake.change(REPOSITORY, |repository| repository.git.import("main", &checkout))??;
        cloud.fake.add_token(Access::full(TOKEN));
        let (told, events) = unbounded_channel();
        let closed_loop = cloud.closed_loop(Arc::new(move |event| {
            let _ = told.send(event.clone());
        }))?;
        Ok(Self { cloud, checkout, dir: tempfile::tempdir()?, events, _closed_loop: closed_loop })
    }

    fn command(&self, args: &[&str]) -> Result<Command> {
        let mut command = process::command(deskwright()?);
        command.args(args).current_dir(&self.checkout).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("GITHUB_TOKEN", TOKEN).env("GITHUB_REPOSITORY", REPOSITORY);
        command.env("GITHUB_API_URL", self.cloud.fake.url());
        command.env("DESKWRIGHT_STATE_DIR", self.dir.path().join("state"));
        Ok(command)
    }

    async fn run(&self, args: &[&str]) -> Result<Output> {
        process::run(&mut self.command(args)?, BUILD_LIMIT).await
    }

    /// Where builds land.
    fn out(&self) -> String {
        self.dir.path().join("builds").to_string_lossy().into_owned()
    }

    /// Waits until something is told that this takes something of.
    async fn wait_for<T>(&mut self, wanted: impl Fn(&LoopEvent) -> Option<T>) -> Result<T> {
        let look = async {
            loop {
                let event = self.events.recv().await.context("the loop has ended")?;
                if let Some(found) = wanted(&event) {
                    return Ok(found);
                }
            }
        };
        tokio::time::timeout(BUILD_LIMIT, look).await.context("it was not told in time")?
    }

    /// How the run under way ends, in GitHub's word.
    async fn end(&mut self) -> Result<&'static str> {
        self.wait_for(|event| match event {
            LoopEvent::RunEnds { conclusion, .. } => Some(conclusion.name()),
            _ => None,
        })
        .await
    }
}

async fn dpkg_deb(action: &str, package: &Path) -> Result<String> {
    let mut dpkg = process::command("dpkg-deb");
    dpkg.arg(action).arg(package);
    Ok(process::run(&mut dpkg, LIMIT).await?.expect_code(0)?.stdout)
}

#[tokio::test]
async fn a_build_that_is_dispatched_lands_as_a_real_package() -> Result<()> {
    let mut desk = Desk::new("dispatched").await?;
    let (config, out) = ("examples/minimal/app.json", desk.out());
    let built =
        desk.run(&["build", config, "--out", &out, "--format", "json"]).await?.expect_code(0)?;
    assert_eq!(desk.end().await?, "success");
    let result: Value = serde_json::from_str(built.stdout.lines().last().context("no result")?)?;
    assert_eq!(result["ok"], true, "{result}");

    let landed = Path::new(&out).join("com.example.minimal/latest/linux-x64");
    let packages = fs_err::read_dir(&landed)?.map(|entry| Ok(entry?.path()));
    let packages = packages.collect::<Result<Vec<_>>>()?;
    let deb = packages.iter().find(|path| path.extension().is_some_and(|end| end == "deb"));
    let deb = deb.with_context(|| format!("no package among: {packages:?}"))?;
    let about = dpkg_deb("--info", deb).await?;
    assert!(about.contains(" Package: minimal\n"), "{about}");
    assert!(about.contains(" Architecture: amd64\n"), "{about}");
    let files = dpkg_deb("--contents", deb).await?;
    assert!(files.contains("usr/bin/minimal"), "{files}");

    assert_eq!(desk.cloud.processes()?, Vec::<String>::new());
    desk.cloud.fake.assert_no_violations()
}

#[tokio::test]
async fn a_command_of_the_app_that_fails_is_what_the_report_names() -> Result<()> {
    let mut desk = Desk::new("failing").await?;
    let out = desk.out();
    let failed = desk.run(&["build", BROKEN, "--out", &out]).await?.expect_code(1)?;
    assert_eq!(desk.end().await?, "failure");
    let said = format!("{}{}", failed.stdout, failed.stderr);
    assert!(said.contains("Build / Content"), "{said}");
    assert!(said.contains("Missing script: \"no-such-script\""), "{said}");
    assert!(!Path::new(&out).join("com.example.broken").exists(), "something has landed");
    desk.cloud.fake.assert_no_violations()
}

#[tokio::test]
async fn a_build_that_is_cancelled_leaves_nothing_running() -> Result<()> {
    let mut desk = Desk::new("cancelled").await?;
    let out = desk.out();
    let mut command = desk.command(&["build", "examples/minimal/app.json", "--out", &out])?;
    let build = Running::start(&mut command)?;
    let run = desk
        .wait_for(|event| match event {
            LoopEvent::JobBegins { run, job } if job == "Build / Content" => Some(Some(*run)),
            LoopEvent::RunEnds { .. } => Some(None),
            _ => None,
        })
        .await?;
    let run = run.context("it ended by itself")?;
    assert_ne!(desk.cloud.processes()?, Vec::<String>::new(), "nothing runs");
    desk.run(&["cancel", &run.to_string()]).await?.expect_code(0)?;
    assert_eq!(desk.end().await?, "cancelled");
    assert_eq!(desk.cloud.processes()?, Vec::<String>::new(), "something is left");
    let ended = build.wait(LIMIT).await?.expect_code(1)?;
    assert!(ended.stderr.contains("cancelled"), "{ended}");
    assert!(!Path::new(&out).join("com.example.minimal").exists(), "something has landed");
    desk.cloud.fake.assert_no_violations()
}
