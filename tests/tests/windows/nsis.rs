//! The NSIS installer: what it leaves on the disk and in the registry, and that it takes it away.

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::wine::Wine;

use crate::support::{
    EXECUTABLE, ID, SOON, UNINSTALL_KEY, config, default_folder, nsis, start_menu, text, uninstall,
};

const FILES: &[&str] = &[
    "WebView2Loader.dll",
    "app-pack/icon.png",
    "app-pack/manifest.json",
    "app-pack/runtime.json",
    "app-pack/web/[id]/$page {x}.html",
    "app-pack/web/index.html",
    "uninstall.exe",
    EXECUTABLE,
];

#[tokio::test]
async fn a_silent_installation_is_complete_and_leaves_nothing() -> Result<()> {
    let (_app, installer) = nsis(&config("0.1.0"), &["[id]/$page {x}.html"]).await?;
    let mut wine = Wine::start().await?;
    let folder = default_folder(&wine)?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    assert_eq!(Wine::files(&wine.path(&folder))?, FILES);
    check_registry(&mut wine, &folder).await?;
    let shortcut = start_menu(&wine, "Windows Test")?;
    let target = format!("{folder}\\{EXECUTABLE}");
    let bytes = fs_err::read(&shortcut)?;
    assert!(bytes.windows(target.len()).any(|window| window == target.as_bytes()), "{target}");
    assert!(!desktop_shortcut(&wine)?.exists());

    uninstall(&mut wine, &folder, &[]).await?;
    assert!(!wine.path(&folder).exists(), "{:?}", Wine::files(&wine.path(&folder)));
    assert!(!shortcut.exists());
    assert_eq!(wine.key(&format!("HKCU\\{UNINSTALL_KEY}")).await?, None);
    Ok(())
}

async fn check_registry(wine: &mut Wine, folder: &str) -> Result<()> {
    let key =
        wine.key(&format!("HKCU\\{UNINSTALL_KEY}")).await?.context("the app is registered")?;
    let expected = [
        ("Comments", "Proves installers"),
        ("DisplayIcon", &format!("\"{folder}\\{EXECUTABLE}\"")),
        ("DisplayName", "Windows Test"),
        ("DisplayVersion", "0.1.0"),
        ("InstallLocation", folder),
        ("NoModify", "dword:00000001"),
        ("NoRepair", "dword:00000001"),
        ("Publisher", "Example & Sons"),
        ("QuietUninstallString", &format!("\"{folder}\\uninstall.exe\" /S /CurrentUser")),
        ("UninstallString", &format!("\"{folder}\\uninstall.exe\" /CurrentUser")),
        ("URLInfoAbout", "https://example.com/"),
    ];
    for (name, value) in expected {
        assert_eq!(key.value(name)?, value, "{name}");
    }
    let size = u32::from_str_radix(key.value("EstimatedSize")?.trim_start_matches("dword:"), 16)?;
    assert!((1000..20_000).contains(&size), "{size} kB");
    Ok(())
}

fn desktop_shortcut(wine: &Wine) -> Result<std::path::PathBuf> {
    Ok(wine.user()?.join("Desktop/Windows Test.lnk"))
}

#[tokio::test]
async fn data_stay_unless_they_are_to_go() -> Result<()> {
    let (_app, installer) = nsis(&config("0.1.0"), &[]).await?;
    let mut wine = Wine::start().await?;
    let folder = default_folder(&wine)?;
    let user = wine.user()?;
    let data = ["Roaming", "Local"].map(|name| user.join("AppData").join(name).join(ID));
    for dir in &data {
        fs_err::create_dir_all(dir.join("deep"))?;
        fs_err::write(dir.join("deep/state.json"), "{}")?;
    }
    wine.run(&installer, &["/S", "/DESKTOP"], SOON).await?.expect_code(0)?;
    assert!(desktop_shortcut(&wine)?.exists());
    uninstall(&mut wine, &folder, &[]).await?;
    assert!(!desktop_shortcut(&wine)?.exists());
    assert!(data.iter().all(|dir| dir.join("deep/state.json").exists()));

    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    uninstall(&mut wine, &folder, &["/REMOVEDATA"]).await?;
    assert!(data.iter().all(|dir| !dir.exists()));
    assert!(user.join("AppData/Local").exists());
    Ok(())
}

#[tokio::test]
async fn a_folder_can_be_chosen_but_not_another_apps() -> Result<()> {
    let (_app, installer) = nsis(&config("0.1.0"), &[]).await?;
    let mut wine = Wine::start().await?;
    let folder = "C:\\Apps\\Chosen";
    wine.run(&installer, &["/S", &format!("/D={folder}")], SOON).await?.expect_code(0)?;
    assert!(wine.path(folder).join(EXECUTABLE).exists());
    uninstall(&mut wine, folder, &[]).await?;
    assert!(!wine.path(folder).exists());

    let other = wine.path(folder).join("app-pack");
    fs_err::create_dir_all(&other)?;
    fs_err::write(other.join("manifest.json"), "{}")?;
    let args = ["/S", &format!("/D={folder}")];
    wine.run(&installer, &args, SOON).await?.expect_code(6)?;
    assert_eq!(Wine::files(&wine.path(folder))?, ["app-pack/manifest.json"]);
    Ok(())
}

#[tokio::test]
async fn one_for_both_installs_for_who_is_asked_for() -> Result<()> {
    let mut config = config("0.1.0");
    config["bundle"]["windows"]["installMode"] = json!("both");
    let (_app, installer) = nsis(&config, &[]).await?;
    let mut wine = Wine::start().await?;
    for (switch, folder, root) in [
        ("/AllUsers", "C:\\Program Files\\Windows Test".to_owned(), "HKLM"),
        ("/CurrentUser", default_folder(&wine)?, "HKCU"),
    ] {
        wine.run(&installer, &["/S", switch], SOON).await?.expect_code(0)?;
        let key = wine.key(&format!("{root}\\{UNINSTALL_KEY}")).await?.context(root)?;
        assert_eq!(key.value("InstallLocation")?, folder);
        assert!(wine.path(&folder).join(EXECUTABLE).exists());
        uninstall(&mut wine, &folder, &[switch]).await?;
        assert_eq!(wine.key(&format!("{root}\\{UNINSTALL_KEY}")).await?, None);
        assert!(!wine.path(&folder).exists());
    }
    Ok(())
}

#[tokio::test]
async fn one_for_the_machine_installs_for_all() -> Result<()> {
    let mut config = config("0.1.0");
    config["bundle"]["windows"]["installMode"] = json!("perMachine");
    let (_app, installer) = nsis(&config, &[]).await?;
    let mut wine = Wine::start().await?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    let folder = "C:\\Program Files\\Windows Test";
    assert!(wine.path(folder).join(EXECUTABLE).exists());
    let shortcut = "C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Windows Test.lnk";
    assert!(wine.path(shortcut).exists());
    uninstall(&mut wine, folder, &[]).await?;
    assert!(!wine.path(folder).exists() && !wine.path(shortcut).exists());
    Ok(())
}

#[tokio::test]
async fn equal_inputs_give_equal_installers() -> Result<()> {
    let (first, second) =
        (nsis(&config("0.1.0"), &["a.txt"]).await?, nsis(&config("0.1.0"), &["a.txt"]).await?);
    assert!(fs_err::read(&first.1)? == fs_err::read(&second.1)?, "{}", text(&first.1));
    let (first, second) = (first.0.bundle("msi").await?, second.0.bundle("msi").await?);
    assert!(fs_err::read(&first)? == fs_err::read(&second)?, "{}", text(&first));
    Ok(())
}
