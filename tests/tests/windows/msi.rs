//! The MSI: installed, replaced, refused and removed by Windows Installer.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::{
    process::{self, Output},
    wine::Wine,
};

use crate::support::{App, EXECUTABLE, SOON, config, default_folder, start_menu, text};

/// What Windows Installer ends with when a package's own conditions are not met.
const REFUSED: i32 = 0x43; // 1603, of which a Unix exit code has the last eight bits

pub(crate) async fn msiexec(wine: &mut Wine, verb: &str, package: &Path) -> Result<Output> {
    wine.run("msiexec", &[verb, &on_wine(package), "/qn"], SOON).await
}

/// Paths of this system are on the drive Z.
pub(crate) fn on_wine(path: &Path) -> String {
    format!("Z:{}", text(path).replace('/', "\\"))
}

#[tokio::test]
async fn it_installs_replaces_and_removes() -> Result<()> {
    let old_app = App::stamp(&config("0.1.0"), &["old [1]/only.txt"]).await?;
    let new_app = App::stamp(&config("0.2.0"), &["new/東京 $x.txt"]).await?;
    let (old, new) = (old_app.bundle("msi").await?, new_app.bundle("msi").await?);
    let mut wine = Wine::start().await?;
    let folder = wine.path(&default_folder(&wine)?);

    msiexec(&mut wine, "/i", &old).await?.expect_code(0)?;
    let expected = [
        "WebView2Loader.dll",
        "app-pack/icon.png",
        "app-pack/manifest.json",
        "app-pack/runtime.json",
        "app-pack/web/index.html",
        "app-pack/web/old [1]/only.txt",
        EXECUTABLE,
    ];
    assert_eq!(Wine::files(&folder)?, expected);
    assert!(start_menu(&wine, "Windows Test")?.exists());

    msiexec(&mut wine, "/i", &new).await?.expect_code(0)?;
    assert!(folder.join("app-pack/web/new/東京 $x.txt").exists());
    assert!(!folder.join("app-pack/web/old [1]").exists(), "{:?}", Wine::files(&folder)?);
    msiexec(&mut wine, "/i", &old).await?.expect_code(REFUSED)?;
    assert!(folder.join("app-pack/web/new/東京 $x.txt").exists());

    msiexec(&mut wine, "/x", &new).await?.expect_code(0)?;
    assert!(!folder.exists(), "{:?}", Wine::files(&folder));
    assert!(!start_menu(&wine, "Windows Test")?.exists());
    Ok(())
}

#[tokio::test]
async fn one_for_the_machine_installs_for_all() -> Result<()> {
    let mut config = config("0.1.0");
    config["bundle"]["windows"]["installMode"] = json!("perMachine");
    let app = App::stamp(&config, &[]).await?;
    let package = app.bundle("msi").await?;
    let mut wine = Wine::start().await?;
    msiexec(&mut wine, "/i", &package).await?.expect_code(0)?;
    let folder = wine.path("C:\\Program Files\\Windows Test");
    assert!(folder.join(EXECUTABLE).exists());
    msiexec(&mut wine, "/x", &package).await?.expect_code(0)?;
    assert!(!folder.exists());
    Ok(())
}

#[tokio::test]
async fn names_of_every_language_stay_what_they_are() -> Result<()> {
    let name = "Q\"uo't [USER] {x} $(y) مرحبا 東京 🦀 <b>&amp;";
    let mut config = config("0.1.0");
    config["app"]["name"] = name.into();
    let app = App::stamp(&config, &[]).await?;
    let package = app.bundle("msi").await?;
    let mut wine = Wine::start().await?;
    msiexec(&mut wine, "/i", &package).await?.expect_code(0)?;
    let files = Wine::files(&wine.user()?.join("AppData/Local/Programs"))?;
    assert!(files.iter().any(|path| path.ends_with(EXECUTABLE)), "{files:?}");
    let code = product_code(&package).await?;
    let key = format!("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{code}");
    let key = wine.key(&key).await?.context("the app is registered")?;
    assert_eq!(key.value("DisplayName")?, name);
    Ok(())
}

/// What the package is registered under, as another reader of the format finds it.
async fn product_code(package: &Path) -> Result<String> {
    let mut command = process::command("msiinfo");
    let output = process::run(command.arg("export").arg(package).arg("Property"), SOON).await?;
    let output = output.expect_code(0)?;
    let code = output.stdout.lines().find_map(|line| line.strip_prefix("ProductCode\t"));
    Ok(code.context("a package has a product code")?.trim().to_owned())
}
