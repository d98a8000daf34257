//! `finalise`: what was built against what was planned. The installers here are stand-ins; only their names, sizes and digests
//! count.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::process::Output;

use crate::{planned::UPDATE_KEY, support::Project};

/// A planned build whose jobs have made everything.
struct Build {
    project: Project,
    plan: Value,
}

impl Build {
    async fn new(plan_args: &[&str]) -> Result<Build> {
        let project = Project::minimal(|config| {
            config["bundle"] = json!({ "targets": ["linux-x64", "windows-x64"] });
            config["updates"] = json!({ "github": true, "publicKey": UPDATE_KEY });
        })?;
        let args = [&["plan", "app.json", "--out", "plan.json"], plan_args].concat();
        project.xtask(&args).await?.expect_code(0)?;
        project
            .xtask(&["content", "--plan", "plan.json", "--out", "content"])
            .await?
            .expect_code(0)?;
        let plan = serde_json::from_slice(&fs_err::read(project.path().join("plan.json"))?)?;
        let build = Build { project, plan };
        for job in build.plan["matrix"]["include"].as_array().context("no jobs")? {
            build.make(job)?;
        }
        Ok(build)
    }

    /// What one job uploads.
    fn make(&self, job: &Value) -> Result<()> {
        let target = job["target"].as_str().context("no target")?;
        let mut artifacts = Vec::new();
        for file in job["artifacts"].as_array().context("no artifacts")? {
            let name = file["name"].as_str().context("no name")?;
            let bytes = format!("bytes of {name}");
            self.project.write(&format!("built/{target}/{name}"), bytes.as_bytes())?;
            artifacts.push(json!({
                "kind": file["kind"], "name": name, "size": bytes.len(),
                "sha256": runtime_settings::Sha256::of(bytes.as_bytes()).to_string(),
            }));
        }
        let runtimes = self.plan["runtimes"]["include"].as_array().context("no runtimes")?;
        let runtime = runtimes.iter().find(|runtime| runtime["id"] == job["runtime"]);
        let manifest = json!({
            "format": 1,
            "app": { "id": "com.example.test", "slug": "test", "version": "0.1.0" },
            "target": target,
            "runtime": { "key": runtime.context("no runtime")?["key"], "sha256": "00" },
            "pack": "00", "signing": "none", "verified": true, "artifacts": artifacts,
        });
        self.project
            .write(&format!("built/{target}/manifest.json"), manifest.to_string().as_bytes())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.project.path().join(path)
    }

    async fn finalise(&self, more: &[&str]) -> Result<Output> {
        let args = [
            "finalise",
            "--plan",
            "plan.json",
            "--artifacts",
            "built",
            "--content",
            "content",
            "--out",
            "release",
            "--repository-url",
            "https://github.com/o/r",
            "--format",
            "json",
        ];
        self.project.xtask(&[&args, more].concat()).await
    }

    /// Fails for this reason, and writes nothing.
    async fn refused(&self, reason: &str) -> Result<()> {
        let output = self.finalise(&[]).await?.expect_code(1)?;
        assert!(output.stderr.contains(reason), "{output}");
        assert!(!self.path("release").exists());
        Ok(())
    }

    fn change_manifest(&self, change: impl FnOnce(&mut Value)) -> Result<()> {
        let path = "built/linux-x64/manifest.json";
        let mut manifest = serde_json::from_slice(&fs_err::read(self.path(path))?)?;
        change(&mut manifest);
        self.project.write(path, manifest.to_string().as_bytes())
    }
}

#[tokio::test]
async fn the_record_is_the_release_without_its_installers() -> Result<()> {
    let build = Build::new(&[]).await?;
    build.finalise(&["--record", "record"]).await?.expect_code(0)?;
    let names = |dir: &str| -> Result<Vec<_>> {
        let entries = fs_err::read_dir(build.path(dir))?.collect::<Result<Vec<_>, _>>()?;
        let mut names: Vec<_> =
            entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        Ok(names)
    };
    assert_eq!(names("record")?, ["test"]);
    let kept = names("record/test")?;
    let expected = [
        "release.json",
        "test_0.1.0.SHA256SUMS",
        "test_0.1.0.app.config.json",
        "test_0.1.0.cdx.json",
        "test_0.1.0.stable.json",
    ];
    assert_eq!(kept, expected);
    for name in kept {
        let read = |dir: &str| fs_err::read(build.path(dir).join("test").join(&name));
        assert_eq!(read("record")?, read("release")?, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_complete_build_becomes_a_release() -> Result<()> {
    let build = Build::new(&[]).await?;
    build.finalise(&["--commit", "abc"]).await?.expect_code(0)?;
    let manifest: Value =
        serde_json::from_slice(&fs_err::read(build.path("release/test/release.json"))?)?;
    assert_eq!(manifest["tag"], "test-v0.1.0");
    assert_eq!(manifest["commit"], "abc");
    assert_eq!(manifest["partial"], json!([]));
    assert_eq!(manifest["updates"]["path"], "com.example.test/stable.json");
    let assets = manifest["assets"].as_array().context("no assets")?;
    for asset in assets {
        let name = asset["name"].as_str().context("no name")?;
        let bytes = fs_err::read(build.path("release/test").join(name))?;
        assert_eq!(asset["size"], bytes.len(), "{name}");
        assert_eq!(asset["sha256"], runtime_settings::Sha256::of(&bytes).to_string(), "{name}");
    }
    let mut check = tests::process::command("sha256sum");
    check.args(["--check", "--strict", "test_0.1.0.SHA256SUMS"]);
    check.current_dir(build.path("release/test"));
    tests::process::run(&mut check, std::time::Duration::from_secs(10)).await?.expect_code(0)?;

    let updates = fs_err::read(build.path("release/test/test_0.1.0.stable.json"))?;
    let updates: Value = serde_json::from_slice(&updates)?;
    assert_eq!(updates["version"], "0.1.0");
    let platforms: Vec<_> =
        updates["platforms"].as_object().context("no platforms")?.keys().cloned().collect();
    assert_eq!(
        platforms,
        [
            "linux-x86_64",
            "linux-x86_64-deb",
            "linux-x86_64-rpm",
            "windows-x86_64",
            "windows-x86_64-msi",
            "windows-x86_64-nsis",
        ]
    );
    let nsis = &updates["platforms"]["windows-x86_64"];
    assert_eq!(nsis["signature"], "bytes of test_0.1.0_x64-setup.exe.sig");
    assert_eq!(
        nsis["url"],
        "https://github.com/o/r/releases/download/test-v0.1.0/test_0.1.0_x64-setup.exe"
    );
    Ok(())
}

#[tokio::test]
async fn the_same_build_gives_the_same_bytes() -> Result<()> {
    let build = Build::new(&[]).await?;
    build.finalise(&[]).await?.expect_code(0)?;
    let first = fs_err::read(build.path("release/SHA256SUMS"))?;
    fs_err::rename(build.path("release"), build.path("earlier"))?;
    build.finalise(&[]).await?.expect_code(0)?;
    assert_eq!(first, fs_err::read(build.path("release/SHA256SUMS"))?);
    Ok(())
}

#[tokio::test]
async fn an_artifact_that_disappears_is_missed() -> Result<()> {
    let build = Build::new(&[]).await?;
    fs_err::remove_file(build.path("built/linux-x64/test_0.1.0_amd64.deb"))?;
    build.refused("`test` for linux-x64: not there: `test_0.1.0_amd64.deb`").await
}

#[tokio::test]
async fn an_altered_artifact_is_refused() -> Result<()> {
    let build = Build::new(&[]).await?;
    build
        .project
        .write("built/linux-x64/test_0.1.0_amd64.deb", b"BYTES of test_0.1.0_amd64.deb")?;
    build.refused("other bytes than its manifest says: `test_0.1.0_amd64.deb`").await
}

#[tokio::test]
async fn a_doubled_job_is_refused() -> Result<()> {
    let build = Build::new(&[]).await?;
    let manifest = fs_err::read(build.path("built/linux-x64/manifest.json"))?;
    build.project.write("built/again/manifest.json", &manifest)?;
    build.refused("twice: `test` for linux-x64").await
}

#[tokio::test]
async fn a_manifest_that_lists_more_less_or_another_app_is_refused() -> Result<()> {
    let build = Build::new(&[]).await?;
    build
        .change_manifest(|manifest| manifest["artifacts"][0]["name"] = "../../escape.deb".into())?;
    let output = build.finalise(&[]).await?.expect_code(1)?;
    for reason in ["missing `test_0.1.0_amd64.deb`", "not in the plan `../../escape.deb`"] {
        assert!(output.stderr.contains(reason), "{output}");
    }
    let build = Build::new(&[]).await?;
    build.change_manifest(|manifest| manifest["app"]["version"] = "0.2.0".into())?;
    build.refused("another app: com.example.test 0.2.0").await?;
    let build = Build::new(&[]).await?;
    build.change_manifest(|manifest| manifest["runtime"]["key"] = "other".into())?;
    build.refused("stamped from another runtime: other").await?;
    let build = Build::new(&[]).await?;
    build.change_manifest(|manifest| manifest["surprise"] = true.into())?;
    build.refused("not a manifest").await
}

#[tokio::test]
async fn a_failed_target_stops_a_release_unless_that_is_allowed() -> Result<()> {
    let build = Build::new(&[]).await?;
    fs_err::remove_dir_all(build.path("built/windows-x64"))?;
    build.refused("missing: `test` for windows-x64").await?;

    let build = Build::new(&["--allow-partial"]).await?;
    fs_err::remove_dir_all(build.path("built/windows-x64"))?;
    let outcome: Value = build.finalise(&[]).await?.expect_code(0)?.json()?;
    let release = &outcome["releases"][0];
    assert_eq!(release["partial"], json!(["windows-x64"]));
    // Half a manifest would end the updates of the other half.
    assert_eq!(release["updates"], Value::Null);
    let notes = release["notes"].as_str().context("no notes")?;
    assert!(notes.contains("Not built this time: windows-x64."), "{notes}");

    fs_err::remove_dir_all(build.path("built/linux-x64"))?;
    fs_err::remove_dir_all(build.path("release"))?;
    build.refused("nothing was built").await
}
