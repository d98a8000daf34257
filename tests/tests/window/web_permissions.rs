//! What pages may ask the system for, by `web.permissions`: own pages what is granted, others nothing. Not under WebDriver, which
//! answers some requests itself.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    process::Running,
    servers::{Page, Request, Site},
};

use crate::{
    plugin_support,
    support::{App, SOON, url_config},
};

/// Asks for everything at a click, and tells what came of each: `ok`, or how it was refused. Then opens a window for a stranger.
const ASKING: &str = "<!doctype html><title>Asking</title><style>html { height: 100% }</style><h1>Asking</h1><script>
    const outcome = (promise) => promise.then(() => 'ok', (error) => error.name);
    const media = (constraints) => outcome(navigator.mediaDevices.getUserMedia(constraints));
    addEventListener('click', async () => {
        const screen = outcome(navigator.mediaDevices.getDisplayMedia({ video: true }));
        const clipboard = outcome(navigator.clipboard.readText());
        const asked = {
            clipboard: await clipboard,
            screen: await screen,
            notifications: await Notification.requestPermission(),
            geolocation: await new Promise((resolve) => navigator.geolocation.getCurrentPosition(
                () => resolve('ok'), ({ code }) => resolve(code === 1 ? 'denied' : 'ok'), { timeout: 1000 })),
            camera: await media({ video: true }),
            microphone: await media({ audio: true }),
        };
        await fetch('/told', { method: 'POST', body: JSON.stringify(asked) });
    });
    </script>";

/// What a page at `site` tells after a click into the middle of its window.
async fn ask(desktop: &Desktop, window: &tests::desktop::Window, site: &Site) -> Result<Value> {
    desktop.activate(window.id).await?;
    desktop.click(window, 300, 150).await?;
    let told = |request: &Request| request.path == "/told";
    let told = site.wait_for_request("what was granted", told, SOON).await?;
    Ok(serde_json::from_slice(&told.body)?)
}

fn asking_site() -> Result<Site> {
    let site = Site::start()?;
    site.page("/", Page::html(ASKING)).page("/told", Page::text(""));
    Ok(site)
}

fn refused() -> Value {
    json!({
        "clipboard": "NotAllowedError", "screen": "NotAllowedError", "notifications": "denied",
        "geolocation": "denied", "camera": "NotAllowedError", "microphone": "NotAllowedError",
    })
}

/// The app with made-up devices, which only a debug build of the runtime has; the plugins' tests have it too.
async fn start(
    id: &str,
    config: &Value,
) -> Result<(App, Desktop, Running, tests::desktop::Window)> {
    let (app, desktop) = (plugin_support::stamp(config).await?, Desktop::start().await?);
    let mut command = desktop.command(app.binary());
    let running = Running::start(command.env("DESKWRIGHT_MOCK_CAPTURE", "1"))?;
    let window = desktop.wait_for_window(&format!("Test {id}"), SOON).await?;
    Ok((app, desktop, running, window))
}

#[tokio::test]
async fn a_page_is_refused_everything_that_the_config_does_not_grant() -> Result<()> {
    let site = asking_site()?;
    let (_app, desktop, _running, window) =
        start("refused", &url_config("refused", &site.url("/"))).await?;
    assert_eq!(ask(&desktop, &window, &site).await?, refused());
    Ok(())
}

#[tokio::test]
async fn own_pages_have_what_is_granted_and_others_do_not() -> Result<()> {
    let (site, foreign) = (asking_site()?, asking_site()?);
    let page = format!(
        "{ASKING}<script>addEventListener('keydown', () => open('{}'))</script>",
        foreign.url("/")
    );
    site.page("/", Page::html(&page));
    let mut config = url_config("granted", &site.url("/"));
    config["navigation"] = json!({ "popups": "window" });
    config["web"] = json!({ "permissions": {
        "camera": true, "microphone": true, "geolocation": true, "notifications": true, "clipboardRead": true
    } });
    let (_app, desktop, _running, window) = start("granted", &config).await?;
    let granted = json!({
        "clipboard": "ok", "screen": "NotAllowedError", "notifications": "granted",
        "geolocation": "ok", "camera": "ok", "microphone": "ok",
    });
    assert_eq!(ask(&desktop, &window, &site).await?, granted);
    desktop.press(&["a"]).await?;
    let popup = desktop.wait_for_window("Asking", SOON).await?;
    assert_eq!(ask(&desktop, &popup, &foreign).await?, refused());
    Ok(())
}
