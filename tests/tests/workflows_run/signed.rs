//! A signed build: the secrets reach the tools that sign, and nothing else of the run.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::process;

use crate::{
    cloud::cloud,
    releases::{check_assets, released},
};

/// GnuPG makes a small key.
const LIMIT: Duration = Duration::from_secs(60);
const OWNER: &str = "Release <release@example.com>";

#[tokio::test]
async fn a_signed_release_carries_signatures_and_no_secret() -> Result<()> {
    let cloud = cloud().await?;
    let keys = tempfile::tempdir()?;
    // What must be nowhere after the run: a word that no source has.
    let folder = keys.path().file_name().context("a folder has a name")?;
    let passphrase = format!("marker{}", folder.to_string_lossy());
    let gpg = |args: &[&str]| {
        let mut gpg = process::command("gpg");
        gpg.env("GNUPGHOME", keys.path()).args([
            "--batch",
            "--quiet",
            "--pinentry-mode",
            "loopback",
        ]);
        gpg.args(["--passphrase", &passphrase]).args(args);
        gpg
    };
    let generate = ["--quick-generate-key", OWNER, "ed25519", "sign", "never"];
    process::run(&mut gpg(&generate), LIMIT).await?.expect_code(0)?;
    let export = gpg(&["--armor", "--export-secret-keys", OWNER]);
    let key = process::run(&mut { export }, LIMIT).await?.expect_code(0)?.stdout;

    let config = json!({
        "app": { "name": "Signed", "id": "com.example.signed", "version": "1.0.0" },
        "content": { "dir": "web" }, "signing": { "linux": "gpg" },
    });
    let build = fs_err::read_to_string(cloud.source().join(".github/workflows/build.yml"))?;
    let text = config.to_string();
    let page = "<!doctype html><html lang=\"en\"><title>Signed</title><h1>Signed</h1></html>";
    let files = [
        (".github/workflows/build.yml", build.as_str()),
        ("app/app.json", &text),
        ("app/web/index.html", page),
    ];
    cloud.checkout("signed", &files).await?;

    // Half of a set is noticed before anything is built.
    let inputs = json!({ "targets": "linux-x64", "release": "publish" });
    let half = [("GPG_PASSPHRASE", passphrase.as_str())];
    let half = cloud
        .run("half-a-secret", "signed", "build.yml", inputs.clone(), &half)
        .await?
        .expect_failure()?;
    assert!(half.log.contains("GPG_PRIVATE_KEY"), "{}", half.tail());
    assert!(!half.steps.iter().any(|step| step.job.contains("Content")), "something was built");

    let secrets = [("GPG_PRIVATE_KEY", key.as_str()), ("GPG_PASSPHRASE", passphrase.as_str())];
    let run =
        cloud.run("signed", "signed", "build.yml", inputs, &secrets).await?.expect_success()?;
    let release = released(cloud, &config)?;
    check_assets(&release)?;
    verify_signature(&release, &gpg).await?;
    let body = key.lines().find(|line| line.len() > 40).context("a key has a body")?;
    for marker in [passphrase.as_str(), body] {
        assert!(!run.log.contains(marker), "a secret is in the log");
        assert_eq!(
            cloud.files_with(marker)?,
            Vec::<std::path::PathBuf>::new(),
            "a secret is in a file"
        );
    }
    cloud.fake.assert_no_violations()?;
    Ok(())
}

/// The `.asc` beside the package is a signature of it by our key.
async fn verify_signature(
    release: &fake_github::Release,
    gpg: &impl Fn(&[&str]) -> std::process::Command,
) -> Result<()> {
    let path = |suffix: &str| {
        let asset = release.assets.values().find(|asset| asset.name.ends_with(suffix));
        let file =
            asset.and_then(|asset| asset.file()).with_context(|| format!("no file: {suffix}"))?;
        Ok::<_, anyhow::Error>(file.path.to_string_lossy().into_owned())
    };
    let verify = gpg(&["--verify", &path(".deb.asc")?, &path(".deb")?]);
    process::run(&mut { verify }, LIMIT).await?.expect_code(0)?;
    Ok(())
}
