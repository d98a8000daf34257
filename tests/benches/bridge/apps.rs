//! The two apps, each with a page of its own and a folder to work in.

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    desktop::Desktop,
    webdriver::{Launch, Session},
    xtask::Xtask,
};

/// A compile of the runtime, when the cache has none.
const COMPILE: Duration = Duration::from_secs(1800);
/// Everything that a page may do, so that no policy is measured.
const NO_POLICY: &str = "default-src * ipc: http://ipc.localhost data: blob: 'unsafe-inline'";
const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>Bridge</title><h1>Bridge</h1>";
/// Folder of the app's files below the home of the desktop.
const DATA: &str = ".local/share/dev.deskwright.bridge/data";

pub(crate) struct Apps {
    pub(crate) desktop: Desktop,
    pub(crate) ours: Session,
    /// Ours, with the isolation pattern.
    pub(crate) isolated: Session,
    pub(crate) bare: Session,
    /// Where our app keeps `fs.data`.
    pub(crate) data: PathBuf,
    /// Where the bare app works.
    pub(crate) folder: TempDir,
    _project: TempDir,
}

impl Apps {
    /// Stamps ours on the release runtime, and starts both.
    pub(crate) async fn open() -> Result<Apps> {
        let (project, folder) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let app = stamp(project.path(), "bridge", false).await?;
        let isolated = stamp(&project.path().join("isolated"), "isolated", true).await?;
        let bare = env::var("DESKWRIGHT_BARE_APP").context("DESKWRIGHT_BARE_APP is not set")?;
        let desktop = Desktop::start().await?;
        let ours = Session::open(&desktop, &Launch::new(app)).await?;
        let isolated = Session::open(&desktop, &Launch::new(isolated)).await?;
        let working = folder.path().display().to_string();
        let bare = Session::open(&desktop, &Launch::new(bare).arg(working)).await?;
        let data = desktop.home().join(DATA);
        Ok(Apps { desktop, ours, isolated, bare, data, folder, _project: project })
    }
}

async fn stamp(project: &Path, name: &str, isolation: bool) -> Result<PathBuf> {
    let modules = json!({
        "fs": { "scopes": ["data"], "quotaMb": 4096 }, "files": true, "downloads": true, "clipboard": true,
    });
    let config = json!({
        "app": { "name": "Bridge", "id": format!("dev.deskwright.{name}") },
        "content": { "dir": "web", "csp": NO_POLICY },
        "bridge": { "modules": modules, "isolation": isolation },
    });
    let path = |name: &str| project.join(name).display().to_string();
    fs_err::create_dir_all(path("web"))?;
    fs_err::write(path("web/index.html"), PAGE)?;
    fs_err::write(path("app.json"), config.to_string())?;
    let mut build = vec!["--format", "json", "runtime", "build", "--variant", "standard"];
    // For whoever works on the benchmark: the figures of such a runtime say little.
    if env::var("DESKWRIGHT_TEST_PROFILE").is_ok_and(|profile| profile == "debug") {
        build.push("--debug");
    }
    let built = xtask(&build).await?;
    let runtime = built["binary"].as_str().context("`runtime build` names the binary")?;
    xtask(&["--format", "json", "render", &path("app.json"), "--out", &path("tree")]).await?;
    let stamped =
        xtask(&["--format", "json", "stamp", &path("tree"), "--runtime", runtime]).await?;
    Ok(stamped["binary"].as_str().context("`stamp` names the binary")?.into())
}

async fn xtask(args: &[&str]) -> Result<Value> {
    Xtask::new()?.run(args, COMPILE).await?.expect_code(0)?.json()
}
