//! The way to the real xtask. What xtask does is tested elsewhere.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::xtask::{Xtask, repo_root};

use crate::LIMIT;

#[tokio::test]
async fn xtask_runs_where_and_with_what_it_is_told() -> Result<()> {
    ensure!(repo_root()?.join("xtask/Cargo.toml").is_file());
    let version = Xtask::new()?.run(&["--version"], LIMIT).await?.expect_code(0)?;
    ensure!(version.stdout.contains("xtask "), "{version}");

    let dir = tempfile::tempdir()?;
    fs_err::create_dir(dir.path().join("web"))?;
    fs_err::write(dir.path().join("web/index.html"), "<!doctype html><title>t</title>")?;
    let config =
        json!({"app": {"name": "Test", "id": "com.example.test"}, "content": {"dir": "web"}})
            .to_string();
    let xtask = Xtask::new()?.in_dir(dir.path()).with_input(config);
    let args = ["render", "-", "--base", ".", "--out", "tree", "--format", "json"];
    let limited = xtask.clone().with_file_limit(20_000).run(&args, LIMIT).await?;
    ensure!(limited.code()? == 1 && limited.stderr.contains("File too large"), "{limited}");
    let _: Value = xtask.run(&args, LIMIT).await?.expect_code(0)?.json()?;
    ensure!(dir.path().join("tree/tauri.conf.json").is_file());
    Ok(())
}
