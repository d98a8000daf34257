//! Another version over one that is installed: files, shortcuts, places, and what is refused.

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::wine::Wine;

use crate::support::{
    EXECUTABLE, SOON, UNINSTALL_KEY, config, default_folder, nsis, start_menu, uninstall,
};

async fn installed_version(wine: &mut Wine) -> Result<String> {
    let key =
        wine.key(&format!("HKCU\\{UNINSTALL_KEY}")).await?.context("the app is registered")?;
    Ok(key.value("DisplayVersion")?.to_owned())
}

#[tokio::test]
async fn a_newer_version_takes_the_place_of_an_older_one_and_not_the_other_way() -> Result<()> {
    let (_old_app, old) = nsis(&config("0.1.0"), &["old/only.txt"]).await?;
    let (_new_app, new) = nsis(&config("0.2.0"), &["new/only.txt"]).await?;
    let mut wine = Wine::start().await?;
    let folder = "C:\\Apps\\Chosen";
    wine.run(&old, &["/S", &format!("/D={folder}")], SOON).await?.expect_code(0)?;
    assert!(wine.path(folder).join("app-pack/web/old/only.txt").exists());

    wine.run(&new, &["/S"], SOON).await?.expect_code(0)?;
    let files = Wine::files(&wine.path(folder))?;
    assert!(files.contains(&"app-pack/web/new/only.txt".to_owned()), "{files:?}");
    assert!(!wine.path(folder).join("app-pack/web/old").exists(), "{files:?}");
    assert!(!wine.path(&default_folder(&wine)?).exists());
    assert_eq!(installed_version(&mut wine).await?, "0.2.0");

    wine.run(&old, &["/S"], SOON).await?.expect_code(4)?;
    assert_eq!(Wine::files(&wine.path(folder))?, files);
    assert_eq!(installed_version(&mut wine).await?, "0.2.0");
    wine.run(&new, &["/S"], SOON).await?.expect_code(0)?;
    uninstall(&mut wine, folder, &[]).await?;
    assert!(!wine.path(folder).exists());
    Ok(())
}

#[tokio::test]
async fn a_release_follows_its_candidates() -> Result<()> {
    let config = |version: &str| {
        let mut config = config(version);
        config["bundle"]["formats"] = json!({ "windows": ["nsis"] });
        config
    };
    let (_candidate_app, candidate) = nsis(&config("1.0.0-rc.2"), &[]).await?;
    let (_earlier_app, earlier) = nsis(&config("1.0.0-rc.1"), &[]).await?;
    let (_release_app, release) = nsis(&config("1.0.0"), &[]).await?;
    let mut wine = Wine::start().await?;
    wine.run(&candidate, &["/S"], SOON).await?.expect_code(0)?;
    wine.run(&earlier, &["/S"], SOON).await?.expect_code(4)?;
    wine.run(&release, &["/S"], SOON).await?.expect_code(0)?;
    assert_eq!(installed_version(&mut wine).await?, "1.0.0");
    wine.run(&candidate, &["/S"], SOON).await?.expect_code(4)?;
    Ok(())
}

#[tokio::test]
async fn moving_leaves_the_old_place_empty() -> Result<()> {
    let (_app, installer) = nsis(&config("0.1.0"), &[]).await?;
    let mut wine = Wine::start().await?;
    wine.run(&installer, &["/S", "/D=C:\\Apps\\One"], SOON).await?.expect_code(0)?;
    wine.run(&installer, &["/S", "/D=C:\\Apps\\Two"], SOON).await?.expect_code(0)?;
    assert!(!wine.path("C:\\Apps\\One").exists());
    assert!(wine.path("C:\\Apps\\Two").join(EXECUTABLE).exists());
    Ok(())
}

#[tokio::test]
async fn an_update_keeps_to_the_shortcuts_that_the_user_has() -> Result<()> {
    let (_old_app, old) = nsis(&config("0.1.0"), &[]).await?;
    let mut renamed = config("0.2.0");
    renamed["app"]["name"] = "Renamed".into();
    let (_new_app, new) = nsis(&renamed, &[]).await?;
    let mut wine = Wine::start().await?;
    let desktop = |wine: &Wine, name: &str| Ok(wine.user()?.join(format!("Desktop/{name}.lnk")));
    let desktop: &dyn Fn(&Wine, &str) -> Result<std::path::PathBuf> = &desktop;
    wine.run(&old, &["/S", "/DESKTOP"], SOON).await?.expect_code(0)?;
    fs_err::remove_file(start_menu(&wine, "Windows Test")?)?;

    wine.run(&new, &["/S", "/UPDATE"], SOON).await?.expect_code(0)?;
    assert!(!start_menu(&wine, "Renamed")?.exists(), "it was deleted");
    assert!(desktop(&wine, "Renamed")?.exists(), "it goes with the name");
    assert!(!desktop(&wine, "Windows Test")?.exists());
    // The app stays where it was, under its first name.
    assert!(wine.path(&default_folder(&wine)?).join(EXECUTABLE).exists());
    wine.run(&new, &["/S"], SOON).await?.expect_code(0)?;
    assert!(start_menu(&wine, "Renamed")?.exists(), "who installs anew gets one");
    Ok(())
}
