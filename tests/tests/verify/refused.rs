//! Verifications that cannot be, and are refused before anything is touched.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::apps::Installed;

use crate::support::{PAGE, Tree, is_installed, packed};

#[tokio::test]
async fn what_is_made_for_another_system() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-foreign"), PAGE).await?;
    let setup = json!({ "kind": "nsis", "path": "setup.exe", "sha256": "0".repeat(64), "size": 1 });
    tree.write_record("windows-x64", &[setup])?;
    for args in [&[][..], &["--bundles", "nsis"]] {
        let verdict = tree.verify(args).await?;
        ensure!(verdict.code == 2, "{}", verdict.output);
        let error = verdict.report["error"].as_str().unwrap_or_default();
        ensure!(error.contains("cannot be verified here: nsis: it is for windows-x64"), "{error}");
    }
    let verdict = tree.verify(&["--bundles", "deb"]).await?;
    ensure!(
        verdict.code == 2 && verdict.report["error"] == "no deb was made",
        "{}",
        verdict.output
    );
    Ok(())
}

#[tokio::test]
async fn a_tree_without_installers() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-nothing"), PAGE).await?;
    let verdict = tree.verify(&[]).await?;
    ensure!(verdict.code == 2, "{}", verdict.output);
    ensure!(verdict.output.stderr.contains("bundle the project first"), "{}", verdict.output);
    Ok(())
}

#[tokio::test]
async fn an_app_that_somebody_has_installed() -> Result<()> {
    let tree = Tree::stamp(&packed("verify-owned"), PAGE).await?;
    tree.pack_deb("").await?;
    let record = fs_err::read_to_string(tree.path().join("target/release/bundle/artifacts.json"))?;
    let record: serde_json::Value = serde_json::from_str(&record)?;
    let installed =
        Installed::from_deb(record["artifacts"][0]["path"].as_str().unwrap_or_default()).await?;
    let verdict = tree.verify(&[]).await?;
    ensure!(verdict.code == 2, "{}", verdict.output);
    ensure!(verdict.output.stderr.contains("is installed already"), "{}", verdict.output);
    ensure!(is_installed("verify-owned").await?, "a verification has removed another's app");
    installed.purge().await
}
