//! What the tests of updates share: releases made by the real xtask, a server for them, an app that was "installed" by a package,
//! and a `pkexec` that notes what it is asked for.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    desktop::Desktop,
    process::Output,
    servers::{Page, Site},
    webdriver::{Launch, Session},
    xtask::Xtask,
};

use crate::support::{App, SOON, url_config};

/// The version that the app of a test is.
pub(crate) const OLD: &str = "1.0.0";
/// What Tauri's bundler writes into the executable of a Debian package, in place of the same for none.
const NO_PACKAGE: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_UNK";
const DEB: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_DEB";
/// Beginning of every Debian package.
const DEB_MAGIC: &[u8] = b"!<arch>\n";

/// A target that this machine runs, as configs and manifests call it.
pub(crate) fn target() -> (&'static str, &'static str) {
    match std::env::consts::ARCH {
        "aarch64" => ("linux-arm64", "linux-aarch64-deb"),
        _ => ("linux-x64", "linux-x86_64-deb"),
    }
}

/// Whoever publishes an app's releases: a key, and a server.
pub(crate) struct Publisher {
    dir: TempDir,
    public_key: String,
    pub(crate) server: Site,
}

/// A release that was made.
pub(crate) struct Release {
    pub(crate) manifest: Value,
    /// Path of the package on the server.
    pub(crate) path: String,
    pub(crate) package: Vec<u8>,
}

impl Publisher {
    pub(crate) async fn new() -> Result<Publisher> {
        let dir = tempfile::Builder::new().prefix("publisher-").tempdir()?;
        let server = Site::start_tls()?;
        fs_err::write(dir.path().join("ca.pem"), server.certificate().context("no certificate")?)?;
        let key = dir.path().join("key").display().to_string();
        let made = Xtask::new()?.run(&["sign", "--generate-updater-key", &key], SOON).await?;
        let public_key = made.expect_code(0)?.stdout.trim().to_owned();
        Ok(Publisher { dir, public_key, server })
    }

    /// A config of the app as a version, that shows a page and looks for updates here.
    pub(crate) fn config(&self, version: &str, page: &str) -> Value {
        let mut config = url_config("updated", page);
        config["app"]["version"] = version.into();
        config["bundle"] = json!({ "targets": [target().0], "formats": { "linux": ["deb"] } });
        config["bridge"]["modules"]["updates"] = true.into();
        config["updates"] = json!({ "endpoint": self.server.localhost_url("/stable.json"), "publicKey": self.public_key });
        config
    }

    /// Makes a release as the pipeline does: plans, signs and finalises. The package is a stand-in of some size.
    pub(crate) async fn release(&self, version: &str) -> Result<Release> {
        let dir = self.dir.path().join(version);
        fs_err::create_dir(&dir)?;
        let config = self.config(version, "https://app.example.com/").to_string();
        fs_err::write(dir.join("app.json"), config)?;
        self.xtask(&dir, &["plan", "app.json", "--out", "plan.json"]).await?;
        let plan: Value = serde_json::from_slice(&fs_err::read(dir.join("plan.json"))?)?;
        let job = &plan["matrix"]["include"][0];
        let named = |kind: &str| {
            let all = job["artifacts"].as_array()?;
            all.iter().find(|artifact| artifact["kind"] == kind)?["name"]
                .as_str()
                .map(str::to_owned)
        };
        let name = named("deb").context("no package in the plan")?;
        let mut package = DEB_MAGIC.to_vec();
        package.extend(version.bytes().cycle().take(2_000_000));
        let built = dir.join("built");
        fs_err::create_dir(&built)?;
        fs_err::write(built.join(&name), &package)?;
        let file = format!("built/{name}");
        self.xtask(&dir, &["sign", &file, "--config", "app.json", "--target", target().0]).await?;
        fs_err::write(built.join("manifest.json"), artifacts(&plan, job, &built)?.to_string())?;
        let notes = dir.join("content/test-updated");
        fs_err::create_dir_all(&notes)?;
        fs_err::write(notes.join("notes.md"), format!("What is new in {version}\n"))?;
        let url = self.server.localhost_origin();
        let args =
            ["finalise", "--plan", "plan.json", "--artifacts", "built", "--content", "content"];
        self.xtask(&dir, &[&args[..], &["--out", "release", "--repository-url", &url]].concat())
            .await?;
        let manifest = format!("release/test-updated/test-updated_{version}.stable.json");
        let manifest: Value = serde_json::from_slice(&fs_err::read(dir.join(manifest))?)?;
        let address = manifest["platforms"][target().1]["url"].as_str().context("no address")?;
        let path = address.strip_prefix(url.as_str()).context("another server")?.to_owned();
        Ok(Release { manifest, path, package })
    }

    async fn xtask(&self, dir: &std::path::Path, args: &[&str]) -> Result<Output> {
        let private = fs_err::read_to_string(self.dir.path().join("key"))?;
        let xtask = Xtask::new()?.in_dir(dir).with_variable("TAURI_SIGNING_PRIVATE_KEY", private);
        xtask.run(args, SOON).await?.expect_code(0)
    }

    /// Puts a release on the server.
    pub(crate) fn publish(&self, release: &Release) {
        self.announce(&release.manifest);
        self.server.page(&release.path, Page::bytes("application/octet-stream", &release.package));
    }

    pub(crate) fn announce(&self, manifest: &Value) {
        self.server
            .page("/stable.json", Page::bytes("application/json", manifest.to_string().as_bytes()));
    }

    /// Starts an app that trusts the server, with a `pkexec` that ends with what is written in the file `code`.
    pub(crate) fn launch(&self, app: &App, desktop: &Desktop) -> Result<Launch> {
        let programs = self.dir.path().join("bin");
        fs_err::create_dir_all(&programs)?;
        let pkexec = programs.join("pkexec");
        let script = "#!/bin/sh\ncd '@DIR@'\nprintf '%s ' \"$@\" | sed 's|/[^ ]*/update-[^/]*/|TMP/|' >> asked\necho >> asked\n\
                      for last; do :; done\ncp \"$last\" package\necho 'words of the package manager' >&2\nexit \"$(cat code)\"\n";
        fs_err::write(&pkexec, script.replace("@DIR@", &self.dir.path().to_string_lossy()))?;
        fs_err::set_permissions(&pkexec, PermissionsExt::from_mode(0o755))?;
        let env = desktop.env();
        let path = env.iter().find(|(name, _)| name == "PATH").context("no PATH")?;
        let path = format!("{}:{}", programs.display(), path.1.to_string_lossy());
        Ok(Launch::new(app.binary())
            .env("PATH", path)
            .env("SSL_CERT_FILE", self.dir.path().join("ca.pem")))
    }

    /// What `pkexec` will end with.
    pub(crate) fn pkexec_ends_with(&self, code: i32) -> Result<()> {
        Ok(fs_err::write(self.dir.path().join("code"), code.to_string())?)
    }

    /// What `pkexec` was asked for, line by line, and the package that it was given last.
    pub(crate) fn asked(&self) -> (Vec<String>, Option<Vec<u8>>) {
        let read = |name: &str| fs_err::read(self.dir.path().join(name)).ok();
        let lines = String::from_utf8_lossy(&read("asked").unwrap_or_default()).into_owned();
        (lines.lines().map(|line| line.trim().to_owned()).collect(), read("package"))
    }
}

/// What the job that builds says of its files.
fn artifacts(plan: &Value, job: &Value, built: &std::path::Path) -> Result<Value> {
    let mut artifacts = Vec::new();
    for file in job["artifacts"].as_array().context("no artifacts")? {
        let name = file["name"].as_str().context("no name")?;
        let bytes = fs_err::read(built.join(name))?;
        artifacts.push(json!({
            "kind": file["kind"], "name": name, "size": bytes.len(),
            "sha256": runtime_settings::Sha256::of(&bytes).to_string(),
        }));
    }
    let runtime = &plan["runtimes"]["include"][0];
    let app = &plan["apps"][0];
    Ok(json!({
        "format": 1,
        "app": { "id": app["id"], "slug": app["slug"], "version": app["version"] },
        "target": job["target"],
        "runtime": { "key": runtime["key"], "sha256": "00" },
        "pack": "00", "signing": "none", "verified": true, "artifacts": artifacts,
    }))
}

/// The stamped app, marked as the bundler marks what it puts into a Debian package.
pub(crate) async fn stamp_as_deb(config: &Value) -> Result<App> {
    let app = App::stamp(config, &[]).await?;
    mark(&app.binary())?;
    Ok(app)
}

fn mark(binary: &PathBuf) -> Result<()> {
    let mut bytes = fs_err::read(binary)?;
    let places: Vec<_> = bytes
        .windows(NO_PACKAGE.len())
        .enumerate()
        .filter(|(_, window)| *window == NO_PACKAGE)
        .map(|(at, _)| at)
        .collect();
    ensure!(!places.is_empty(), "the executable has no mark of its package");
    for at in places {
        bytes[at..at + DEB.len()].copy_from_slice(DEB);
    }
    Ok(fs_err::write(binary, bytes)?)
}

/// Opens an app as `Publisher::launch` has it.
pub(crate) async fn open(publisher: &Publisher, app: &App, desktop: &Desktop) -> Result<Session> {
    Session::open(desktop, &publisher.launch(app, desktop)?).await
}
