//! The installed app itself, and an installer that meets it running. Wine has no WebView2: the app says so in a window,
//! which is as far as it gets.

use anyhow::{Context as _, Result};
use tests::{
    desktop::{Desktop, Window},
    picture,
    wine::Wine,
};

use crate::{
    msi::on_wine,
    support::{App, EXECUTABLE, SOON, config, default_folder, nsis, uninstall},
};

/// A Windows with a screen. Wine 8 draws no windows of a program that takes it for Windows 10 and asks for dark mode.
async fn with_screen(desktop: &Desktop) -> Result<Wine> {
    let mut wine = Wine::with_env(vec![("DISPLAY".into(), desktop.display().into())]).await?;
    let key = format!("HKCU\\Software\\Wine\\AppDefaults\\{EXECUTABLE}");
    wine.set(&key, "Version", "win81").await?;
    Ok(wine)
}

/// Starts the installed app and waits for the window that it shows.
async fn start(desktop: &Desktop, wine: &mut Wine, folder: &str) -> Result<Window> {
    wine.start_program(format!("{folder}\\{EXECUTABLE}"), &[])?;
    let find = |windows: &[Window]| windows.iter().find(|window| !window.title.is_empty()).cloned();
    desktop.wait_for_windows("the app's window", find, SOON).await
}

#[tokio::test]
async fn without_webview_the_app_says_so() -> Result<()> {
    let (_app, installer) = nsis(&config("0.1.0"), &[]).await?;
    let desktop = Desktop::start().await?;
    let mut wine = with_screen(&desktop).await?;
    let folder = default_folder(&wine)?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    let window = start(&desktop, &mut wine, &folder).await?;
    desktop.wait_for_picture("a message", window.id, picture::not_blank, SOON).await?;
    picture::keep(&desktop.screenshot()?, "windows-no-webview")?;
    // The message itself is in the picture: it names WebView2 and where to get it.
    assert_eq!(window.title, "Error");
    Ok(())
}

#[tokio::test]
async fn a_changed_pack_is_refused() -> Result<()> {
    let (_app, installer) = nsis(&config("0.1.0"), &[]).await?;
    let desktop = Desktop::start().await?;
    let mut wine = with_screen(&desktop).await?;
    let folder = default_folder(&wine)?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    fs_err::write(wine.path(&folder).join("app-pack/web/index.html"), "<h1>other</h1>")?;
    let window = start(&desktop, &mut wine, &folder).await?;
    picture::keep(&desktop.screenshot()?, "windows-changed-pack")?;
    assert_eq!(window.title, "This app cannot start");
    Ok(())
}

#[tokio::test]
async fn nothing_is_touched_while_the_app_runs() -> Result<()> {
    let (_old_app, old) = nsis(&config("0.1.0"), &[]).await?;
    let (_new_app, new) = nsis(&config("0.2.0"), &["new.txt"]).await?;
    let desktop = Desktop::start().await?;
    let mut wine = with_screen(&desktop).await?;
    let folder = "C:\\Apps\\Chosen";
    wine.run(&old, &["/S", &format!("/D={folder}")], SOON).await?.expect_code(0)?;
    let files = Wine::files(&wine.path(folder))?;
    let window = start(&desktop, &mut wine, folder).await?;

    wine.run(&new, &["/S"], SOON).await?.expect_code(5)?;
    let uninstaller = format!("{folder}\\uninstall.exe");
    let args = ["/S", &format!("_?={folder}")];
    wine.run(uninstaller, &args, SOON).await?.expect_code(5)?;
    assert_eq!(Wine::files(&wine.path(folder))?, files);

    // An update gives the app the time to end, which it here takes until its window is closed.
    wine.start_program(&new, &["/S", "/UPDATE"])?;
    desktop.close(window.id)?;
    wine.wait_until_idle().await?;
    assert!(wine.path(folder).join("app-pack/web/new.txt").exists());
    uninstall(&mut wine, folder, &[]).await?;
    assert!(!wine.path(folder).exists());
    Ok(())
}

#[tokio::test]
async fn an_updater_gets_the_app_back() -> Result<()> {
    let find = |windows: &[Window]| windows.iter().find(|window| !window.title.is_empty()).cloned();
    for format in ["nsis", "msi"] {
        let app = App::stamp(&config("0.1.0"), &[]).await?;
        let installer = on_wine(&app.bundle(format).await?);
        // As Tauri's updater asks the two.
        let (program, args) = match format {
            "msi" => (
                "msiexec",
                vec!["/i", &installer, "/qn", "AUTOLAUNCHAPP=True", "LAUNCHAPPARGS=--flag"],
            ),
            _ => (installer.as_str(), vec!["/S", "/UPDATE", "/R", "/ARGS", "--flag", "/S"]),
        };
        let desktop = Desktop::start().await?;
        let mut wine = with_screen(&desktop).await?;
        wine.run(program, &args, SOON).await?.expect_code(0)?;
        let window = desktop.wait_for_windows("the app's window", find, SOON).await;
        window.with_context(|| format!("{format} has started the app"))?;
    }
    Ok(())
}
