//! What an owner may type or paste into the form: refused with a reason, or taken as it is, and never run.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cloud::{Run, cloud};

/// Bytes of a pasted config: GitHub takes little more for all inputs together.
const LARGE: usize = 60_000;
/// Text that shells, YAML and GitHub's own expressions would each take for something of theirs.
const HOSTILE: &str =
    "It's \"quoted\" `touch pwned` $(touch pwned) ${{ github.token }} ; touch pwned #\\";

/// Runs the button of a checkout without an app, and expects the plan to refuse.
async fn refused(title: &str, inputs: Value) -> Result<Run> {
    let cloud = cloud().await?;
    let build = fs_err::read_to_string(cloud.source().join(".github/workflows/build.yml"))?;
    let files = [
        (".github/workflows/build.yml", build.as_str()),
        (
            "good.json",
            r#"{ "app": { "name": "Good", "id": "com.example.good" }, "content": { "url": "https://example.com" } }"#,
        ),
        (
            "bad.json",
            r#"{ "app": { "name": "Bad", "id": "no" }, "content": { "url": "ftp://example.com" } }"#,
        ),
    ];
    cloud.checkout("bad", &files).await?;
    let run = cloud.run(title, "bad", "build.yml", inputs, &[]).await?.expect_failure()?;
    let jobs = run
        .steps
        .iter()
        .filter(|step| !step.job.contains("Plan") && !step.job.contains("All green"));
    assert_eq!(jobs.count(), 0, "something was built: {}", run.failures());
    Ok(run)
}

#[tokio::test]
async fn an_invalid_config_is_refused_with_every_problem() -> Result<()> {
    let run = refused("invalid-config", json!({ "config": "bad.json" })).await?;
    assert!(run.log.contains("bad.json:1:"), "{}", run.tail());
    assert!(run.log.contains("2 problems in the config"), "{}", run.tail());
    Ok(())
}

#[tokio::test]
async fn an_unknown_target_is_refused_with_the_known_ones() -> Result<()> {
    let run =
        refused("unknown-target", json!({ "config": "good.json", "targets": "linux-x64,amiga" }))
            .await?;
    assert!(run.log.contains("choose from: linux-x64"), "{}", run.tail());
    Ok(())
}

#[tokio::test]
async fn paths_and_a_config_together_are_refused() -> Result<()> {
    let inputs = json!({ "config": "good.json bad.json", "config-json": "{}" });
    let run = refused("both", inputs).await?;
    let words = "several configs by their paths and one as JSON";
    assert!(run.log.contains(words), "{}", run.tail());
    Ok(())
}

#[tokio::test]
async fn a_path_that_is_an_option_or_a_command_is_only_a_path() -> Result<()> {
    let run = refused("hostile-path", json!({ "config": "--help $(touch pwned)" })).await?;
    assert!(run.log.contains("`--help`") || run.log.contains("--help: "), "{}", run.tail());
    Ok(())
}

#[tokio::test]
async fn a_pasted_config_is_taken_as_it_is() -> Result<()> {
    let cloud = cloud().await?;
    let build = fs_err::read_to_string(cloud.source().join(".github/workflows/build.yml"))?;
    let page = "<!doctype html><html lang=\"en\"><title>Pasted</title><h1>Pasted</h1></html>";
    let files = [(".github/workflows/build.yml", build.as_str()), ("web/index.html", page)];
    cloud.checkout("pasted", &files).await?;
    let config = json!({
        "app": { "name": HOSTILE, "id": "com.example.pasted", "slug": "pasted", "description": format!("{HOSTILE}\n{HOSTILE}") },
        "content": { "dir": "web" }, "bundle": { "formats": { "linux": ["deb"] } },
    });
    let mut text = format!("{config:#}");
    text.push_str(&"\n".repeat(LARGE.saturating_sub(text.len())));
    let run = cloud
        .run(
            "pasted",
            "pasted",
            "build.yml",
            json!({ "config-json": text, "targets": "linux-x64" }),
            &[],
        )
        .await?;
    assert!(!run.log.contains("command not found"), "{}", run.tail());
    let planned =
        run.steps.iter().any(|step| step.name.contains("actions/plan") && step.result == "success");
    assert!(planned, "{}", run.tail());
    run.expect_success()?;
    assert!(!cloud.leaves("pwned")?, "text of the config was run");
    Ok(())
}
