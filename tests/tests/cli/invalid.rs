//! Configs that only a disk can refute, and how every problem is told. What the text alone gets wrong has a table of its own in
//! `config-schema/tests`.

use anyhow::Result;
use serde_json::{Value, json};

use crate::support::Project;

const SQUARE_SVG: &[u8] =
    br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>"#;
const WIDE_SVG: &[u8] =
    br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0h20v10z"/></svg>"#;

fn png(width: u32, height: u32) -> Result<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbaImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

#[tokio::test]
async fn all_problems_come_at_once_with_place_reason_and_fix() -> Result<()> {
    let config = r##"{
  "app": { "nmae": "Test", "id": "example", "version": "1.0", "icon": "logo.png" },
  "content": { "url": "http://example.com", "dir": "dist" },
  "window": { "width": "wide", "backgroundColor": "red" },
  "navigation": { "internal": ["*"] }
}
"##;
    let found = Project::new(config)?.problems().await?;
    for line in [
        "app.json:2:12: app.nmae: unknown field: `nmae`\n  hint: did you mean `name`?",
        "app.json:2:34: app.id: ",
        "app.json:2:56: app.version: ",
        "app.json:2:71: app.icon: no such file: `",
        "app.json:4:24: window.width: ",
        "app.json:4:51: window.backgroundColor: ",
        "app.json:5:32: navigation.internal[0]: ",
        "problems in the config",
    ] {
        assert!(found.contains(line), "missing: {line}\n{found}");
    }
    assert!(found.contains("app.json:3:"), "url and dir contradict each other\n{found}");
    assert_eq!(
        found.matches("\n  hint: ").count(),
        found.matches("app.json:").count(),
        "each problem has a cure\n{found}"
    );
    Ok(())
}

#[tokio::test]
async fn a_program_gets_the_same_as_json() -> Result<()> {
    let project = Project::minimal(|config| config["app"]["icon"] = json!("gone.svg"))?;
    let output = project
        .xtask(&["render", "app.json", "--check", "--format", "json"])
        .await?
        .expect_code(2)?;
    let document: Value = output.json()?;
    assert_eq!(document["ok"], false);
    let problem = &document["problems"][0];
    let config = fs_err::read_to_string(project.path().join("app.json"))?;
    let line = config.lines().position(|line| line.contains("gone.svg")).map(|index| index + 1);
    assert_eq!((&problem["field"], &problem["line"]), (&json!("app.icon"), &json!(line)));
    assert_eq!(problem["code"], "config/bad-reference");
    assert!(problem["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{problem}");
    Ok(())
}

#[tokio::test]
async fn an_icon_that_is_none_is_refused() -> Result<()> {
    for (name, bytes, reason) in [
        ("icon.png", b"not an image".to_vec(), "the icon is no PNG that can be read"),
        ("icon.svg", b"<html>".to_vec(), "the icon is no SVG that can be drawn"),
        ("icon.png", png(512, 600)?, "the icon is not square: 512 by 600 pixels"),
        ("icon.png", png(256, 256)?, "the icon has 256 by 256 pixels, 512 to 8192 are allowed"),
        ("icon.png", png(600, 600)?[..500].to_vec(), "the icon is no PNG that can be read"),
        ("icon.svg", WIDE_SVG.to_vec(), "the icon is not square: 20 by 10"),
    ] {
        let project = Project::minimal(|config| config["app"]["icon"] = json!(name))?;
        project.write(name, &bytes)?;
        let found = project.problems().await?;
        assert!(found.contains(&format!("app.icon: {reason}")), "{reason}\n{found}");
    }
    Ok(())
}

#[tokio::test]
async fn an_icon_nobody_named_is_taken_when_it_is_there_and_checked_too() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    project.xtask(&["render", "app.json", "--check"]).await?.expect_code(0)?;
    project.write("icon.svg", SQUARE_SVG)?;
    project.xtask(&["render", "app.json", "--check"]).await?.expect_code(0)?;
    project.write("icon.svg", WIDE_SVG)?;
    assert!(project.problems().await?.contains("app.icon: the icon is not square"));
    Ok(())
}

#[tokio::test]
async fn content_that_is_not_there_is_refused() -> Result<()> {
    let missing = Project::minimal(|config| config["content"]["dir"] = json!("dist"))?;
    assert!(missing.problems().await?.contains("content.dir: no such folder: `dist`"));
    let empty = Project::minimal(|config| config["content"]["dir"] = json!("empty"))?;
    fs_err::create_dir(empty.path().join("empty"))?;
    assert!(
        empty.problems().await?.contains("content.dir: no `index.html` in the folder: `empty`")
    );
    Ok(())
}

#[tokio::test]
async fn injected_files_are_there_and_are_text() -> Result<()> {
    let web =
        json!({ "injectCss": ["wide.css", "gone.css"], "injectJs": ["image.js", "large.js"] });
    let project = Project::minimal(|config| config["web"] = web)?;
    project.write("wide.css", b"body { max-width: none }")?;
    project.write("image.js", &png(1, 1)?)?;
    project.write("large.js", &vec![b' '; (1 << 20) + 1])?;
    let found = project.problems().await?;
    for problem in [
        "web.injectCss[1]: no such file: `gone.css`",
        "web.injectJs[0]: not UTF-8: `image.js`",
        "web.injectJs[1]: larger than 1 MiB: `large.js`",
        "3 problems in the config",
    ] {
        assert!(found.contains(problem), "{problem}\n{found}");
    }
    // What a command makes may come later.
    let web = json!({ "injectCss": ["made/wide.css"] });
    let project = Project::minimal(|config| {
        config["web"] = web;
        config["content"] = json!({ "dir": "web", "build": "mkdir made && touch made/wide.css" });
    })?;
    project.xtask(&["render", "app.json", "--check"]).await?.expect_code(1)?;
    project.xtask(&["render", "app.json", "--out", "out"]).await?.expect_code(0)?;
    assert!(project.path().join("out/app-pack/inject/0-wide.css").is_file());
    Ok(())
}

#[tokio::test]
async fn entitlements_that_permissions_join_are_read() -> Result<()> {
    let project = Project::minimal(|config| {
        config["web"] = json!({ "permissions": { "camera": true } });
        config["bundle"] = json!({ "macos": { "entitlements": "own.plist" } });
    })?;
    project.write("own.plist", b"<plist><dict>")?;
    let found = project.problems().await?;
    let problem =
        "bundle.macos.entitlements: a bad property list: `own.plist`: not a property list: ";
    assert!(found.contains(problem), "{found}");
    Ok(())
}

#[tokio::test]
async fn a_link_in_the_content_is_refused() -> Result<()> {
    let project = Project::minimal(|_| {})?;
    fs_err::os::unix::fs::symlink("/etc/passwd", project.path().join("web/secret.txt"))?;
    let output = project.xtask(&["render", "app.json", "--out", "out"]).await?.expect_code(1)?;
    assert!(output.stderr.contains("a link in the content folder: `secret.txt`"), "{output}");
    assert_eq!(project.names()?, ["app.json", "web"]);
    Ok(())
}

#[tokio::test]
async fn huge_and_deep_configs_end_at_once() -> Result<()> {
    let huge = Project::new(&format!("{{\"app\": \"{}\"}}", "x".repeat(10_000_000)))?;
    let found = huge.problems().await?;
    assert!(found.len() < 1000 && found.contains("1 problem in the config"), "{:.2000}", found);
    let deep = Project::new(&"[".repeat(200_000))?;
    let found = deep.problems().await?;
    assert!(found.contains("1 problem in the config"), "{:.2000}", found);
    Ok(())
}

#[tokio::test]
async fn a_newer_config_says_to_upgrade() -> Result<()> {
    let found = Project::minimal(|config| config["schemaVersion"] = json!(2))?.problems().await?;
    assert!(found.contains("schemaVersion: ") && found.contains("newer"), "{found}");
    Ok(())
}
