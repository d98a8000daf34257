//! A rendered project without us: plain `cargo tauri build` in it makes the same app from source. Compiles for minutes.

use std::time::Duration;

use anyhow::Result;
use tests::{desktop::Desktop, process, xtask::Xtask};

/// A cold release build of the whole project.
const BUILD: Duration = Duration::from_secs(2400);
const SELF_TEST: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_rendered_tree_builds_by_itself() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let tree = dir.path().join("tree");
    let render = ["render", "examples/spa/app.json", "--out", &tree.display().to_string()];
    Xtask::new()?.run(&render, SELF_TEST).await?.expect_code(0)?;

    let mut build = process::command("node");
    build.arg(Xtask::tauri_cli()?).args(["build", "--ci", "--bundles", "deb"]).current_dir(&tree);
    process::run(build.env("CARGO_TARGET_DIR", tree.join("target")), BUILD)
        .await?
        .expect_code(0)?;

    // Tauri has put the resources, and so the pack, beside the binary.
    let binary = tree.join("target/release/routes");
    let desktop = Desktop::start().await?;
    process::run(desktop.command(binary).arg("--self-test"), SELF_TEST)
        .await?
        .expect_code(0)
        .map(drop)
}
