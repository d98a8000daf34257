//! From the config to verified installers on this machine, by one command.

use anyhow::{Context as _, Result};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{desk::Desk, landed::expect_home};

/// The run of a result.
fn run_of(built: &Value) -> Result<u64> {
    built["build"]["build"]["run"].as_u64().context("a run")
}

#[tokio::test]
async fn one_command_from_the_config_to_the_installers() -> Result<()> {
    let desk = Desk::new().await?;
    let built = desk.json(&["build", "app/app.json"]).await?;
    assert_eq!(built["ok"], true, "{built}");
    assert_eq!(built["build"]["build"]["state"], "complete");
    assert_eq!(desk.dispatches(), 1);
    expect_home(&desk, run_of(&built)?)?;
    // Every file is told with its hash.
    let files = built["build"]["landed"]["files"].as_array().context("files")?;
    assert!(files.len() > 6, "{files:?}");
    for file in files {
        let path = file["path"].as_str().context("a path")?;
        let hash: String =
            Sha256::digest(fs_err::read(path)?).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(file["sha256"], hash.as_str(), "{path}");
    }
    desk.expect_no_token()
}

#[tokio::test]
async fn what_is_home_is_known_fetched_again_and_pruned() -> Result<()> {
    let desk = Desk::new().await?;
    let built = desk.json(&["build", "app/app.json"]).await?;
    let id = built["build"]["build"]["id"].as_str().context("an id")?.to_owned();
    let downloads = |desk: &Desk| {
        desk.fake.requests().iter().filter(|request| request.path.ends_with("/zip")).count()
    };
    let before = downloads(&desk);
    desk.run(&["collect", &id]).await?.ok();
    assert_eq!(downloads(&desk), before, "it is here already");
    let folder = built["build"]["build"]["folder"].as_str().context("a folder")?.to_owned();
    fs_err::remove_dir_all(&folder)?;
    desk.run(&["collect", &id]).await?.ok();
    expect_home(&desk, run_of(&built)?)?;
    desk.run(&["build", "app/app.json", "--no-doctor"]).await?.ok();
    let listed = desk.run(&["builds"]).await?.ok();
    assert_eq!(listed.stdout.lines().count(), 2, "{}", listed.stdout);
    let told = desk.run(&["prune", "--keep", "1", "--dry-run"]).await?.ok();
    let names = |line: &str| line.contains("notes") && folder.ends_with(line);
    assert!(told.stdout.lines().any(names) && told.stdout.contains("would be"), "{}", told.stdout);
    desk.run(&["prune", "--keep", "1"]).await?.ok();
    assert_eq!(desk.run(&["builds"]).await?.ok().stdout.lines().count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_run_that_somebody_else_began_comes_home_too() -> Result<()> {
    let desk = Desk::new().await?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    let run = desk.json(&["runs"]).await?["builds"][0]["run"].to_string();
    fs_err::remove_dir_all(desk.state())?;
    let said = desk.json(&["collect", &run]).await?;
    expect_home(&desk, run_of(&said)?)
}

#[tokio::test]
async fn what_was_begun_goes_on() -> Result<()> {
    let desk = Desk::new().await?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    let said = desk.run(&["resume"]).await?.ok();
    assert!(said.stdout.contains("1 of 1 complete"), "{}", said.stdout);
    assert_eq!(desk.dispatches(), 1);
    let said = desk.run(&["resume"]).await?.ok();
    assert!(said.stdout.contains("nothing was interrupted"), "{}", said.stdout);
    Ok(())
}
