//! The other commands: plan, doctor, stamp, runtime, and wrong usage.

use anyhow::Result;
use serde_json::{Value, json};

use crate::support::{Project, xtask};

#[tokio::test]
async fn a_plan_is_the_matrix() -> Result<()> {
    let plan: Value = xtask(&["plan", "--format", "json"]).await?.expect_code(0)?.json()?;
    let jobs = plan["matrix"]["include"].as_array().cloned().unwrap_or_default();
    let targets: Vec<_> =
        jobs.iter().map(|job| job["target"].as_str().unwrap_or_default()).collect();
    assert_eq!(
        targets,
        ["linux-x64", "linux-arm64", "windows-x64", "windows-arm64", "macos-arm64", "macos-x64"]
    );
    assert_eq!(plan["runtimes"].as_array().map(Vec::len), Some(6));
    assert_eq!(plan["secrets"], json!([]));
    for job in &jobs {
        for key in ["app", "triple", "runner", "runtime"] {
            assert!(job[key].is_string(), "{key}: {job}");
        }
        assert_eq!(
            job["bundles"].as_array().map(Vec::len),
            job["artifacts"].as_array().map(Vec::len),
            "{job}"
        );
    }
    assert_eq!(jobs[0]["artifacts"][0]["kind"], "deb");
    Ok(())
}

#[tokio::test]
async fn many_apps_share_their_runtimes() -> Result<()> {
    let args = [
        "plan",
        "examples/minimal/app.json",
        "examples/url/app.json",
        "--targets",
        "linux-x64",
        "--format",
        "json",
    ];
    let plan: Value = xtask(&args).await?.expect_code(0)?.json()?;
    assert_eq!(plan["matrix"]["include"].as_array().map(Vec::len), Some(2));
    assert_eq!(plan["runtimes"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_plans_config_plans_the_same_again() -> Result<()> {
    let plan: Value = xtask(&["plan", "examples/url/app.json", "--format", "json"])
        .await?
        .expect_code(0)?
        .json()?;
    let project = Project::new(&plan["apps"][0]["config"].to_string())?;
    let again: Value =
        project.xtask(&["plan", "app.json", "--format", "json"]).await?.expect_code(0)?.json()?;
    assert_eq!(plan, again);
    Ok(())
}

#[tokio::test]
async fn doctor_names_each_check() -> Result<()> {
    let report: Value = xtask(&["doctor", "--format", "json"]).await?.expect_code(0)?.json()?;
    let names: Vec<_> = report["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|finding| finding["name"].clone())
        .collect();
    assert_eq!(
        json!(names),
        json!(["Rust", "Node.js", "Tauri CLI", "System libraries", "Disk space", "Runtimes"])
    );
    Ok(())
}

#[tokio::test]
async fn stamping_what_is_no_runtime_is_refused() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.xtask(&["render", "app.json", "--out", "tree"]).await?.expect_code(0)?;
    let output =
        project.xtask(&["stamp", "tree", "--runtime", "app.json"]).await?.expect_code(1)?;
    assert!(output.stderr.contains("it has no stamp region"), "{output}");
    assert!(!project.path().join("tree/target").exists());
    let output = project.xtask(&["stamp", "web", "--runtime", "app.json"]).await?.expect_code(1)?;
    assert!(output.stderr.contains("`cargo xtask render` makes one"), "{output}");
    Ok(())
}

#[tokio::test]
async fn wrong_usage_exits_with_2_and_says_what_would_be_right() -> Result<()> {
    for (args, expected) in [
        (
            &["build", "examples/minimal/app.json", "--target", "linux-x32"][..],
            "choose from: linux-x64",
        ),
        (&["build", "examples/minimal/app.json", "--bundles", "zip"], "not a bundle format"),
        (&["build", "examples/minimal/app.json", "--bundles", "dmg"], "choose from: deb, rpm"),
        (
            &["build", "examples/minimal/app.json", "--target", "windows-x64"],
            "cannot be made on linux",
        ),
        (&["render", "examples/minimal"], "this is a folder"),
        (&["render", "gone.json"], "start from one of the examples"),
        (&["plan", "examples/url/app.json", "--targets", "mars"], "choose from: linux-x64"),
        (&["runtime", "build", "--variant", "huge"], "choose from: slim"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let output = xtask(args).await?.expect_code(2)?;
        assert!(output.stderr.contains(expected), "{args:?}: {output}");
    }
    Ok(())
}
