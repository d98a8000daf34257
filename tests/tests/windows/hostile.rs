//! Names that break naive installers, every language that the installer speaks, and the installer of every system.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    wine::Wine,
    xtask::{Xtask, repo_root},
};

use crate::support::{
    App, EXECUTABLE, SOON, UNINSTALL_KEY, config, nsis, start_menu, text, uninstall,
};

/// Quotes of every kind, variables, constants, and lines that would be commands.
const HOSTILE_NAME: &str = "Q\"uo't`e ${UNINSTALL_KEY} $INSTDIR $$ $\\n & %PATH% {{ x }}\n!system \"touch broken\"\tمرحبا 東京";
/// What of it is on one line.
const ONE_LINE: &str = "Q\"uo't`e ${UNINSTALL_KEY} $INSTDIR $$ $\\n & %PATH% {{ x }} !system \"touch broken\" مرحبا 東京";
/// What of it can be a file's name.
const FILE_NAME: &str =
    "Q-uo't`e ${UNINSTALL_KEY} $INSTDIR $$ $-n & %PATH% {{ x }} !system -touch broken- مرحبا 東京";

#[tokio::test]
async fn hostile_names_survive_and_inject_nothing() -> Result<()> {
    let mut config = config("0.1.0");
    config["app"]["name"] = HOSTILE_NAME.into();
    config["app"]["publisher"] = "Evil \"${D}\" $INSTDIR".into();
    let (_app, installer) = nsis(&config, &["$INSTDIR/${D} [x].txt"]).await?;
    let mut wine = Wine::start().await?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    let key =
        wine.key(&format!("HKCU\\{UNINSTALL_KEY}")).await?.context("the app is registered")?;
    assert_eq!(key.value("DisplayName")?, ONE_LINE);
    assert_eq!(key.value("Publisher")?, "Evil \"${D}\" $INSTDIR");
    let folder = key.value("InstallLocation")?.to_owned();
    assert!(folder.ends_with(&format!("\\Programs\\{FILE_NAME}")), "{folder}");
    assert!(wine.path(&folder).join(EXECUTABLE).exists());
    assert!(wine.path(&folder).join("app-pack/web/$INSTDIR/${D} [x].txt").exists());
    assert!(start_menu(&wine, FILE_NAME)?.exists());
    uninstall(&mut wine, &folder, &[]).await?;
    assert!(!wine.path(&folder).exists() && !start_menu(&wine, FILE_NAME)?.exists());
    Ok(())
}

#[tokio::test]
async fn an_installer_can_speak_every_language() -> Result<()> {
    let schema = fs_err::read(repo_root()?.join("config-schema/app.schema.json"))?;
    let schema: Value = serde_json::from_slice(&schema)?;
    let languages = languages(&schema).context("the schema lists the languages")?;
    assert!(languages.len() > 60, "{languages:?}");
    let mut config = config("0.1.0");
    config["bundle"]["windows"]["languages"] = json!(languages);
    let (_app, installer) = nsis(&config, &[]).await?;
    let mut wine = Wine::start().await?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0).map(drop)
}

/// The one list that has Welsh in it.
fn languages(schema: &Value) -> Option<Vec<String>> {
    let children: Vec<&Value> = match schema {
        Value::Array(items) if items.contains(&json!("Welsh")) => {
            return items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        }
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => return None,
    };
    children.into_iter().find_map(languages)
}

#[tokio::test]
async fn the_usual_installer_is_one_for_32_bits() -> Result<()> {
    let app = App::stamp(&config("0.1.0"), &[]).await?;
    let args = ["bundle", &text(&app.tree()), "--target", "windows-x64", "--bundles", "nsis"];
    Xtask::new()?.run(&args, SOON).await?.expect_code(0)?;
    let dir = app.tree().join("target/release/bundle/nsis");
    let entry = fs_err::read_dir(dir)?.next().context("an installer was made")??;
    assert_eq!(machine(&fs_err::read(entry.path())?), 0x14c);
    assert_eq!(machine(&fs_err::read(app.bundle("nsis").await?)?), 0x8664);
    Ok(())
}

/// The processor that an executable is for.
fn machine(executable: &[u8]) -> u16 {
    let number = |at: usize| u16::from_le_bytes([executable[at], executable[at + 1]]);
    number(usize::from(number(0x3c)) + 4)
}
