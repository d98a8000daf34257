//! What others say about the workflows: zizmor about security, GitHub's own language service about meaning. And that they
//! would say it.

use std::{path::Path, time::Duration};

use anyhow::Result;
use tests::{
    process::{self, Output},
    xtask::{repo_root, tool},
};

/// Both take seconds; a machine under load is given more.
const LIMIT: Duration = Duration::from_secs(120);

#[tokio::test]
async fn zizmor_finds_nothing() -> Result<()> {
    let mut zizmor = process::command(tool("zizmor")?);
    zizmor.args(["--offline", "--strict-collection", "--no-progress", "--persona", "pedantic"]);
    zizmor.args([".github", "actions"]).current_dir(repo_root()?);
    process::run(&mut zizmor, LIMIT).await?.expect_code(0)?;
    Ok(())
}

/// An exception is a decision, and a decision has a reason.
#[test]
fn exceptions_for_zizmor_have_a_reason() -> Result<()> {
    for document in crate::documents::workflows()?.iter().chain(&crate::documents::actions()?) {
        for line in document.text.lines().filter(|line| line.contains("zizmor: ignore")) {
            let reason = line.split_once(']').map(|(_, reason)| reason.trim()).unwrap_or_default();
            assert!(reason.len() > 10, "no reason: {}: {line}", document.path);
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_language_service_finds_nothing() -> Result<()> {
    language_service(&repo_root()?).await?.expect_code(0)?;
    Ok(())
}

#[tokio::test]
async fn the_language_service_finds_every_planted_mistake() -> Result<()> {
    let planted = repo_root()?.join("tests/workflows/planted");
    let output = language_service(&planted).await?.expect_code(1)?;
    let mut planted_files = 0;
    for entry in fs_err::read_dir(planted.join(".github/workflows"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs_err::read_to_string(&path)?;
        let expected = text.lines().next().unwrap_or_default().strip_prefix("# expects: ");
        let mut findings = output.stdout.lines().filter(|line| line.contains(&format!("/{name}:")));
        match expected {
            None => assert_eq!(findings.next(), None, "{name} has no mistake"),
            Some(expected) => {
                planted_files += 1;
                assert!(
                    findings.any(|line| line.contains(expected)),
                    "{name}: {expected}: {output}"
                );
            }
        }
    }
    assert!(planted_files >= 14, "mistakes are there");
    Ok(())
}

async fn language_service(root: &Path) -> Result<Output> {
    let package = repo_root()?.join("tests/workflows");
    anyhow::ensure!(
        package.join("node_modules").is_dir(),
        "the language service is not installed; run `cargo xtask setup --tests`"
    );
    let mut node = process::command("node");
    node.arg(package.join("lint.mjs")).arg(root);
    process::run(&mut node, LIMIT).await
}
