//! The stamped executable: its icon, its version and its manifest, as another reader of the format finds them.

use std::path::Path;

use anyhow::{Context as _, Result};
use runtime_settings::{Sha256, stamp};
use tests::process;

use crate::support::{App, EXECUTABLE, SOON, config, runtime, text};

/// The resources as a resource script.
async fn resources(executable: &Path) -> Result<String> {
    let mut command = process::command("x86_64-w64-mingw32-windres");
    command.args(["--input-format=coff", "--output-format=rc"]).arg(executable);
    Ok(process::run(&mut command, SOON).await?.expect_code(0)?.stdout)
}

/// The values of a version, by key.
fn value<'a>(script: &'a str, key: &str) -> Option<&'a str> {
    let begin = format!("VALUE \"{key}\", \"");
    let line = script.lines().find_map(|line| line.trim().strip_prefix(begin.as_str()))?;
    line.strip_suffix("\"").map(|value| value.trim_end_matches("\\0"))
}

#[tokio::test]
async fn the_executable_shows_the_app() -> Result<()> {
    let mut config = config("1.2.3-beta.4");
    config["app"]["name"] = "Wörter \"&\" Dinge".into();
    let app = App::stamp(&config, &[]).await?;
    let script = resources(&app.binary()).await?;
    let expected = [
        ("ProductName", "Wörter \"\"&\"\" Dinge"),
        ("FileDescription", "Wörter \"\"&\"\" Dinge"),
        ("ProductVersion", "1.2.3-beta.4"),
        ("FileVersion", "1.2.3-beta.4"),
        ("CompanyName", "Example & Sons"),
        ("LegalCopyright", "© 2026 Example"),
        ("OriginalFilename", EXECUTABLE),
        ("Comments", "Proves installers"),
    ];
    for (key, text) in expected {
        assert_eq!(value(&script, key), Some(text), "{key}\n{script}");
    }
    assert!(script.contains("FILEVERSION 1,2,3,0"), "{script}");
    Ok(())
}

#[tokio::test]
async fn icon_and_stamp_are_the_apps_and_the_manifest_is_the_runtimes() -> Result<()> {
    let app = App::stamp(&config("0.1.0"), &[]).await?;
    let executable = fs_err::read(app.binary())?;
    let icon = fs_err::read(app.tree().join("icons/icon.ico"))?;
    for picture in pictures(&icon) {
        assert!(executable.windows(picture.len()).any(|window| window == picture));
    }
    let manifest = fs_err::read(app.tree().join("app-pack/manifest.json"))?;
    assert_eq!(stamp::read(&executable)?, Some(Sha256::of(&manifest)));

    let before = resources(&runtime()?).await?;
    let after = resources(&app.binary()).await?;
    let section = |script: &str| {
        let at =
            script.find("RT_MANIFEST").or_else(|| script.find(" 24 ")).context("a manifest")?;
        anyhow::Ok(script[at..].lines().skip(1).collect::<Vec<_>>().join("\n"))
    };
    assert_eq!(section(&before)?, section(&after)?);
    Ok(())
}

/// The pictures in an `.ico`, each from the place and of the size that its entry says.
fn pictures(icon: &[u8]) -> Vec<&[u8]> {
    let number = |at: usize| {
        u32::from_le_bytes([icon[at], icon[at + 1], icon[at + 2], icon[at + 3]]) as usize
    };
    let count = usize::from(u16::from_le_bytes([icon[4], icon[5]]));
    let entries = (0..count).map(|index| 6 + index * 16);
    entries.map(|entry| &icon[number(entry + 12)..][..number(entry + 8)]).collect()
}

#[tokio::test]
async fn stamping_again_gives_the_same_bytes() -> Result<()> {
    let first = App::stamp(&config("0.1.0"), &[]).await?;
    let second = App::stamp(&config("0.1.0"), &[]).await?;
    assert!(
        fs_err::read(first.binary())? == fs_err::read(second.binary())?,
        "{}",
        text(&first.tree())
    );
    Ok(())
}
