//! The main window as its config describes it: size, state, colour before the page, zoom.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    picture::{self, Picture, has_color},
    process::Running,
    servers::{Gate, Page, Site},
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, url_config};

async fn show(id: &str, window: Value) -> Result<(App, Desktop, Running, tests::desktop::Window)> {
    let mut config = packed_config(id);
    config["window"] = window;
    let (app, desktop) =
        (App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?, Desktop::start().await?);
    let title =
        config["window"]["title"].as_str().map_or_else(|| format!("Test {id}"), str::to_owned);
    let running = desktop.spawn(app.binary(), &[])?;
    let window = desktop.wait_for_window(&title, SOON).await?;
    Ok((app, desktop, running, window))
}

#[tokio::test]
async fn size_and_title_are_the_configs() -> Result<()> {
    let (_app, _desktop, _running, window) =
        show("size", json!({ "title": "Größe 東京 \"q\"", "width": 640, "height": 480 })).await?;
    assert_eq!((window.width, window.height), (640, 480));
    assert_eq!(window.title, "Größe 東京 \"q\"");
    Ok(())
}

#[tokio::test]
async fn states_are_the_configs() -> Result<()> {
    let (_app, desktop, _running, window) = show("maximized", json!({ "maximized": true })).await?;
    desktop.wait_for_state("maximised", window.id, |window| window.is_maximized(), SOON).await?;
    let (_app, desktop, _running, window) =
        show("fullscreen", json!({ "fullscreen": true })).await?;
    desktop.wait_for_state("fullscreen", window.id, |window| window.is_fullscreen(), SOON).await?;
    let (_app, desktop, _running, window) = show("above", json!({ "alwaysOnTop": true })).await?;
    desktop
        .wait_for_state("above", window.id, |window| window.states.contains("above"), SOON)
        .await
        .map(drop)
}

#[tokio::test]
async fn a_slow_page_is_preceded_by_its_background_and_not_by_white() -> Result<()> {
    let (site, gate) = (Site::start()?, Gate::default());
    site.page(
        "/",
        Page::html(
            "<!doctype html><title>Slow</title><body style='background:#204060'><h1>Here</h1>",
        )
        .behind(&gate),
    );
    let mut config = url_config("flash", &site.url("/"));
    config["window"] = json!({ "backgroundColor": "#204060" });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let _running = desktop.spawn(app.binary(), &[])?;
    site.wait_for_request("page", |request| request.path == "/", SOON).await?;
    assert_eq!(desktop.windows()?, [], "nothing is shown while there is nothing to show");

    // The page still waits, and the window comes with its colour.
    let window = desktop.wait_for_window("Test flash", SOON).await?;
    desktop
        .wait_for_picture(
            "background",
            window.id,
            |picture| has_color(picture, [0x20, 0x40, 0x60], 2, 0.95),
            SOON,
        )
        .await?;
    gate.open();
    let shown = desktop.wait_for_picture("page", window.id, picture::not_blank, SOON).await?;
    has_color(&shown, [0x20, 0x40, 0x60], 2, 0.5)
}

#[tokio::test]
async fn zoom_makes_the_page_larger() -> Result<()> {
    let mut config = packed_config("zoom");
    config["window"] = json!({ "zoom": 2.0, "width": 800 });
    let (app, desktop) =
        (App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session.wait_for("innerWidth === 400", SOON).await.map(drop)
}

/// What is behind it only a compositor shows, and there is none here.
#[tokio::test]
async fn a_transparent_window_shows_its_page() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html("<!doctype html><body style='background:#308030'><h1>Here</h1>"));
    let mut config = url_config("transparent", &site.url("/"));
    config["window"] = json!({ "transparent": true, "decorations": false });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let _running = desktop.spawn(app.binary(), &[])?;
    let window = desktop.wait_for_window("Test transparent", SOON).await?;
    let is_painted = |picture: &Picture| has_color(picture, [0x30, 0x80, 0x30], 2, 0.9);
    desktop.wait_for_picture("page", window.id, is_painted, SOON).await.map(drop)
}
