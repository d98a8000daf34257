//! Windows come back where they were, as far as the screens allow.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::{Desktop, Window},
    process,
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

/// Where an app keeps the geometry of its windows.
fn state_file(desktop: &Desktop, id: &str) -> PathBuf {
    desktop.home().join(format!(".local/share/com.example.{id}/window-state.json"))
}

fn config(id: &str) -> Value {
    let mut config = packed_config(id);
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["window"] = json!({ "width": 500, "height": 400 });
    config
}

async fn stamp(id: &str) -> Result<(App, Desktop)> {
    let app = App::stamp(&config(id), &[("web/index.html", PLAIN_PAGE)]).await?;
    Ok((app, Desktop::start().await?))
}

/// Starts the app, does something to its window, closes it, and says where it was.
async fn visit(
    app: &App,
    desktop: &Desktop,
    title: &str,
    act: impl AsyncFnOnce(&Window) -> Result<Window>,
) -> Result<Window> {
    let running = desktop.spawn(app.binary(), &[])?;
    let window = desktop.wait_for_window(title, SOON).await?;
    let left = act(&window).await?;
    desktop.close(left.id)?;
    running.wait(SOON).await?.expect_code(0)?;
    Ok(left)
}

async fn xdotool(desktop: &Desktop, args: &[&str]) -> Result<()> {
    process::run(desktop.command("xdotool").args(args), SOON).await?.expect_code(0).map(drop)
}

fn place(window: &Window) -> (i32, i32, u32, u32) {
    (window.x, window.y, window.width, window.height)
}

#[tokio::test]
async fn a_window_opens_where_it_was_closed_and_does_not_drift() -> Result<()> {
    let (app, desktop) = stamp("remember").await?;
    let title = "Test remember";
    let left = visit(&app, &desktop, title, async |window| {
        assert_eq!((window.width, window.height), (500, 400), "the config's, the first time");
        let id = window.id.to_string();
        xdotool(&desktop, &["windowsize", "--sync", &id, "620", "410"]).await?;
        xdotool(&desktop, &["windowmove", &id, "300", "200"]).await?;
        let moved = |w: &Window| (w.width, w.height) == (620, 410) && (w.x - 300).abs() < 40;
        desktop.wait_for_state("moved", window.id, moved, SOON).await
    });
    let left = left.await?;
    for round in 0..3 {
        let back = visit(&app, &desktop, title, async |window| {
            let is_there = |now: &Window| place(now) == place(&left);
            desktop.wait_for_state("where it was", window.id, is_there, SOON).await
        });
        back.await.with_context(|| format!("round {round}, left at {:?}", place(&left)))?;
    }
    Ok(())
}

#[tokio::test]
async fn states_come_back_and_below_them_the_size_that_was_before() -> Result<()> {
    let (app, desktop) = stamp("states").await?;
    let title = "Test states";
    let session = app.open(&desktop).await?;
    let window = desktop.wait_for_window(title, SOON).await?;
    session.resolved("await Desktopr.window.setSize(640, 420)", vec![]).await?;
    desktop.wait_for_state("sized", window.id, |w| (w.width, w.height) == (640, 420), SOON).await?;
    // Long enough for the size to be taken down.
    let file = state_file(&desktop, "states");
    wait_for_text(&file, "\"width\":640").await?;
    session.resolved("await Desktopr.window.maximizeToggle()", vec![]).await?;
    desktop.wait_for_state("maximised", window.id, Window::is_maximized, SOON).await?;
    desktop.close(window.id)?;
    session.wait_for_app_end(SOON).await?;

    let session = app.open(&desktop).await?;
    let window = desktop.wait_for_window(title, SOON).await?;
    desktop.wait_for_state("maximised", window.id, Window::is_maximized, SOON).await?;
    session.resolved("await Desktopr.window.maximizeToggle()", vec![]).await?;
    let restored = |w: &Window| !w.is_maximized() && (w.width, w.height) == (640, 420);
    desktop.wait_for_state("restored", window.id, restored, SOON).await?;
    session.resolved("await Desktopr.window.fullscreen(true)", vec![]).await?;
    desktop.wait_for_state("fullscreen", window.id, Window::is_fullscreen, SOON).await?;
    // The app's own end is an end too.
    // The answer may not come any more.
    let _ = session.eval("Desktopr.app.exit()", vec![]).await;
    session.wait_for_app_end(SOON).await?;

    visit(&app, &desktop, title, async |window| {
        desktop.wait_for_state("fullscreen", window.id, Window::is_fullscreen, SOON).await
    })
    .await
    .map(drop)
}

#[tokio::test]
async fn labelled_windows_are_remembered_too_and_others_are_not() -> Result<()> {
    let (app, desktop) = stamp("labelled").await?;
    let session = app.open(&desktop).await?;
    let open = "await Desktopr.window.new({ label: 'tool', title: 'Tool', width: 300, height: 200, x: 100, y: 100 });
        await Desktopr.window.new({ title: 'Nameless', width: 310, height: 210 });
        await Desktopr.window.new({ label: 'alone', title: 'Alone', cacheOnly: true, width: 320, height: 220 })";
    session.resolved(open, vec![]).await?;
    let tool = desktop.wait_for_window("Tool", SOON).await?;
    let id = tool.id.to_string();
    xdotool(&desktop, &["windowsize", "--sync", &id, "350", "250"]).await?;
    xdotool(&desktop, &["windowmove", &id, "600", "300"]).await?;
    let moved = |w: &Window| (w.width, w.height) == (350, 250) && (w.x - 600).abs() < 40;
    let left = desktop.wait_for_state("moved", tool.id, moved, SOON).await?;
    desktop.close(tool.id)?;
    desktop.wait_for_no_window(tool.id, SOON).await?;
    session.resolved(&open[..open.find(";").unwrap_or_default()], vec![]).await?;
    let tool = desktop.wait_for_window("Tool", SOON).await?;
    let is_there = |now: &Window| place(now) == place(&left);
    desktop.wait_for_state("where it was", tool.id, is_there, SOON).await?;

    // The answer may not come any more.
    let _ = session.eval("Desktopr.app.exit()", vec![]).await;
    session.wait_for_app_end(SOON).await?;
    let state: Value = serde_json::from_slice(&fs_err::read(state_file(&desktop, "labelled"))?)?;
    let mut labels: Vec<_> = state["windows"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|window| window["label"].as_str())
        .collect();
    labels.sort_unstable();
    assert_eq!(labels, ["main", "tool"]);
    Ok(())
}

#[tokio::test]
async fn a_damaged_file_or_an_impossible_one_is_no_obstacle() -> Result<()> {
    let (app, desktop) = stamp("damaged").await?;
    let file = state_file(&desktop, "damaged");
    fs_err::create_dir_all(file.parent().context("a file has a folder")?)?;
    let huge = json!({ "format": 1, "windows": [{ "label": "main", "maximized": false, "fullscreen": false, "bounds":
        { "x": 90_000_000, "y": -90_000_000, "width": 4_000_000_000_u32, "height": 1, "frame_width": 0, "frame_height": 0, "scale": 1.0 } }] });
    for text in ["{ not json", "", &huge.to_string()] {
        fs_err::write(&file, text)?;
        visit(&app, &desktop, "Test damaged", async |window| {
            let is_default = |w: &Window| (w.width, w.height) == (500, 400) && w.x > 0 && w.y > 0;
            desktop.wait_for_state("as the config says", window.id, is_default, SOON).await
        })
        .await
        .with_context(|| format!("with: {text}"))?;
    }
    // Nothing is kept where nothing is to be kept.
    let mut config = config("forgetful");
    config["window"]["rememberGeometry"] = json!(false);
    let forgetful = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    visit(&forgetful, &desktop, "Test forgetful", async |window| Ok(window.clone())).await?;
    assert!(!state_file(&desktop, "forgetful").exists());
    Ok(())
}

/// RandR makes the monitor smaller than the screen: what was to the right of it is gone. (A second monitor would need an output of
/// its own, and this display has one.)
#[tokio::test]
async fn a_window_of_a_monitor_that_is_gone_comes_to_one_that_is_there() -> Result<()> {
    let (app, desktop) = stamp("monitors").await?;
    let title = "Test monitors";
    let left = visit(&app, &desktop, title, async |window| {
        xdotool(&desktop, &["windowmove", &window.id.to_string(), "720", "100"]).await?;
        desktop.wait_for_state("right", window.id, |w| w.x >= 720, SOON).await
    })
    .await?;
    // Nothing has changed: it comes back where it was.
    visit(&app, &desktop, title, async |window| {
        desktop.wait_for_state("right", window.id, |now| place(now) == place(&left), SOON).await
    })
    .await?;
    let smaller = ["--setmonitor", "left", "640/170x800/200+0+0", "screen"];
    process::run(desktop.command("xrandr").args(smaller), SOON).await?.expect_code(0)?;
    visit(&app, &desktop, title, async |window| {
        let is_seen =
            |w: &Window| w.x >= 0 && w.x + 500 <= 640 && (w.width, w.height) == (500, 400);
        desktop.wait_for_state("in sight", window.id, is_seen, SOON).await
    })
    .await
    .map(drop)
}

async fn wait_for_text(file: &std::path::Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file has a folder")?;
    fs_err::create_dir_all(folder)?;
    let written = tests::watch::until(folder, || {
        Ok(fs_err::read_to_string(file).unwrap_or_default().contains(text).then_some(()))
    });
    tokio::time::timeout(SOON, written).await?
}
