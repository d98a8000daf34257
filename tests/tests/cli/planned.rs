//! `plan` and `content`: the matrix, what it refuses, and what it takes from a repository.

use anyhow::Result;
use serde_json::{Value, json};

use crate::support::{Project, xtask};

/// A public key for updates, of no private one.
pub(crate) const UPDATE_KEY: &str = "dW50cnVzdGVkIGNvbW1lbnQ6IG1pbmlzaWduIHB1YmxpYyBrZXk6IDA3MDYwNTA0MDMwMjAxMDAKUldRQUFRSURCQVVHQndBQkFnTUVCUVlIQ0FrS0N3d05EZzhRRVJJVEZCVVdGeGdaR2hzY0hSNGYK";

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
    assert_eq!(plan["runtimes"]["include"].as_array().map(Vec::len), Some(6));
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
    assert_eq!(plan["runtimes"]["include"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_plans_config_plans_the_same_again() -> Result<()> {
    let first = Project::new(&fs_err::read_to_string(
        tests::xtask::repo_root()?.join("examples/url/app.json"),
    )?)?;
    let plan: Value =
        first.xtask(&["plan", "app.json", "--format", "json"]).await?.expect_code(0)?.json()?;
    let project = Project::new(&plan["apps"][0]["config"].to_string())?;
    let again: Value =
        project.xtask(&["plan", "app.json", "--format", "json"]).await?.expect_code(0)?.json()?;
    assert_eq!(plan, again);
    Ok(())
}

/// A config that signs on every system and has updates.
fn signed(config: &mut Value) {
    config["signing"] = json!({ "windows": { "route": "pfx" }, "macos": { "notarize": "appleId" }, "linux": "gpg" });
    config["updates"] = json!({ "github": true, "publicKey": UPDATE_KEY });
}

#[tokio::test]
async fn signatures_and_secrets_are_planned() -> Result<()> {
    let project = Project::minimal(signed)?;
    let plan: Value =
        project.xtask(&["plan", "app.json", "--format", "json"]).await?.expect_code(0)?.json()?;
    let names = |job: &Value| -> Vec<String> {
        let artifacts = job["artifacts"].as_array().cloned().unwrap_or_default();
        artifacts.iter().map(|file| file["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let jobs = &plan["matrix"]["include"];
    assert_eq!(
        names(&jobs[0]),
        [
            "test_0.1.0_amd64.deb",
            "test_0.1.0_amd64.deb.asc",
            "test_0.1.0_amd64.deb.sig",
            "test-0.1.0-1.x86_64.rpm",
            "test-0.1.0-1.x86_64.rpm.sig",
        ]
    );
    assert_eq!(
        names(&jobs[4]),
        [
            "test_0.1.0_aarch64.dmg",
            "test_0.1.0_aarch64.app.tar.gz",
            "test_0.1.0_aarch64.app.tar.gz.sig",
        ]
    );
    assert_eq!(jobs[0]["signs"], true);
    let secrets: Vec<_> = plan["secrets"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|secret| secret["name"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(secrets.len(), 11, "{secrets:?}");
    assert!(secrets.contains(&"APPLE_TEAM_ID") && !secrets.contains(&"APPLE_API_KEY"));
    assert_eq!(plan["apps"][0]["updates"]["path"], "com.example.test/stable.json");
    Ok(())
}

#[tokio::test]
async fn a_partial_set_of_secrets_is_refused_by_its_missing_names() -> Result<()> {
    let project = Project::minimal(signed)?;
    let plan = async |present: &str| {
        project
            .xtask_with(&[("PRESENT", present)], &["plan", "app.json", "--secrets-env", "PRESENT"])
            .await
    };
    let partial = "WINDOWS_CERTIFICATE=true WINDOWS_CERTIFICATE_PASSWORD=false APPLE_ID=true";
    let output = plan(partial).await?.expect_code(3)?;
    let missing =
        "secrets are missing: APPLE_PASSWORD, APPLE_TEAM_ID, WINDOWS_CERTIFICATE_PASSWORD";
    assert!(output.stderr.contains(missing), "{output}");

    // None at all may come from an environment; an optional one alone is missing from nothing.
    for complete in ["GPG_PRIVATE_KEY=true GPG_PASSPHRASE=false", "GPG_PRIVATE_KEY=false"] {
        plan(complete).await?.expect_code(0)?;
    }
    let pasted = plan("GPG_PRIVATE_KEY=hunter2").await?.expect_code(2)?;
    assert!(!format!("{pasted}").contains("hunter2"));
    Ok(())
}

#[tokio::test]
async fn two_configs_are_two_apps() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.write("other/app.json", &fs_err::read(project.path().join("app.json"))?)?;
    project.write("other/web/index.html", b"<p>")?;
    let output = project.xtask(&["plan", "app.json", "other/app.json"]).await?.expect_code(2)?;
    assert!(output.stderr.contains("two configs are one app"), "{output}");
    Ok(())
}

#[tokio::test]
async fn a_config_comes_by_path_or_as_text() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    let text = r#"{"app": {"name": "It's `date` $(id) ${{ x }} \"q\"\n", "id": "com.example.inline", "slug": "inline"}, "content": {"url": "https://example.com"}}"#;
    let args = ["plan", "--config-json-env", "TEXT", "--configs-env", "PATHS", "--format", "json"];
    let plan: Value = project
        .xtask_with(&[("TEXT", text), ("PATHS", "")], &args)
        .await?
        .expect_code(0)?
        .json()?;
    assert_eq!(plan["apps"][0]["name"], "It's `date` $(id) ${{ x }} \"q\"\n");

    let by_path: Value = project
        .xtask_with(&[("TEXT", ""), ("PATHS", "\n app.json \n")], &args)
        .await?
        .expect_code(0)?
        .json()?;
    assert_eq!(by_path["apps"][0]["slug"], "test");

    let padding = " ".repeat(60_000);
    let large = format!("{text}{padding}");
    project.xtask_with(&[("TEXT", &large), ("PATHS", "")], &args).await?.expect_code(0)?;
    let invalid = project.xtask_with(&[("TEXT", "{\"app\": 1}"), ("PATHS", "")], &args).await?;
    assert!(invalid.expect_code(2)?.stderr.contains("config-json:1:9: app"));
    Ok(())
}

#[tokio::test]
async fn a_path_beside_a_text_says_where_the_config_would_be() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.write("apps/notes/page/index.html", b"<!doctype html><title>Notes</title>")?;
    project.write(
        "apps/notes/logo.svg",
        br#"<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>"#,
    )?;
    let text = r#"{"app": {"name": "Notes", "id": "com.example.notes", "icon": "logo.svg"}, "content": {"dir": "page"}}"#;
    let plan = async |paths: &str| {
        let args = ["plan", "--config-json-env", "TEXT", "--configs-env", "PATHS", "--format"];
        let args = [&args[..], &["json", "--out", "plan.json"]].concat();
        project.xtask_with(&[("TEXT", text), ("PATHS", paths)], &args).await
    };
    // The file need not exist; and where one does, the text counts.
    project.write("apps/notes/other.json", b"{}")?;
    for path in ["apps/notes/none.json", "apps/notes/other.json"] {
        let planned: Value = plan(path).await?.expect_code(0)?.json()?;
        assert_eq!(planned["apps"][0]["slug"], "notes");
        assert_eq!(planned["apps"][0]["base"], "apps/notes");
    }
    let args = ["content", "--plan", "plan.json", "--out", "collected"];
    project.xtask(&args).await?.expect_code(0)?;
    assert!(project.path().join("collected/notes/web/index.html").is_file());
    assert!(project.path().join("collected/notes/icon.svg").is_file());

    let beside = plan("notes.json").await?.expect_code(2)?;
    assert!(beside.stderr.contains("no such folder: `page`"), "{beside}");
    let folder = plan("apps/notes").await?.expect_code(2)?;
    assert!(folder.stderr.contains("name the file: `apps/notes/app.json`"), "{folder}");
    let several = plan("apps/notes/app.json\napp.json").await?.expect_code(2)?;
    assert!(several.stderr.contains("several configs by their paths and one as JSON"), "{several}");
    Ok(())
}

#[tokio::test]
async fn what_is_collected_needs_the_repository_no_more() -> Result<()> {
    let project = Project::minimal(|config| {
        config["content"] = json!({ "dir": "dist", "build": "mkdir -p dist && cp -r web/. dist" });
        config["app"]["icon"] = "art/logo.SVG".into();
        config["bundle"] = json!({ "macos": { "entitlements": "mac/app.plist" } });
        config["web"] =
            json!({ "injectCss": ["style/a.css", "a.css"], "injectJs": ["style/a.js"] });
    })?;
    project.write("style/a.css", b"/* first */")?;
    project.write("style/a.js", b"// script")?;
    project.write("a.css", b"/* second */")?;
    project.write("art/logo.SVG", br#"<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/></svg>"#)?;
    project.write("mac/app.plist", b"<plist/>")?;
    project.write("CHANGELOG.md", b"# Changes\n\n## [0.1.0]\n\nFirst *words*.\n\n## 0.0.9\n")?;
    project.write("package-lock.json", br#"{"packages": {}}"#)?;
    project.xtask(&["plan", "app.json", "--out", "plan.json"]).await?.expect_code(0)?;
    let args = ["content", "--plan", "plan.json", "--out", "collected"];
    project.xtask(&args).await?.expect_code(0)?;

    let folder = project.path().join("collected/test");
    assert_eq!(fs_err::read_to_string(folder.join("notes.md"))?, "First *words*.\n");
    assert!(folder.join("package-lock.json").is_file());
    let elsewhere = tempfile::tempdir()?;
    let config = elsewhere.path().join("moved");
    fs_err::rename(&folder, &config)?;
    for folder in ["web", "style"] {
        fs_err::remove_dir_all(project.path().join(folder))?;
    }
    let tree = elsewhere.path().join("tree");
    let config = config.join("app.json").display().to_string();
    xtask(&["render", &config, "--out", &tree.display().to_string()]).await?.expect_code(0)?;
    assert!(tree.join("app-pack/web/index.html").is_file());
    assert!(!fs_err::read_to_string(tree.join("app.config.json"))?.contains("mkdir"));
    let injected = ["0-a.css", "1-a.css", "0-a.js"]
        .map(|name| fs_err::read_to_string(tree.join("app-pack/inject").join(name)));
    let injected = injected.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(injected, ["/* first */", "/* second */", "// script"]);
    Ok(())
}
