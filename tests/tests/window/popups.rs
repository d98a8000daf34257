//! Windows that pages open: they keep their opener, have no bridge, and follow `navigation.popups`.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, SOON, plain_site, url_config};

/// The opener: keeps what its pop-up tells.
const OPENER: &str = "<!doctype html><title>Opener</title>
    <script>addEventListener('message', (event) => { window.told = event.data })</script>
    <button id=open onclick=\"window.popup = open(this.dataset.to, 'popup', 'width=420,height=300')\">Sign in</button>";
/// The pop-up: tells its opener what it has, then closes at a word.
const POPUP: &str = "<!doctype html><title>Pop-up</title><h1>Pop-up</h1><script>
    addEventListener('message', (event) => { if (event.data === 'close') window.close() });
    // As an attacker would: take the key from Tauri's own script, and send by each way that there is.
    const { fetch } = window;
    let key;
    window.fetch = (_, options) => { key = options.headers.get('Tauri-Invoke-Key'); return Promise.reject(new Error('no')) };
    const args = { url: 'https://stolen.example/' };
    const internals = window.__TAURI_INTERNALS__;
    internals?.invoke('plugin:bridge|open_browser', args);
    window.webkit?.messageHandlers?.ipc?.postMessage(JSON.stringify({ cmd: 'plugin:bridge|open_browser', callback: 1, error: 2,
        payload: args, options: { headers: {} }, __TAURI_INVOKE_KEY__: key }));
    window.fetch = fetch;
    const told = (fast) => opener.postMessage({ opener: typeof opener, bridge: typeof window.Desktopr, fast }, '*');
    internals.invoke('plugin:bridge|core_version', {}).then(() => told('ok'), (refusal) => told(String(refusal.message || refusal)));
    </script>";
/// What a pop-up whose policy keeps the fast way shut can do: the same on the slow way, whose answers it never sees.
const SLOW_POPUP: &str = "<!doctype html><title>Pop-up</title><h1>Pop-up</h1><script>
    addEventListener('message', (event) => { if (event.data === 'close') window.close() });
    let key;
    window.fetch = (_, options) => { key = options.headers.get('Tauri-Invoke-Key'); return Promise.reject(new Error('no')) };
    const args = { url: 'https://stolen.example/' };
    window.__TAURI_INTERNALS__.invoke('plugin:bridge|open_browser', args);
    window.webkit.messageHandlers.ipc.postMessage(JSON.stringify({ cmd: 'plugin:bridge|open_browser', callback: 1, error: 2,
        payload: args, options: { headers: {} }, __TAURI_INVOKE_KEY__: key }));
    opener.postMessage({ opener: typeof opener, bridge: typeof window.Desktopr, fast: 'not allowed' }, '*');
    </script>";

async fn open_popup(config: &Value, to: &str) -> Result<(App, Desktop, Session)> {
    let (app, desktop) = (App::stamp(config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session
        .eval("document.getElementById('open').dataset.to = arguments[0]", vec![json!(to)])
        .await?;
    session.click("#open").await?;
    Ok((app, desktop, session))
}

fn opener() -> Result<Site> {
    let site = Site::start()?;
    site.page("/", Page::html(OPENER)).page("/popup", Page::html(POPUP));
    Ok(site)
}

async fn check_popup(config: &Value, to: &str) -> Result<()> {
    let (_app, desktop, session) = open_popup(config, to).await?;
    let told = session.wait_for("window.told", SOON).await?;
    assert_eq!((&told["opener"], &told["bridge"]), (&json!("object"), &json!("undefined")));
    assert!(told["fast"].as_str().unwrap_or_default().contains("not allowed"), "{told}");
    let window = desktop.wait_for_window("Pop-up", SOON).await?;
    // It appears before WebKit has told what size the page asked for.
    let is_asked = |window: &tests::desktop::Window| (window.width, window.height) == (420, 300);
    desktop
        .wait_for_state("of the size that the page asked for", window.id, is_asked, SOON)
        .await?;
    let windows = session.resolved(
        "return (await Desktopr.app.info()).windows.map((window) => window.label).sort()",
        vec![],
    );
    assert_eq!(windows.await?, json!(["main"]), "a pop-up is out of the page's reach");

    session.eval("window.popup.postMessage('close', '*')", vec![]).await?;
    desktop.wait_for_no_window(window.id, SOON).await?;
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_popup_of_the_own_origin_keeps_its_opener() -> Result<()> {
    let site = opener()?;
    check_popup(&url_config("popup-own", &site.url("/")), &site.url("/popup")).await
}

#[tokio::test]
async fn a_sign_in_popup_of_another_origin_keeps_its_opener() -> Result<()> {
    let (site, provider) = (opener()?, opener()?);
    let mut config = url_config("popup-login", &site.url("/"));
    config["navigation"] = json!({ "internal": [provider.origin()] });
    check_popup(&config, &provider.url("/popup")).await
}

#[tokio::test]
async fn other_popups_go_to_the_browser() -> Result<()> {
    let (site, other) = (opener()?, plain_site()?);
    let (_app, desktop, session) =
        open_popup(&url_config("popup-out", &site.url("/")), &other.url("/ad")).await?;
    desktop.wait_for_opened_url("browser", |url| url == other.url("/ad"), SOON).await?;
    assert_eq!(session.handles().await?.len(), 1);
    assert!(other.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn popups_can_be_windows_and_can_be_blocked() -> Result<()> {
    let (site, other) = (opener()?, opener()?);
    let mut config = url_config("popup-window", &site.url("/"));
    config["navigation"] = json!({ "popups": "window" });
    check_popup(&config, &other.url("/popup")).await?;

    config["app"]["id"] = "com.example.popup-block".into();
    config["navigation"] = json!({ "popups": "block" });
    let (_app, desktop, session) = open_popup(&config, &site.url("/popup")).await?;
    assert_eq!(session.wait_for("window.popup === null && 'refused'", SOON).await?, "refused");
    assert_eq!(desktop.windows()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_popup_cannot_reach_the_runtime_on_the_slow_way_either() -> Result<()> {
    let (site, provider) = (opener()?, opener()?);
    provider.page(
        "/popup",
        Page::html(SLOW_POPUP).csp("default-src 'none'; script-src 'unsafe-inline'"),
    );
    let mut config = url_config("popup-slow", &site.url("/"));
    config["navigation"] = json!({ "internal": [provider.origin()] });
    check_popup(&config, &provider.url("/popup")).await
}
