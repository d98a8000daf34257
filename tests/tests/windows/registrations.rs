//! Links and types of files: what both installers tell Windows of them, and that they take it back.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::wine::Wine;

use crate::{
    msi::msiexec,
    support::{App, EXECUTABLE, ID, SOON, config, default_folder, uninstall},
};

fn opening() -> Value {
    let mut config = config("0.1.0");
    config["bridge"] = json!({ "modules": { "files": true } });
    config["deepLinks"] = json!({ "schemes": ["wtest"] });
    config["fileAssociations"] = json!([
        { "ext": ["wnote"], "description": "A \"note\" of $INSTDIR [x] & Sons" },
        { "ext": ["txt"], "mimeType": "text/plain" },
    ]);
    config
}

fn class(name: &str) -> String {
    format!("HKCU\\Software\\Classes\\{name}")
}

/// The default value of a class.
async fn default_of(wine: &mut Wine, name: &str) -> Result<Option<String>> {
    let key = wine.key(&class(name)).await?;
    Ok(key.and_then(|key| key.value("@").ok().map(str::to_owned)))
}

async fn check_registered(wine: &mut Wine, folder: &str) -> Result<()> {
    let own = format!("{ID}.wnote");
    let open = format!("\"{folder}\\{EXECUTABLE}\" \"%1\"");
    for name in ["wtest", &own] {
        let command = default_of(wine, &format!("{name}\\shell\\open\\command")).await?;
        assert_eq!(command.as_deref(), Some(open.as_str()), "{name}");
    }
    let scheme = wine.key(&class("wtest")).await?.context("the scheme is registered")?;
    assert_eq!((scheme.value("@")?, scheme.value("URL Protocol")?), ("URL:Windows Test", ""));
    let description = default_of(wine, &own).await?;
    assert_eq!(description.as_deref(), Some("A \"note\" of $INSTDIR [x] & Sons"));
    assert_eq!(default_of(wine, ".wnote").await?.as_deref(), Some(own.as_str()));
    let known = wine.key(&class(".txt\\OpenWithProgids")).await?.context("one of several")?;
    assert_eq!(known.value(&format!("{ID}.txt"))?, "");
    Ok(())
}

/// Another program's, from before.
async fn take_txt(wine: &mut Wine) -> Result<()> {
    wine.set(&class(".txt"), "@", "other.txt").await
}

async fn check_gone(wine: &mut Wine) -> Result<()> {
    for name in ["wtest", &format!("{ID}.wnote"), &format!("{ID}.txt"), ".wnote"] {
        assert_eq!(wine.key(&class(name)).await?, None, "{name}");
    }
    assert_eq!(default_of(wine, ".txt").await?.as_deref(), Some("other.txt"));
    Ok(())
}

#[tokio::test]
async fn the_nsis_installer_registers_and_takes_back() -> Result<()> {
    let app = App::stamp(&opening(), &[]).await?;
    let installer = app.bundle("nsis").await?;
    let mut wine = Wine::start().await?;
    take_txt(&mut wine).await?;
    let folder = default_folder(&wine)?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    check_registered(&mut wine, &folder).await?;
    assert_eq!(default_of(&mut wine, ".txt").await?.as_deref(), Some("other.txt"));
    uninstall(&mut wine, &folder, &[]).await?;
    check_gone(&mut wine).await
}

#[tokio::test]
async fn the_msi_registers_and_takes_back() -> Result<()> {
    let app = App::stamp(&opening(), &[]).await?;
    let package = app.bundle("msi").await?;
    let mut wine = Wine::start().await?;
    take_txt(&mut wine).await?;
    let folder = default_folder(&wine)?;
    msiexec(&mut wine, "/i", &package).await?.expect_code(0)?;
    check_registered(&mut wine, &folder).await?;
    assert_eq!(default_of(&mut wine, ".txt").await?.as_deref(), Some("other.txt"));
    msiexec(&mut wine, "/x", &package).await?.expect_code(0)?;
    check_gone(&mut wine).await
}
