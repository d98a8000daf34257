//! The other commands: doctor, stamp, runtime, and wrong usage.

use anyhow::Result;
use serde_json::{Value, json};

use crate::support::{Project, xtask};

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
        (&["runtime", "build", "--variant", "huge"], "choose from: slim, standard, plugins, full"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let output = xtask(args).await?.expect_code(2)?;
        assert!(output.stderr.contains(expected), "{args:?}: {output}");
    }
    Ok(())
}
