//! What the window tests share: apps stamped from a config, and pages to point them at.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    desktop::Desktop,
    process::Output,
    servers::{Page, Site},
    webdriver::{Launch, Session},
    xtask::Xtask,
};

/// Longest wait for anything that takes milliseconds on an idle machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// A compile of the runtime, when the cache has none.
const COMPILE: Duration = Duration::from_secs(1500);

/// A page that says that it is there, and no more.
pub(crate) const PLAIN_PAGE: &str = "<!doctype html><title>Plain</title><h1>Plain page</h1>";

/// An app without a package: the stamped binary, with its pack beside it.
pub(crate) struct App {
    dir: TempDir,
    slug: String,
}

impl App {
    /// Renders and stamps a config. `files` are written beside it.
    pub(crate) async fn stamp(config: &Value, files: &[(&str, &str)]) -> Result<App> {
        App::stamp_on(&runtime().await?, config, files).await
    }

    /// The same with a runtime that is not the usual one.
    pub(crate) async fn stamp_on(
        runtime: &str,
        config: &Value,
        files: &[(&str, &str)],
    ) -> Result<App> {
        let dir = tempfile::Builder::new().prefix("app-").tempdir()?;
        for (path, text) in files {
            let path = dir.path().join(path);
            fs_err::create_dir_all(path.parent().context("a file has a folder")?)?;
            fs_err::write(path, text)?;
        }
        let path = dir.path().join("app.json");
        fs_err::write(&path, config.to_string())?;
        App::stamp_file(runtime, &path, dir).await
    }

    /// The same with a config that is there already, made in a folder.
    pub(crate) async fn stamp_file(runtime: &str, config: &Path, dir: TempDir) -> Result<App> {
        let (config, tree) = (config.display().to_string(), dir.path().join("tree"));
        let tree = tree.display().to_string();
        xtask(&["render", &config, "--out", &tree]).await?;
        let stamped: Value =
            xtask(&["--format", "json", "stamp", &tree, "--runtime", runtime]).await?.json()?;
        let binary = PathBuf::from(stamped["binary"].as_str().context("stamp names the binary")?);
        let slug =
            binary.file_name().context("a binary has a name")?.to_string_lossy().into_owned();
        Ok(App { dir, slug })
    }

    pub(crate) fn binary(&self) -> PathBuf {
        self.dir.path().join("tree/target/release").join(&self.slug)
    }

    pub(crate) fn pack(&self) -> PathBuf {
        self.binary().with_file_name("app-pack")
    }

    /// Opens the app under WebDriver.
    pub(crate) async fn open(&self, desktop: &Desktop) -> Result<Session> {
        Session::open(desktop, &Launch::new(self.binary())).await
    }

    /// Runs a self-test and gives its one line.
    pub(crate) async fn self_test(&self, desktop: &Desktop, timeout: &str) -> Result<(i32, Value)> {
        let mut command = desktop.command(self.binary());
        let output =
            tests::process::run(command.args(["--self-test", "--timeout", timeout]), SOON * 2)
                .await?;
        Ok((output.code()?, output.json()?))
    }
}

/// Runs the real xtask.
pub(crate) async fn xtask(args: &[&str]) -> Result<Output> {
    Xtask::new()?.run(args, COMPILE).await?.expect_code(0)
}

/// Builds installers, in the order of `formats`.
pub(crate) async fn build(config: &str, formats: &[&str]) -> Result<Vec<PathBuf>> {
    let config = tests::xtask::repo_root()?.join(config).display().to_string();
    let built: Value =
        xtask(&["--format", "json", "build", &config, "--bundles", &formats.join(",")])
            .await?
            .json()?;
    let path = |kind: &&str| {
        let artifacts = built["artifacts"].as_array()?;
        artifacts.iter().find(|artifact| artifact["kind"] == **kind)?["path"]
            .as_str()
            .map(PathBuf::from)
    };
    let paths: Option<Vec<_>> = formats.iter().map(path).collect();
    paths.with_context(|| format!("not every format was made: {built}"))
}

/// Path of the release runtime that has every module but plugins, compiled if need be. `DESKWRIGHT_TEST_PROFILE=debug` takes one
/// that compiles in a fraction of the time, for whoever works on the template.
pub(crate) async fn runtime() -> Result<String> {
    variant("standard").await
}

/// The same of another variant.
pub(crate) async fn variant(name: &str) -> Result<String> {
    match std::env::var("DESKWRIGHT_TEST_PROFILE").as_deref() {
        Ok("debug") => runtime_of(&["--variant", name, "--debug"]).await,
        _ => runtime_of(&["--variant", name]).await,
    }
}

/// Path of a runtime that `xtask runtime build` makes with these arguments.
pub(crate) async fn runtime_of(args: &[&str]) -> Result<String> {
    let all: Vec<_> =
        ["--format", "json", "runtime", "build"].iter().chain(args).copied().collect();
    let built: Value = xtask(&all).await?.json()?;
    Ok(built["binary"].as_str().context("`runtime build` names the binary")?.to_owned())
}

/// A config of an app that shows `url`, with every module on.
pub(crate) fn url_config(id: &str, url: &str) -> Value {
    json!({
        "app": { "name": format!("Test {id}"), "id": format!("com.example.{id}") },
        "content": { "url": url },
        "bridge": { "modules": { "app": true, "events": true, "window": true } },
    })
}

/// A config of an app whose page is packed, with every module on.
pub(crate) fn packed_config(id: &str) -> Value {
    json!({
        "app": { "name": format!("Test {id}"), "id": format!("com.example.{id}") },
        "content": { "dir": "web" },
        "bridge": { "modules": { "app": true, "events": true, "window": true } },
    })
}

/// A site with a plain start page.
pub(crate) fn plain_site() -> Result<Site> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE));
    Ok(site)
}

/// The raw way around the bridge: what a page can try that knows Tauri's internals, and even gets the token of its document, if
/// the runtime gives it one. Gives `ok` or the refusal.
pub(crate) async fn raw_call(session: &Session, command: &str, args: Value) -> Result<String> {
    let script = "const { invoke } = window.__TAURI_INTERNALS__;
                  const token = new Promise((resolve) => addEventListener('deskwright:token', (event) => resolve(event.detail)));
                  const headers = await invoke('plugin:bridge|core_hello').then(
                      async () => ({ 'Deskwright-Token': await token }), () => ({}));
                  return await invoke(arguments[0], arguments[1], { headers })";
    let settled = session.eval_async(script, vec![json!(command), args]).await?;
    Ok(settled.map_or_else(|refusal| refusal.message, |_| "ok".to_owned()))
}
