//! `runtime fetch`: a published runtime is taken only when digest and attestation are right. A stand-in for the GitHub CLI, which
//! checks attestations, says yes or no here.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, Result};
use runtime_settings::Sha256;
use serde_json::Value;
use tempfile::TempDir;
use tests::{
    process::Output,
    servers::{Page, Site},
    xtask::Xtask,
};

const RUNTIME: &[u8] = b"not really a runtime";
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

struct Publisher {
    site: Site,
    /// Cache and programs of the machine that fetches.
    machine: TempDir,
    tag: String,
}

impl Publisher {
    async fn new() -> Result<Publisher> {
        let plan: Value = Xtask::new()?
            .run(&["plan", "--targets", "linux-x64", "--format", "json"], LIMIT)
            .await?
            .expect_code(0)?
            .json()?;
        let key = plan["runtimes"]["include"][0]["key"].as_str().context("no key")?.to_owned();
        let hash = key.strip_suffix("-standard-linux-x64").context("another form of key")?;
        let tag = format!("runtimes-{hash}");
        Ok(Publisher { site: Site::start()?, machine: tempfile::tempdir()?, tag })
    }

    fn serves(&self, name: &str, bytes: &[u8]) {
        let page = Page::bytes("application/octet-stream", bytes);
        self.site.page(&format!("/{}/{name}", self.tag), page);
    }

    fn publish(&self, digest: Sha256) {
        self.serves("runtime-slim-linux-x64", RUNTIME);
        self.serves("SHA256SUMS", format!("{digest}  runtime-slim-linux-x64\n").as_bytes());
    }

    /// A GitHub CLI that writes down what it is asked, and answers with this exit code.
    fn github_cli(&self, code: i32) -> Result<()> {
        let path = self.machine.path().join("gh");
        fs_err::write(&path, format!("#!/bin/sh\necho \"$@\" > \"$0.asked\"\nexit {code}\n"))?;
        Ok(fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))?)
    }

    /// Publishes a runtime that runs plugins, with or without what compiles them.
    fn publish_for_plugins(&self, tool: Option<&[u8]>) {
        self.serves("runtime-plugins-linux-x64", RUNTIME);
        let mut list = format!("{}  runtime-plugins-linux-x64\n", Sha256::of(RUNTIME));
        if let Some(bytes) = tool {
            self.serves("plugin-tool-linux-x64", bytes);
            list += &format!("{}  plugin-tool-linux-x64\n", Sha256::of(bytes));
        }
        self.serves("SHA256SUMS", list.as_bytes());
    }

    async fn fetch(&self) -> Result<Output> {
        self.xtask(&["runtime", "fetch", "--target", "linux-x64", "--format", "json"]).await
    }

    async fn xtask(&self, args: &[&str]) -> Result<Output> {
        let programs =
            std::env::join_paths([self.machine.path(), "/usr/bin".as_ref(), "/bin".as_ref()])?;
        Xtask::new()?
            .with_variable("PATH", programs)
            .with_variable("CARGO_TARGET_DIR", self.machine.path())
            .with_variable("DESKWRIGHT_RUNTIMES_URL", self.site.origin())
            .run(args, LIMIT)
            .await
    }

    /// Whether anything of a runtime is kept.
    fn keeps_nothing(&self) -> bool {
        let cache = self.machine.path().join("runtimes");
        fs_err::read_dir(cache).map_or(true, |mut entries| entries.next().is_none())
    }
}

#[tokio::test]
async fn a_good_runtime_is_taken_once() -> Result<()> {
    let publisher = Publisher::new().await?;
    publisher.publish(Sha256::of(RUNTIME));
    publisher.github_cli(0)?;
    let fetched: Value = publisher.fetch().await?.expect_code(0)?.json()?;
    let binary = fetched["binary"].as_str().context("no binary")?;
    assert_eq!(fs_err::read(binary)?, RUNTIME);
    let asked = fs_err::read_to_string(publisher.machine.path().join("gh.asked"))?;
    assert!(asked.starts_with("attestation verify "), "{asked}");
    assert!(
        asked.contains("--signer-workflow deskwright/deskwright/.github/workflows/runtimes.yml")
    );

    let before = publisher.site.requests().len();
    publisher.fetch().await?.expect_code(0)?;
    assert_eq!(publisher.site.requests().len(), before);
    Ok(())
}

#[tokio::test]
async fn a_wrong_digest_or_attestation_is_refused() -> Result<()> {
    let publisher = Publisher::new().await?;
    publisher.publish(Sha256::of(b"other bytes"));
    publisher.github_cli(0)?;
    let output = publisher.fetch().await?.expect_code(1)?;
    assert!(output.stderr.contains("the digest of the published runtime is wrong"), "{output}");
    assert!(publisher.keeps_nothing());

    publisher.publish(Sha256::of(RUNTIME));
    publisher.github_cli(1)?;
    let output = publisher.fetch().await?.expect_code(1)?;
    assert!(
        output.stderr.contains("the attestation of the published runtime is wrong"),
        "{output}"
    );
    assert!(publisher.keeps_nothing());
    Ok(())
}

#[tokio::test]
async fn without_the_github_cli_nothing_is_trusted() -> Result<()> {
    let publisher = Publisher::new().await?;
    publisher.publish(Sha256::of(RUNTIME));
    let output = publisher.fetch().await?.expect_code(3)?;
    assert!(output.stderr.contains("not installed: `gh`"), "{output}");
    assert!(publisher.keeps_nothing());
    Ok(())
}

#[tokio::test]
async fn what_is_not_published_is_said_so() -> Result<()> {
    let publisher = Publisher::new().await?;
    let output = publisher.fetch().await?.expect_code(1)?;
    assert!(output.stderr.contains("no runtime is published"), "{output}");
    Ok(())
}

#[tokio::test]
async fn a_runtime_that_runs_plugins_brings_what_compiles_them() -> Result<()> {
    let publisher = Publisher::new().await?;
    publisher.github_cli(0)?;
    let fetch =
        ["runtime", "fetch", "--variant", "plugins", "--target", "linux-x64", "--format", "json"];
    publisher.publish_for_plugins(None);
    let output = publisher.xtask(&fetch).await?.expect_code(1)?;
    assert!(output.stderr.contains("no runtime is published"), "{output}");

    let tool = b"#!/bin/sh\n";
    publisher.publish_for_plugins(Some(tool));
    publisher.xtask(&fetch).await?.expect_code(0)?;
    let out = publisher.machine.path().join("out");
    let place = out.display().to_string();
    let get = ["runtime", "get", "--variant", "plugins", "--target", "linux-x64", "--out", &place];
    publisher.xtask(&get).await?.expect_code(0)?;
    assert_eq!(fs_err::read(out.join("runtime"))?, RUNTIME);
    assert_eq!(fs_err::read(out.join("plugin-tool"))?, tool);
    let record: Value = serde_json::from_slice(&fs_err::read(out.join("runtime.json"))?)?;
    assert_eq!(record["pluginTool"], serde_json::json!(Sha256::of(tool)));
    Ok(())
}

#[tokio::test]
async fn everything_that_is_published_is_planned() -> Result<()> {
    let plan: Value = Xtask::new()?
        .run(&["runtime", "plan", "--format", "json"], LIMIT)
        .await?
        .expect_code(0)?
        .json()?;
    let runtimes = plan["runtimes"]["include"].as_array().context("no matrix")?;
    assert_eq!(runtimes.len(), 4 * 6);
    let tag = plan["tag"].as_str().context("no tag")?;
    let keys = runtimes.iter().filter_map(|runtime| runtime["key"].as_str());
    assert!(
        keys.map(|key| key.split('-').next()).all(|hash| tag.strip_prefix("runtimes-") == hash)
    );
    Ok(())
}
