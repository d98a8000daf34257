//! Apps and installers that must not pass, and why they are said not to.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::{
    process::{self, Running},
    servers::Site,
    watch,
    xtask::{Xtask, repo_root},
};

use crate::support::{LIMIT, PAGE, Tree, is_installed, packed};

/// Seconds for a page that will not come: no machine makes it ready by then or later.
const SHORT: &[&str] = &["--timeout", "3"];
/// The line of a self-test that went well, of an app that is a script.
fn good_line(slug: &str) -> String {
    let id = format!("com.example.{slug}");
    // A line begins with the verdict.
    format!(
        r#"{{"ok":true,"app":{{"id":"{id}","name":"{slug}","version":"0.1.0"}},"window":null}}"#
    )
}

#[tokio::test]
async fn a_page_that_shows_nothing() -> Result<()> {
    // The text counts as a paint for the self-test, and nobody can see it.
    let page = "<!doctype html><title>White</title><body bgcolor=#ffffff text=#ffffff>unseen";
    let verdict = Tree::rpm(&packed("verify-white"), page).await?.verify(&[]).await?;
    verdict.expect(1, &[("look", "the window is blank: 100.00 % of it is #ffffff")])?;
    let shot = verdict.report["installers"][0]["screenshot"].as_str();
    ensure!(shot == Some("rpm.png"), "the picture is the proof, and is kept");
    Ok(())
}

#[tokio::test]
async fn a_page_of_one_colour() -> Result<()> {
    let mut config = packed("verify-colour");
    config["window"] = json!({ "backgroundColor": "#204060" });
    let page = "<!doctype html><title>Colour</title><body bgcolor=#204060>";
    let verdict = Tree::rpm(&config, page).await?.verify(SHORT).await?;
    verdict.expect(1, &[("page", "not ready within 3 s"), ("look", "100.00 % of it is #204060")])
}

#[tokio::test]
async fn a_page_that_is_not_there() -> Result<()> {
    let site = Site::start()?;
    let mut config = packed("verify-missing");
    config["content"] = json!({ "url": site.url("/nowhere") });
    let verdict = Tree::rpm(&config, PAGE).await?.verify(SHORT).await?;
    let checks = verdict.report["installers"][0]["checks"].to_string();
    ensure!(verdict.code == 1 && checks.contains("HTTP status 404"), "{checks}");
    Ok(())
}

#[tokio::test]
async fn an_app_without_its_bridge() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-bridgeless"), PAGE).await?;
    let script = fs_err::read_to_string(repo_root()?.join("template-app/bridge/dist/bridge.js"))?;
    let mut binary = fs_err::read(tree.binary())?;
    let wanted = script.as_bytes();
    let start = binary.windows(wanted.len()).position(|window| window == wanted);
    let start = start.context("the runtime holds no bridge script")?;
    binary[start..start + wanted.len()].fill(b' ');
    fs_err::write(tree.binary(), binary)?;
    tree.pack_rpm().await?;
    let verdict = tree.verify(SHORT).await?;
    let checks = verdict.report["installers"][0]["checks"].to_string();
    let bridge = &verdict.report["installers"][0]["selfTest"]["bridge"]["available"];
    ensure!(verdict.code == 1 && *bridge == false, "{checks}\n{}", verdict.output);
    Ok(())
}

#[tokio::test]
async fn an_app_that_crashes_is_removed_all_the_same() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-crash"), PAGE).await?;
    tree.replace_binary("echo broken on purpose >&2; kill -ABRT $$")?;
    tree.pack_deb("").await?;
    let verdict = tree.verify(&[]).await?;
    verdict.expect(1, &[("self-test", "the app ended before it said anything (signal: 6")])?;
    ensure!(verdict.output.stderr.contains("broken on purpose"), "{}", verdict.output);
    ensure!(!is_installed("verify-crash").await?, "still installed");
    ensure!(!Path::new("/usr/bin/verify-crash").exists(), "still there");
    Ok(())
}

#[tokio::test]
async fn an_app_that_hangs() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-hang"), PAGE).await?;
    tree.replace_binary("exec sleep 1000")?;
    tree.pack_rpm().await?;
    let verdict = tree.verify(&["--timeout", "1"]).await?;
    verdict.expect(5, &[("self-test", "the app said nothing within 21 s")])
}

#[tokio::test]
async fn another_version_than_the_one_that_was_built() -> Result<()> {
    let tree = Tree::rpm(&packed("verify-other"), PAGE).await?;
    let config = tree.path().join("tauri.conf.json");
    let text = fs_err::read_to_string(&config)?.replace("\"0.1.0\"", "\"0.2.0\"");
    fs_err::write(&config, text)?;
    let expected =
        "installed was `com.example.verify-other` 0.1.0, expected `com.example.verify-other` 0.2.0";
    tree.verify(&[]).await?.expect(1, &[("identity", expected)])
}

#[tokio::test]
async fn an_app_that_leaves_a_process_or_lies_about_its_end() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-daemon"), PAGE).await?;
    let line = good_line("verify-daemon");
    tree.replace_binary(&format!(
        "setsid sleep 60 >/dev/null 2>&1 &\necho '{line}'\ncat >/dev/null"
    ))?;
    tree.pack_rpm().await?;
    let left = [("look", "the window is blank"), ("end", "the app has left running: sleep")];
    tree.verify(&[]).await?.expect(1, &left)?;

    tree.replace_binary(&format!("echo '{line}'\ncat >/dev/null\nexit 3"))?;
    tree.pack_rpm().await?;
    let lie =
        [("look", "the window is blank"), ("end", "expected exit code 0, got: exit status: 3")];
    tree.verify(&[]).await?.expect(1, &lie)
}

#[tokio::test]
async fn an_interruption_removes_the_app_too() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-interrupted"), PAGE).await?;
    let mark = tree.path().join("started");
    tree.replace_binary(&format!("touch '{}'; exec sleep 1000", mark.display()))?;
    tree.pack_deb("").await?;
    let xtask = Xtask::new()?;
    let mut command = process::command(xtask.binary());
    command.arg("verify").arg(tree.path()).env("DESKWRIGHT_ROOT", repo_root()?);
    let running = Running::start(&mut command)?;
    let folder = tree.path();
    let started = watch::until(&folder, || Ok(mark.exists().then_some(())));
    tokio::time::timeout(LIMIT, started).await??;
    let id = running.pid().to_string();
    process::run(process::command("kill").args(["-INT", &id]), LIMIT).await?.expect_code(0)?;
    let output = running.wait(LIMIT).await?.expect_code(1)?;
    ensure!(output.stderr.contains("self-test: interrupted"), "{output}");
    ensure!(!is_installed("verify-interrupted").await?, "still installed");
    Ok(())
}

#[tokio::test]
async fn an_installer_that_leaves_a_file() -> Result<()> {
    let litter = Path::new("/etc/verify-litter.conf");
    let tree = Tree::stamp(&packed("verify-litter"), PAGE).await?;
    tree.pack_deb(&format!("touch {}", litter.display())).await?;
    let verdict = tree.verify(&[]).await;
    fs_err::remove_file(litter)?;
    verdict?.expect(1, &[("clean", &format!("left behind (1): `{}`", litter.display()))])?;
    ensure!(!is_installed("verify-litter").await?, "still installed");
    Ok(())
}

#[tokio::test]
async fn an_installer_that_fails() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-failing"), PAGE).await?;
    tree.pack_deb("echo no such luck >&2; exit 1").await?;
    let verdict = tree.verify(&[]).await?;
    verdict.expect(1, &[("install", "no such luck")])?;
    ensure!(!is_installed("verify-failing").await?, "half of it is still installed");
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_changed_after_it_was_made() -> Result<()> {
    let tree = Tree::rpm(&packed("verify-changed"), PAGE).await?;
    let record = fs_err::read_to_string(tree.path().join("target/release/bundle/artifacts.json"))?;
    let record: serde_json::Value = serde_json::from_str(&record)?;
    let path = record["artifacts"][0]["path"].as_str().context("the record names a file")?;
    let mut bytes = fs_err::read(path)?;
    bytes.push(0);
    fs_err::write(path, bytes)?;
    tree.verify(&[]).await?.expect(1, &[("file", "the file was changed after it was made")])
}
