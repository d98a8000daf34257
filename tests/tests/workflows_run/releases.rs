//! From the button to the release: in a fork, from another repository, and for many apps at once.

use anyhow::{Context as _, Result};
use fake_github::Release;
use serde_json::{Value, json};

use crate::cloud::{Cloud, REPOSITORY, Run, cloud};

/// How many apps one run builds.
const MANY: usize = 10;
/// What xtask prints when it compiles a runtime.
const COMPILES: &str = "Compiling the runtime";

#[tokio::test]
async fn the_button_of_a_fork_makes_a_release() -> Result<()> {
    let cloud = cloud().await?;
    let folder = cloud.fork("fork").await?;
    let run = cloud.run(
        "button",
        "fork",
        "build.yml",
        json!({ "release": "publish", "targets": "linux-x64", "request-id": "r-1" }),
        &[],
    );
    run.await?.expect_success()?;
    let config: Value = serde_json::from_slice(&fs_err::read(folder.join("app/app.json"))?)?;
    let release = released(cloud, &config)?;
    check_assets(&release)?;
    cloud.fake.assert_no_violations()?;

    // The version is there now: the plan says so before anything is built.
    let again = cloud
        .run(
            "again",
            "fork",
            "build.yml",
            json!({ "release": "publish", "targets": "linux-x64" }),
            &[],
        )
        .await?;
    let again = again.expect_failure()?;
    assert!(again.failures().contains("Check that the release is possible"), "{}", again.tail());
    assert!(!again.steps.iter().any(|step| step.job.contains("Content")), "something was built");
    Ok(())
}

#[tokio::test]
async fn another_repository_calls_the_workflow_with_its_own_config() -> Result<()> {
    let cloud = cloud().await?;
    let config = json!({ "app": { "name": "Notes", "id": "com.example.notes", "version": "2.1.0" }, "content": { "dir": "web" } });
    let caller = "on: workflow_dispatch\npermissions: {}\njobs:\n  desktop:\n    uses: deskwright/deskwright/.github/workflows/build-app.yml@v1\n    permissions:\n      contents: write\n      id-token: write\n      attestations: write\n    with:\n      config: desktop/app.json\n      targets: linux-x64\n      release: publish\n";
    let files = [
        ("desktop/app.json", config.to_string()),
        (
            "desktop/web/index.html",
            "<!doctype html><html lang=\"en\"><title>Notes</title><h1>Notes</h1></html>".to_owned(),
        ),
        ("desktop/CHANGELOG.md", "# Changelog\n\n## 2.1.0\n\n- Notes can be pinned.\n".to_owned()),
        (".github/workflows/desktop.yml", caller.to_owned()),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    cloud.checkout("notes", &files).await?;
    let run = cloud
        .run("another-repository", "notes", "desktop.yml", json!({}), &[])
        .await?
        .expect_success()?;
    assert!(!run.log.contains(COMPILES) || is_first(&run), "the runtime was there");
    let release = released(cloud, &config)?;
    assert_eq!(release.tag, "notes-v2.1.0");
    assert!(release.body.as_deref().unwrap_or_default().contains("Notes can be pinned."));
    check_assets(&release)?;
    cloud.fake.assert_no_violations()?;
    Ok(())
}

#[tokio::test]
async fn many_apps_share_one_run_and_one_runtime() -> Result<()> {
    let cloud = cloud().await?;
    let mut files = vec![(
        "web/index.html".to_owned(),
        "<!doctype html><title>One of many</title><h1>One</h1>".to_owned(),
    )];
    let mut configs = Vec::new();
    for number in 0..MANY {
        let config = json!({
            "app": { "name": format!("App {number}"), "id": format!("com.example.app{number}"), "version": "1.0.0" },
            "content": { "dir": "web" }, "bundle": { "formats": { "linux": ["deb"] } },
        });
        let path = format!("app{number}.json");
        files.push((path.clone(), config.to_string()));
        configs.push((path, config));
    }
    let build = fs_err::read_to_string(cloud.source().join(".github/workflows/build.yml"))?;
    files.push((".github/workflows/build.yml".to_owned(), build));
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    cloud.checkout("many", &files).await?;
    let paths: Vec<_> = configs.iter().map(|(path, _)| path.as_str()).collect();
    let inputs =
        json!({ "config": paths.join("\n"), "targets": "linux-x64", "release": "publish" });
    let run = cloud.run("ten", "many", "build.yml", inputs, &[]).await?.expect_success()?;
    assert!(
        run.log.matches(COMPILES).count() <= usize::from(is_first(&run)),
        "compiled more than once"
    );
    for (_, config) in &configs {
        check_assets(&released(cloud, config)?)?;
    }
    cloud.fake.assert_no_violations()?;
    Ok(())
}

/// Whether this run filled the caches of the box: any of the tests may come first.
fn is_first(run: &Run) -> bool {
    run.log.contains("no cache for deskwright-runtime-")
}

pub(crate) fn released(cloud: &Cloud, config: &Value) -> Result<Release> {
    let version = config["app"]["version"].as_str().unwrap_or("0.1.0");
    let repository = cloud.fake.repository(REPOSITORY)?;
    let mut found = repository.releases.values().filter(|release| {
        let name = config["app"]["name"].as_str().unwrap_or_default();
        release.name.as_deref() == Some(&format!("{name} {version}"))
    });
    let release = found.next().context("there is no release")?;
    assert!(found.next().is_none(), "two releases of one version");
    assert!(!release.draft && release.published_at.is_some(), "not published: {release:?}");
    assert!(repository.tags().contains(&release.tag.as_str()), "no tag: {}", release.tag);
    Ok(release.clone())
}

/// Every file of the release is whole, listed with its digest, and what its name says.
pub(crate) fn check_assets(release: &Release) -> Result<()> {
    let read = |suffix: &str| {
        let asset = release.assets.values().find(|asset| asset.name.ends_with(suffix));
        asset.and_then(|asset| asset.file()).with_context(|| format!("no file: {suffix}"))?.read()
    };
    let sums = String::from_utf8(read("SHA256SUMS")?)?;
    for asset in release.assets.values().filter(|asset| !asset.name.ends_with("SHA256SUMS")) {
        let file = asset.file().with_context(|| format!("broken: {}", asset.name))?;
        let line = format!("{}  {}", file.sha256, asset.name);
        assert!(sums.lines().any(|listed| listed == line), "not listed: {line}\n{sums}");
    }
    assert!(read(".deb")?.starts_with(b"!<arch>\n"), "not a package");
    let sbom: Value = serde_json::from_slice(&read("cdx.json")?)?;
    assert_eq!(sbom["bomFormat"], "CycloneDX");
    let config: Value = serde_json::from_slice(&read("app.config.json")?)?;
    assert!(config["app"]["id"].is_string(), "the config that it can be built again from");
    Ok(())
}
