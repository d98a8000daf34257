//! Packages: what package managers, menus and linters see, for ordinary names and for hostile ones.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    apps::{self, Installed},
    desktop::Desktop,
    process,
};

use crate::support::{PLAIN_PAGE, SOON, build, packed_config};

/// Names that break naive templates: quotes, backslashes, expressions of three template languages, breaks, every script.
const HOSTILE_NAME: &str = "Q\"uo't\\es ${{ secrets.X }} {{exec}} \\{{name}} $(id) `id` %U\nExec=evil\tمرحبا 東京 🦀 <b>&amp;";

async fn hostile_project() -> Result<(tempfile::TempDir, String)> {
    let dir = tempfile::tempdir()?;
    let mut config = packed_config("hostile");
    config["app"] = json!({
        "name": HOSTILE_NAME, "id": "com.example.hostile", "slug": "hostile-name", "version": "1.2.3",
        "description": "First \"line\" of ${{ it }} {{comment}}\n\nSecond part\n.\nDepends: evil",
        "publisher": "Evil, \"Inc\" <x> Depends: evil", "publisherEmail": "evil@example.com",
        "copyright": "© 2026 Evil Pre-Depends: evil", "license": "MIT", "homepage": "https://example.com/?a=\"b\"",
    });
    fs_err::create_dir(dir.path().join("web"))?;
    fs_err::write(dir.path().join("web/index.html"), PLAIN_PAGE)?;
    let path = dir.path().join("app.json");
    fs_err::write(&path, config.to_string())?;
    let path = path.display().to_string();
    Ok((dir, path))
}

/// The value of a key in a desktop entry, unescaped as the specification says.
fn desktop_value(entry: &str, key: &str) -> Option<String> {
    let line = entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    let mut value = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        value.push(match (c, c == '\\') {
            (_, true) => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                's' => ' ',
                other => other,
            },
            (c, false) => c,
        });
    }
    Some(value)
}

#[tokio::test]
async fn hostile_names_survive_and_inject_nothing() -> Result<()> {
    let (_dir, config) = hostile_project().await?;
    let artifacts = build(&config, &["deb", "rpm"]).await?;
    check_control_fields(&artifacts[0]).await?;
    check_rpm_fields(&artifacts[1]).await?;

    let installed = Installed::from_deb(&artifacts[0]).await?;
    let entry = fs_err::read_to_string("/usr/share/applications/hostile-name.desktop")?;
    assert_eq!(desktop_value(&entry, "Name").as_deref(), Some(HOSTILE_NAME), "{entry}");
    assert_eq!(desktop_value(&entry, "Exec").as_deref(), Some("hostile-name %U"), "{entry}");
    assert_eq!(entry.lines().filter(|line| line.starts_with("Exec=")).count(), 1, "{entry}");
    let desktop = Desktop::start().await?;
    process::run(
        desktop
            .command("desktop-file-validate")
            .arg("/usr/share/applications/hostile-name.desktop"),
        SOON,
    )
    .await?
    .expect_code(0)?;

    let output = process::run(desktop.command(installed.binary()).arg("--self-test"), SOON * 2)
        .await?
        .expect_code(0)?;
    let line: Value = output.json()?;
    assert_eq!(line["app"]["name"], HOSTILE_NAME);
    installed.purge().await
}

async fn check_control_fields(deb: &Path) -> Result<()> {
    let control = process::run(process::command("dpkg-deb").arg("-f").arg(deb), SOON)
        .await?
        .expect_code(0)?
        .stdout;
    let field = |name: &str| {
        control
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .map(str::to_owned)
    };
    assert_eq!(field("Package").as_deref(), Some("hostile-name"), "{control}");
    assert_eq!(field("Version").as_deref(), Some("1.2.3"));
    assert_eq!(
        field("Maintainer").as_deref(),
        Some("Evil  \"Inc\"  x  Depends: evil <evil@example.com>")
    );
    assert_eq!(field("Description").as_deref(), Some("First \"line\" of ${{ it }} {{comment}}"));
    assert_eq!(
        control
            .lines()
            .filter(|line| line.starts_with("Depends:") || line.starts_with("Pre-Depends:"))
            .count(),
        1,
        "{control}"
    );
    assert!(
        field("Depends").context("a Depends field")?.contains("libwebkit2gtk-4.1-0"),
        "{control}"
    );
    Ok(())
}

async fn check_rpm_fields(rpm: &Path) -> Result<()> {
    let format = "%{NAME}|%{VERSION}|%{LICENSE}|%{SUMMARY}";
    let query = process::run(process::command("rpm").args(["-qp", "--qf", format]).arg(rpm), SOON)
        .await?
        .expect_code(0)?;
    assert_eq!(query.stdout, "hostile-name|1.2.3|MIT|First \"line\" of ${{ it }} {{comment}}");
    let requires = process::run(process::command("rpm").args(["-qp", "--requires"]).arg(rpm), SOON)
        .await?
        .stdout;
    assert!(!requires.contains("evil"), "{requires}");
    Ok(())
}

#[tokio::test]
async fn an_rpm_holds_the_same_app() -> Result<()> {
    let artifacts = build("examples/showcase/app.json", &["rpm"]).await?;
    let files = apps::unpack_rpm(&artifacts[0]).await?;
    let desktop = Desktop::start().await?;
    let binary = files.path().join("usr/bin/deskwright-showcase");
    process::run(desktop.command(binary).arg("--self-test"), SOON * 2).await?.expect_code(0)?;
    let entry = fs_err::read_to_string(
        files.path().join("usr/share/applications/deskwright-showcase.desktop"),
    )?;
    assert_eq!(desktop_value(&entry, "Exec").as_deref(), Some("deskwright-showcase %U"));
    Ok(())
}

#[tokio::test]
async fn lintian_has_nothing_to_say_about_a_complete_config() -> Result<()> {
    let artifacts = build("examples/showcase/app.json", &["deb"]).await?;
    let mut command = process::command("lintian");
    command
        .args(["--fail-on", "error,warning", "--tag-display-limit", "0", "--allow-root"])
        .arg(&artifacts[0]);
    let output = process::run(&mut command, SOON * 6).await?;
    assert_eq!(output.stdout.trim(), "", "{output}");
    output.expect_code(0).map(drop)
}
