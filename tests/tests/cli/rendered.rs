//! Rendered trees: the same bytes each time, whole or not at all, and nothing of the user's destroyed.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::support::{Project, xtask};

/// Files that a config decides; the rest is the template as it is.
const DECIDED: &[&str] = &[
    "tauri.conf.json",
    "tauri.linux.conf.json",
    "tauri.windows.conf.json",
    "tauri.macos.conf.json",
    "packaging/app.desktop.hbs",
    "packaging/changelog",
    "packaging/copyright",
    "app-pack/runtime.json",
];

fn read_tree(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(root)?.display().to_string(), fs_err::read(path)?);
            }
        }
    }
    Ok(files)
}

#[tokio::test]
async fn a_config_of_the_working_folder_builds_its_content_there() -> Result<()> {
    let project = Project::minimal(|config| {
        config["content"] = json!({ "dir": "made", "build": "cp -r web made" });
    })?;
    project.xtask(&["render", "app.json", "--out", "tree"]).await?.expect_code(0)?;
    assert!(project.path().join("tree/app-pack/web/index.html").is_file());
    Ok(())
}

#[tokio::test]
async fn the_same_config_gives_the_same_bytes_anywhere() -> Result<()> {
    for example in ["minimal", "url", "spa", "showcase"] {
        let out = tempfile::tempdir()?;
        let config = format!("examples/{example}/app.json");
        let mut trees = Vec::new();
        for place in ["one", "another/place"] {
            let place = out.path().join(place);
            xtask(&["render", &config, "--out", &place.display().to_string()])
                .await?
                .expect_code(0)?;
            trees.push(read_tree(&place)?);
        }
        assert!(trees[0].len() > 50, "{example}");
        assert_eq!(trees[0], trees[1], "{example}");
    }
    Ok(())
}

#[tokio::test]
async fn each_example_renders_as_its_snapshot_says() -> Result<()> {
    for example in ["minimal", "url", "spa", "showcase"] {
        let out = tempfile::tempdir()?;
        let tree = out.path().join("tree");
        let config = format!("examples/{example}/app.json");
        xtask(&["render", &config, "--out", &tree.display().to_string()]).await?.expect_code(0)?;
        let mut text = String::new();
        for path in DECIDED {
            let content = fs_err::read_to_string(tree.join(path))
                .with_context(|| format!("{example}: {path}"))?;
            text.push_str(&format!("==> {path}\n{}\n", content.trim_end()));
        }
        let files = read_tree(&tree)?;
        let others = files
            .keys()
            .filter(|path| path.starts_with("app-pack/web/") || path.starts_with("icons/"));
        text.push_str(&format!(
            "==> content and icons\n{}\n",
            others.cloned().collect::<Vec<_>>().join("\n")
        ));
        insta::assert_snapshot!(example, text);
    }
    Ok(())
}

#[tokio::test]
async fn what_pages_may_ask_for_reaches_the_property_lists_of_macos() -> Result<()> {
    let project = Project::minimal(|config| {
        config["web"] = json!({ "permissions": { "camera": "Scans <codes>", "microphone": true } });
        config["bundle"] = json!({ "macos": { "entitlements": "own.plist" } });
    })?;
    project
        .write("own.plist", b"<plist><dict><key>own</key><string>kept</string></dict></plist>")?;
    project.xtask(&["render", "app.json", "--out", "tree"]).await?.expect_code(0)?;
    let tree = project.path().join("tree");
    let info = fs_err::read_to_string(tree.join("Info.plist"))?;
    for text in ["Scans &lt;codes&gt;", "NSMicrophoneUsageDescription", "Test records sound."] {
        assert!(info.contains(text), "{text}\n{info}");
    }
    assert!(!info.contains("Location"), "{info}");
    let entitlements = fs_err::read_to_string(tree.join("packaging/app.entitlements"))?;
    for text in ["kept", "com.apple.security.device.camera", "device.audio-input"] {
        assert!(entitlements.contains(text), "{text}\n{entitlements}");
    }
    let config = fs_err::read_to_string(tree.join("tauri.macos.conf.json"))?;
    assert!(config.contains(r#""entitlements": "packaging/app.entitlements""#), "{config}");
    Ok(())
}

#[tokio::test]
async fn an_earlier_tree_is_replaced_whole() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.xtask(&["render", "app.json", "--out", "out"]).await?.expect_code(0)?;
    project.write("out/left-over.txt", b"old")?;
    project.write("web/new.html", b"new")?;
    project.xtask(&["render", "app.json", "--out", "out"]).await?.expect_code(0)?;
    assert!(!project.path().join("out/left-over.txt").exists());
    assert!(project.path().join("out/app-pack/web/new.html").exists());
    assert_eq!(project.names()?, ["app.json", "out", "web"], "nothing else is left behind");
    Ok(())
}

#[tokio::test]
async fn a_folder_of_the_users_is_left_alone() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.write("precious/thesis.txt", b"years of work")?;
    let output =
        project.xtask(&["render", "app.json", "--out", "precious"]).await?.expect_code(2)?;
    assert!(output.stderr.contains("holds no rendered project"), "{output}");
    assert_eq!(fs_err::read(project.path().join("precious/thesis.txt"))?, b"years of work");
    assert_eq!(project.names()?, ["app.json", "precious", "web"]);
    Ok(())
}

#[tokio::test]
async fn where_nothing_can_be_written_nothing_is_left() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.write("file", b"no folder")?;
    let output =
        project.xtask(&["render", "app.json", "--out", "file/out"]).await?.expect_code(1)?;
    assert!(output.stderr.contains("file"), "{output}");
    let output =
        project.xtask(&["render", "app.json", "--out", "/proc/out"]).await?.expect_code(1)?;
    assert!(output.stderr.contains("failed to write to the folder: `/proc`"), "{output}");
    assert_eq!(project.names()?, ["app.json", "file", "web"]);
    Ok(())
}

#[tokio::test]
async fn a_full_disk_leaves_the_earlier_tree() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.xtask(&["render", "app.json", "--out", "out"]).await?.expect_code(0)?;
    let before = read_tree(&project.path().join("out"))?;
    // A limit on the size of written files stands for a disk that fills up in the middle.
    let mut page = vec![b'x'; 3_000_000];
    page.extend_from_slice(b"<!doctype html>");
    project.write("web/large.bin", &page)?;
    let output = project
        .xtask_with_file_limit(&["render", "app.json", "--out", "out"], 2_000_000)
        .await?
        .expect_code(1)?;
    assert!(output.stderr.contains("large.bin"), "{output}");
    assert_eq!(read_tree(&project.path().join("out"))?, before);
    assert_eq!(project.names()?, ["app.json", "out", "web"]);
    Ok(())
}

#[tokio::test]
async fn a_check_writes_nothing() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    let output = project.xtask(&["render", "app.json", "--check"]).await?.expect_code(0)?;
    assert!(output.stdout.contains("test is valid"), "{output}");
    assert_eq!(project.names()?, ["app.json", "web"]);
    Ok(())
}

#[tokio::test]
async fn a_config_can_come_from_stdin() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    let text = fs_err::read(project.path().join("app.json"))?;
    let output = project
        .xtask_with_input(&["render", "-", "--base", ".", "--out", "out"], &text)
        .await?
        .expect_code(0)?;
    assert!(output.stdout.trim().ends_with("out"), "{output}");
    let output = project.xtask_with_input(&["render", "-"], &text).await?.expect_code(2)?;
    assert!(output.stderr.contains("add `--base DIR`"), "{output}");
    Ok(())
}
