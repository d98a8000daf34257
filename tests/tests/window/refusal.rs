//! What does not start: a runtime without an app, a pack that is not the stamped one. With a native message and exit code 1.

use std::{os::unix::fs::PermissionsExt as _, path::PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::{desktop::Desktop, process};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, runtime};

async fn app(id: &str) -> Result<App> {
    App::stamp(&packed_config(id), &[("web/index.html", PLAIN_PAGE), ("web/style.css", "p { }")])
        .await
}

/// Starts a binary that must refuse: its self-test says why, and a plain start shows a message and fails when it is closed.
async fn check_refused(binary: PathBuf, expected: &str) -> Result<()> {
    let desktop = Desktop::start().await?;
    let output =
        process::run(desktop.command(&binary).arg("--self-test"), SOON).await?.expect_code(1)?;
    let line: Value = output.json()?;
    assert!(line["error"].as_str().unwrap_or_default().contains(expected), "{expected}: {line}");

    let running = desktop.spawn(&binary, &[])?;
    let message =
        desktop.wait_for_windows("a message", |windows| windows.first().cloned(), SOON).await?;
    let picture =
        desktop.wait_for_picture("text", message.id, tests::picture::not_blank, SOON).await?;
    tests::picture::keep(&picture, "refusal")?;
    assert_eq!(desktop.windows()?.len(), 1, "no window of the app beside the message");
    desktop.activate(message.id).await?;
    desktop.press(&["Return"]).await?;
    let output = running.wait(SOON).await?.expect_code(1)?;
    assert!(output.stderr.contains(expected), "{expected}: {output}");
    Ok(())
}

#[tokio::test]
async fn a_changed_file_is_refused() -> Result<()> {
    let app = app("changed").await?;
    fs_err::write(app.pack().join("web/style.css"), "p {!}")?;
    check_refused(app.binary(), "a file of the app pack was changed: `web/style.css`").await
}

#[tokio::test]
async fn a_missing_file_is_refused() -> Result<()> {
    let app = app("missing").await?;
    fs_err::remove_file(app.pack().join("web/style.css"))?;
    check_refused(app.binary(), "a file of the app pack is missing: `web/style.css`").await
}

#[tokio::test]
async fn an_added_file_is_refused() -> Result<()> {
    let app = app("added").await?;
    fs_err::write(app.pack().join("web/extra.js"), "")?;
    check_refused(app.binary(), "a file in the app pack does not belong to it: `web/extra.js`")
        .await
}

#[tokio::test]
async fn changed_settings_are_refused() -> Result<()> {
    let app = app("settings").await?;
    let path = app.pack().join("runtime.json");
    let text = fs_err::read_to_string(&path)?.replace("\"events\": true", "\"events\":  true");
    fs_err::write(&path, text)?;
    check_refused(app.binary(), "a file of the app pack was changed: `runtime.json`").await
}

#[tokio::test]
async fn the_pack_of_another_app_is_refused() -> Result<()> {
    let (one, two) = (app("pack-one").await?, app("pack-two").await?);
    fs_err::remove_dir_all(one.pack())?;
    fs_err::os::unix::fs::symlink(two.pack(), one.pack())?;
    check_refused(one.binary(), "the app pack's manifest does not match the app").await
}

#[tokio::test]
async fn a_runtime_without_a_stamp_is_refused_even_beside_a_pack() -> Result<()> {
    let app = app("unstamped").await?;
    fs_err::copy(runtime().await?, app.binary())?;
    fs_err::set_permissions(app.binary(), std::fs::Permissions::from_mode(0o755))?;
    check_refused(app.binary(), "it has no app in it").await
}

#[tokio::test]
async fn a_binary_without_its_pack_is_refused() -> Result<()> {
    let app = app("packless").await?;
    let elsewhere = tempfile::tempdir()?;
    let binary = elsewhere.path().join(app.binary().file_name().context("a name")?);
    fs_err::copy(app.binary(), &binary)?;
    check_refused(binary, "no app pack near").await
}

#[tokio::test]
async fn a_file_that_changes_while_the_app_runs_is_not_served() -> Result<()> {
    let (app, desktop) = (app("later").await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let status = "return (await fetch('/style.css', { cache: 'no-store' })).status";
    assert_eq!(session.resolved(status, vec![]).await?, 200);
    fs_err::write(app.pack().join("web/style.css"), "p {!}")?;
    assert_eq!(session.resolved(status, vec![]).await?, 500);
    Ok(())
}
