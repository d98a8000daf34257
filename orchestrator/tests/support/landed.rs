//! What must be true of a build that has come home, whatever happened on the way.

use anyhow::{Context as _, Result, ensure};
use fake_github::bytes_for;
use serde_json::Value;

use super::desk::{Desk, files_below};

const TARGETS: [&str; 3] = ["linux-x64", "windows-x64", "macos-arm64"];

/// Fails unless every installer of the app is in its folder, with the bytes that the run has made, and nothing is left of
/// the way there.
pub(crate) fn expect_home(desk: &Desk, run: u64) -> Result<()> {
    let folder = desk.out().join("com.example.notes/1.0.0").join(run.to_string());
    for target in TARGETS {
        let files =
            files_below(&folder.join(target)).with_context(|| format!("nothing for {target}"))?;
        let mut installers = 0;
        for file in files {
            let name = file.file_name().context("a name")?.to_string_lossy().into_owned();
            if name.starts_with("notes_") {
                let bytes = fs_err::read(&file)?;
                ensure!(bytes == bytes_for(&name, bytes.len()), "not what was made: {name}");
                installers += 1;
            }
        }
        ensure!(installers > 0, "no installer for {target}");
    }
    ensure!(folder.join("SHA256SUMS").is_file(), "no checksums");
    let latest = fs_err::canonicalize(desk.out().join("com.example.notes/latest"))?;
    ensure!(latest == fs_err::canonicalize(&folder)?, "latest is {}", latest.display());
    Ok(())
}

/// Fails unless there is one build on this machine and one run at GitHub, and all of it is home.
pub(crate) async fn expect_one_build(desk: &Desk) -> Result<()> {
    let remote = desk.json(&["runs", "--remote"]).await?;
    let remote = remote["runs"].as_array().cloned().unwrap_or_default();
    ensure!(remote.len() == 1, "{} runs at GitHub: {remote:#?}", remote.len());
    let known = desk.json(&["runs"]).await?;
    let known: Vec<Value> = known["builds"].as_array().cloned().unwrap_or_default();
    ensure!(known.len() == 1, "{} builds here: {known:#?}", known.len());
    ensure!(known[0]["state"] == "complete", "{:#?}", known[0]);
    ensure!(known[0]["run"] == remote[0]["id"], "another run: {:#?}", known[0]);
    expect_home(desk, known[0]["run"].as_u64().context("a run")?)?;
    desk.expect_no_token()?;
    desk.fake.assert_no_violations()
}
