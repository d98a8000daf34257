//! Starting with the user's session: the entry, and how the app appears when its line is run.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    process::Running,
    webdriver::{Launch, Session},
};

use crate::{
    support::{App, PLAIN_PAGE, SOON, packed_config},
    window_tray::Tray,
};

fn config(id: &str) -> Value {
    let mut config = packed_config(id);
    config["bridge"]["modules"]["autostart"] = json!(true);
    config["bridge"]["modules"]["fs"] = json!(true);
    config["autostart"] = json!({ "mode": "minimized" });
    config
}

async fn stamp(config: &Value) -> Result<(App, Desktop)> {
    let app = App::stamp(config, &[("web/index.html", PLAIN_PAGE)]).await?;
    Ok((app, Desktop::start().await?))
}

/// The line of the entry, run as a session runs it: its quotes are those of a shell, behind those of the file.
fn start(desktop: &Desktop, id: &str) -> Result<Running> {
    let entry = desktop.home().join(format!(".config/autostart/com.example.{id}.desktop"));
    let entry = fs_err::read_to_string(entry)?;
    let line = entry.lines().find_map(|line| line.strip_prefix("Exec=")).context("a line")?;
    let line = line.replace("\\\\", "\\").replace("%%", "%");
    desktop.spawn("sh", &["-c", &format!("exec {line}")])
}

#[tokio::test]
async fn the_entry_starts_the_app_in_its_mode() -> Result<()> {
    let (app, desktop) = stamp(&config("starts")).await?;
    let entry = desktop.home().join(".config/autostart/com.example.starts.desktop");
    let session = app.open(&desktop).await?;
    let enabled = "return await Desktopr.autostart.isEnabled()";
    assert_eq!(session.resolved(enabled, vec![]).await?, json!(false));
    session.resolved("await Desktopr.autostart.enable()", vec![]).await?;
    assert_eq!(session.resolved(enabled, vec![]).await?, json!(true));
    let text = fs_err::read_to_string(&entry)?;
    assert!(text.contains("\nName=Test starts\n") && text.contains(" --autostart\n"), "{text}");
    tests::process::run(desktop.command("desktop-file-validate").arg(&entry), SOON)
        .await?
        .expect_code(0)?;
    // Switched off in the desktop's settings.
    fs_err::write(&entry, format!("{text}Hidden=true\n"))?;
    assert_eq!(session.resolved(enabled, vec![]).await?, json!(false));
    session.resolved("await Desktopr.autostart.enable()", vec![]).await?;

    let mode = "return await Desktopr.autostart.mode.get()";
    assert_eq!(session.resolved(mode, vec![]).await?, "minimized", "as the config says");
    let set = "await Desktopr.autostart.mode.set(arguments[0])";
    let refused = session.rejected(set, vec![json!("gone")]).await?;
    assert_eq!(refused.code.as_deref(), Some("bridge/invalid-argument"));
    session.resolved(set, vec![json!("shown")]).await?;
    session.resolved("await Desktopr.fs.data.clear()", vec![]).await?;
    assert_eq!(session.resolved(mode, vec![]).await?, "shown");
    // What the user has started already is not started again, and does not come to the front.
    let window = desktop.wait_for_window("Test starts", SOON).await?;
    session.resolved("await Desktopr.window.minimize()", vec![]).await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;
    start(&desktop, "starts")?.wait(SOON).await?.expect_code(0)?;
    assert!(desktop.wait_for_window("Test starts", SOON).await?.is_minimized());
    session.resolved(set, vec![json!("minimized")]).await?;
    drop(session);
    desktop.wait_for_no_window(window.id, SOON).await?;

    let running = start(&desktop, "starts")?;
    let window = desktop.wait_for_window("Test starts", SOON).await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;
    // The user starts it.
    desktop.spawn(app.binary(), &[])?.wait(SOON).await?.expect_code(0)?;
    let back = |window: &tests::desktop::Window| window.active && !window.is_minimized();
    desktop.wait_for_state("back", window.id, back, SOON).await?;
    drop(running);

    let session = app.open(&desktop).await?;
    session.resolved("await Desktopr.autostart.disable()", vec![]).await?;
    session.resolved("await Desktopr.autostart.disable()", vec![]).await?;
    assert!(!entry.exists());
    assert_eq!(session.resolved(enabled, vec![]).await?, json!(false));
    Ok(())
}

#[tokio::test]
async fn a_hidden_start_hides_behind_a_tray_and_only_there() -> Result<()> {
    let mut config = config("hides");
    config["autostart"] = json!({ "mode": "hidden" });
    let (app, desktop) = stamp(&config).await?;
    // Nothing would bring it back.
    let running = desktop.spawn(app.binary(), &["--autostart"])?;
    let window = desktop.wait_for_window("Test hides", SOON).await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;
    drop(running);

    config["window"] = json!({ "onClose": "hideToTray" });
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let mut tray = Tray::start(&desktop).await?;
    let _running = desktop.spawn(app.binary(), &["--autostart"])?;
    let menu = tray.menu().await?;
    // A second of the three after which a window is shown whatever its page does must pass: the page has told that it is there.
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(desktop.windows()?, [], "it is hidden");
    tray.click(&menu, "Show").await?;
    let window = desktop.wait_for_window("Test hides", SOON).await?;
    desktop.wait_for_state("in front", window.id, |window| window.active, SOON).await?;
    Ok(())
}

#[tokio::test]
async fn the_entry_names_the_app_itself() -> Result<()> {
    let (app, desktop) = stamp(&config("itself")).await?;
    // The child of a program that is an AppImage, and updated while it runs.
    let launch = Launch::new(app.binary()).env("APPIMAGE", "/opt/other.AppImage");
    let session = Session::open(&desktop, &launch.env("APPDIR", "/tmp/.mount_other")).await?;
    let new = app.binary().with_extension("new");
    fs_err::copy(app.binary(), &new)?;
    fs_err::rename(&new, app.binary())?;
    session.resolved("await Desktopr.autostart.enable()", vec![]).await?;
    let entry = desktop.home().join(".config/autostart/com.example.itself.desktop");
    let text = fs_err::read_to_string(entry)?;
    let line = format!("\nExec=\"{}\" --autostart\n", app.binary().display());
    assert!(text.contains(&line), "{text}");
    Ok(())
}
