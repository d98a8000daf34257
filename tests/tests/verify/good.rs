//! Real installers pass, and leave the machine as it was.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::picture;

use crate::support::{PAGE, is_installed, packed, text, verify, write, xtask};

#[tokio::test]
async fn real_installers_pass_and_leave_nothing() -> Result<()> {
    // Not an example: other tests build those, and a build replaces the tree.
    let dir = tempfile::tempdir()?;
    write(&dir.path().join("web/index.html"), PAGE, 0o644)?;
    write(&dir.path().join("app.json"), &packed("verify-good").to_string(), 0o644)?;
    let config = text(&dir.path().join("app.json"));
    let built: Value = xtask(&["--format", "json", "build", &config]).await?.json()?;
    let tree = PathBuf::from(built["tree"].as_str().context("`build` names the tree")?);
    let report = tempfile::tempdir()?;
    let verdict = verify(&tree, &["--report", &text(report.path())]).await?;
    ensure!(verdict.code == 0 && verdict.report["ok"] == true, "{}", verdict.output);
    let written: Value = serde_json::from_slice(&fs_err::read(report.path().join("verify.json"))?)?;
    ensure!(written == verdict.report, "the report on the disk is another");

    let installers = verdict.report["installers"].as_array().context("no installers")?;
    let kinds: Vec<_> = installers.iter().map(|installer| &installer["kind"]).collect();
    ensure!(kinds == ["deb", "rpm"], "{kinds:?}");
    for installer in installers {
        let names: Vec<_> = installer["checks"]
            .as_array()
            .context("no checks")?
            .iter()
            .filter_map(|check| check["name"].as_str())
            .collect();
        for name in ["install", "page", "identity", "look", "end", "remove", "clean"] {
            ensure!(names.contains(&name), "not checked: {name}");
        }
        ensure!(installer["selfTest"]["app"]["id"] == "com.example.verify-good", "{installer:#}");
        let shot = installer["screenshot"].as_str().context("no picture")?;
        picture::not_blank(&picture::decode(&fs_err::read(report.path().join(shot))?)?)?;
    }
    ensure!(!is_installed("verify-good").await? && !Path::new("/usr/bin/verify-good").exists());
    Ok(())
}
