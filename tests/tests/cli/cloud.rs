//! Commands of `deskwright` through xtask: the same words, the same folder, the same end.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    process::{self, Output, Running},
    xtask::{Xtask, repo_root},
};

use crate::support::{Project, xtask};

/// The first of these compiles `deskwright`, unless it was.
const LIMIT: Duration = Duration::from_secs(900);
const COMMANDS: [&str; 11] = [
    "dispatch", "fleet", "watch", "logs", "cancel", "retry", "collect", "resume", "runs", "builds",
    "prune",
];

async fn deskwright(args: &[&str]) -> Result<Output> {
    Xtask::new()?.run(args, LIMIT).await
}

#[tokio::test]
async fn a_commands_help_is_that_of_deskwright() -> Result<()> {
    let ours = xtask(&["--help"]).await?.expect_code(0)?.stdout;
    for command in COMMANDS {
        let help = deskwright(&[command, "--help"]).await?.expect_code(0)?.stdout;
        assert!(help.contains(&format!("Usage: deskwright {command} ")), "{help}");
        let about = help.lines().next().context("a help begins with what it is about")?;
        let listed = format!("  {command:<10}  {about}\n");
        assert!(ours.contains(&listed), "not in the help of xtask: {listed}");
    }
    let build = deskwright(&["deskwright", "build", "--help"]).await?.expect_code(0)?.stdout;
    assert!(build.contains("Usage: deskwright build "), "{build}");
    Ok(())
}

#[tokio::test]
async fn a_command_runs_where_it_is_called() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    for args in [
        &["runs", "--format", "json"][..],
        &["--format", "json", "runs"],
        &["runs", "--all", "--format", "json"],
        &["deskwright", "runs", "--format", "json"],
    ] {
        let xtask =
            Xtask::new()?.in_dir(project.path()).with_variable("DESKWRIGHT_STATE_DIR", "state");
        let told: Value = xtask.run(args, LIMIT).await?.expect_code(0)?.json()?;
        assert_eq!(told, json!({ "ok": true, "builds": [] }), "{args:?}");
    }
    assert_eq!(project.names()?, ["app.json", "state", "web"]);
    Ok(())
}

#[tokio::test]
async fn a_command_ends_as_deskwright_does() -> Result<()> {
    let unknown = deskwright(&["runs", "--bogus"]).await?.expect_code(2)?;
    assert!(unknown.stderr.contains("Usage: deskwright runs"), "{unknown}");

    let state = tempfile::tempdir()?;
    let xtask = Xtask::new()?
        .with_variable("DESKWRIGHT_STATE_DIR", state.path())
        .with_variable("DESKWRIGHT_APP_ID", "7");
    let args = ["runs", "--remote", "--repo", "me/apps"];
    let refused = xtask.run(&args, LIMIT).await?.expect_code(3)?;
    assert!(refused.stderr.contains("the App's key is not"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn ctrl_c_is_for_deskwright() -> Result<()> {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let state = tempfile::tempdir()?;
    let mut command = process::command(Xtask::new()?.binary());
    let url = format!("http://{}", silent.local_addr()?);
    command.args(["runs", "--remote", "--repo", "me/apps", "--github-url", &url]);
    command.current_dir(repo_root()?).env("DESKWRIGHT_STATE_DIR", state.path());
    let running = Running::start(&mut command)?;
    let _unanswered = tokio::time::timeout(LIMIT, silent.accept()).await??;
    let id = i32::try_from(running.pid())?;
    let id = rustix::process::Pid::from_raw(id).context("a process has a number")?;
    rustix::process::kill_process(id, rustix::process::Signal::INT)?;
    let ended = running.wait(LIMIT).await?.expect_code(130)?;
    assert!(ended.stderr.contains("interrupted"), "{ended}");
    Ok(())
}
