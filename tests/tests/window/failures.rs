//! What a window shows when it cannot show its page: no connection, no trust, a crash.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::{
    desktop::Desktop,
    picture::{self, has_color, not_blank},
    process::{self, web_processes},
    servers::{Page, Request, Site},
    webdriver::{Launch, Session},
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, plain_site, url_config};

/// Is this a page of the runtime's about this kind of failure?
fn shows(kind: &str) -> String {
    format!("document.documentElement.dataset.failure === '{kind}'")
}

/// A port where nobody listens.
fn silent_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

async fn text(session: &Session) -> Result<String> {
    let text = session.eval("return document.body.innerText", vec![]).await?;
    Ok(text.as_str().context("a page has text")?.to_owned())
}

/// Keeps a picture of the one window, once it shows something.
async fn keep_picture(desktop: &Desktop, name: &str) -> Result<()> {
    let window = desktop.windows()?.pop().context("there is a window")?;
    let picture = desktop.wait_for_picture("a page", window.id, not_blank, SOON).await?;
    picture::keep(&picture, name).map(drop)
}

#[tokio::test]
async fn an_app_without_a_connection_says_so_and_comes_back_by_itself() -> Result<()> {
    let port = silent_port()?;
    let config = url_config("offline", &format!("http://127.0.0.1:{port}/start"));
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session.wait_for(&shows("offline"), SOON).await?;
    assert_eq!(session.eval("return document.documentElement.lang", vec![]).await?, "en");
    let text = text(&session).await?;
    assert!(text.contains("127.0.0.1 cannot be reached") && text.contains("Try again"), "{text}");
    // It has no origin and no bridge.
    let has = "return [location.href, origin, typeof window.Desktopr]";
    assert_eq!(session.eval(has, vec![]).await?, json!(["about:blank", "null", "undefined"]));
    assert_eq!(session.eval("return document.activeElement.localName", vec![]).await?, "button");
    keep_picture(&desktop, "failures-offline").await?;

    let site = Site::start_at(port)?;
    site.page("/start", Page::html(PLAIN_PAGE));
    session.wait_for("document.title === 'Plain'", SOON).await?;
    assert_eq!(session.url().await?, site.url("/start"));
    assert_eq!(
        session.resolved("return (await Desktopr.app.info()).name", vec![]).await?,
        "Test offline"
    );
    Ok(())
}

#[tokio::test]
async fn the_button_tries_again_in_the_users_language() -> Result<()> {
    let (site, port) = (Site::start()?, silent_port()?);
    let page = format!(
        "<!doctype html><title>Home</title><a id=next href='http://127.0.0.1:{port}/'>next</a>"
    );
    site.page("/", Page::html(&page));
    let mut config = url_config("retry", &site.url("/"));
    config["navigation"] = json!({ "internal": [format!("http://127.0.0.1:{port}")] });
    config["window"] = json!({ "theme": "dark", "backgroundColor": { "dark": "#102030" } });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let launch = Launch::new(app.binary()).env("LANGUAGE", "de_AT:de");
    let session =
        Session::open(&desktop, &launch.env("LC_ALL", "C.UTF-8").env("LANG", "de_DE.UTF-8"))
            .await?;
    session.click("#next").await?;
    session.wait_for(&shows("offline"), SOON).await?;
    let shown = text(&session).await?;
    let back = session
        .eval("return getComputedStyle(document.documentElement).backgroundColor", vec![])
        .await?;
    keep_picture(&desktop, "failures-offline-dark").await?;
    assert_eq!(back, "rgb(16, 32, 48)");
    assert!(
        shown.contains("ist nicht erreichbar") && shown.contains("Erneut versuchen"),
        "{shown}"
    );
    let other = Site::start_at(port)?;
    other.page("/", Page::html(PLAIN_PAGE));
    session.click("button").await?;
    session.wait_for("document.title === 'Plain'", SOON).await?;
    let length = session.eval("return history.length", vec![]).await?;
    assert_eq!(length, 2, "the page about the failure left nothing behind");
    Ok(())
}

#[tokio::test]
async fn a_load_that_is_called_off_shows_no_failure() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    site.page(
        "/file",
        Page::bytes("application/x-unknown", b"data").header("content-disposition", "attachment"),
    );
    site.page("/empty", Page::text("").status(204));
    let (app, desktop) = (
        App::stamp(&url_config("called-off", &site.url("/")), &[]).await?,
        Desktop::start().await?,
    );
    let session = app.open(&desktop).await?;
    session.eval("window.mark = 1; location = '/file'", vec![]).await?;
    site.wait_for_request("the download", |request| request.path == "/file", SOON).await?;
    session.eval("location = '/empty'", vec![]).await?;
    site.wait_for_request("nothing", |request| request.path == "/empty", SOON).await?;
    session.eval("location = arguments[0]", vec![json!(other.url("/away"))]).await?;
    desktop.wait_for_opened_url("browser", |url| url == other.url("/away"), SOON).await?;
    session.eval("location = '/slow'; setTimeout(() => stop())", vec![]).await?;
    session.wait_for("(await Desktopr.app.info()).name === 'Test called-off'", SOON).await?;
    assert_eq!(
        session.eval("return [document.title, window.mark]", vec![]).await?,
        json!(["Plain", 1])
    );
    assert!(!session.app_output()?.contains("failed to load"), "{}", session.app_output()?);
    Ok(())
}

#[tokio::test]
async fn a_bad_certificate_is_explained_and_cannot_be_passed() -> Result<()> {
    let (site, secure) = (Site::start()?, Site::start_tls()?);
    secure.page("/", Page::html(PLAIN_PAGE));
    let page =
        format!("<!doctype html><title>Home</title><a id=next href='{}'>next</a>", secure.url("/"));
    site.page("/", Page::html(&page));
    let mut config = url_config("untrusted", &site.url("/"));
    config["navigation"] = json!({ "internal": [secure.origin()] });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session.click("#next").await?;
    session.wait_for(&shows("tls"), SOON).await?;
    let text = text(&session).await?;
    keep_picture(&desktop, "failures-tls").await?;
    for part in [
        "is not secure",
        "127.0.0.1 could not prove",
        "Nobody whom this computer trusts",
        "Issued by",
        "rcgen",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(
        session.eval("return document.querySelectorAll('a, button').length", vec![]).await?,
        1
    );
    session.click("button").await?;
    session.wait_for(&shows("tls"), SOON).await?;
    assert!(secure.requests().is_empty(), "nothing was asked of it");
    Ok(())
}

/// Waits until the page has told that it is there for the `count`th time.
async fn wait_for_ping(site: &Site, count: usize) -> Result<()> {
    let is_it = |request: &Request| request.path == "/ping" && request.query == count.to_string();
    site.wait_for_request(&format!("ping {count}"), is_it, SOON).await.map(drop)
}

#[tokio::test]
async fn a_page_that_crashes_comes_back_three_times_and_then_asks() -> Result<()> {
    for (id, local) in [("crash", false), ("crash-packed", true)] {
        let site = Site::start()?;
        site.page("/ping", Page::text("pong"));
        let page = format!(
            "<!doctype html><title>Page</title><h1>Page</h1><script>
             localStorage.count = Number(localStorage.count || 0) + 1;
             fetch('{}?' + localStorage.count, {{ mode: 'no-cors' }})</script>",
            site.url("/ping")
        );
        site.page("/", Page::html(&page));
        let mut config = if local { packed_config(id) } else { url_config(id, &site.url("/")) };
        if local {
            config["content"]["csp"] = "default-src * 'unsafe-inline'".into();
        }
        config["window"] = json!({ "theme": "dark", "backgroundColor": { "dark": "#102030" } });
        let app = App::stamp(&config, &[("web/index.html", &page)]).await?;
        let desktop = Desktop::start().await?;
        // Not under WebDriver, whose session ends with the page's process.
        let running = desktop.spawn(app.binary(), &[])?;
        let window = desktop.wait_for_window(&format!("Test {id}"), SOON).await?;
        for count in 1..=4 {
            wait_for_ping(&site, count).await?;
            let pids = web_processes(running.pid())?;
            assert_eq!(pids.len(), 1, "one process for the one window: {pids:?}");
            process::kill(pids[0])?;
        }
        let is_dark = |picture: &_| has_color(picture, [0x10, 0x20, 0x30], 8, 0.9);
        desktop.wait_for_picture("the page about it", window.id, is_dark, SOON).await?;
        keep_picture(&desktop, "failures-crashed").await?;
        // The button has the focus.
        desktop.activate(window.id).await?;
        desktop.press(&["Return"]).await?;
        wait_for_ping(&site, 5).await?;
        let (_, log) = running.output_so_far()?;
        assert_eq!(log.matches("the process of the page ended").count(), 4, "{log}");
    }
    Ok(())
}

#[tokio::test]
async fn a_self_test_still_tells_of_an_app_that_cannot_be_reached() -> Result<()> {
    let url = format!("http://127.0.0.1:{}/", silent_port()?);
    let app = App::stamp(&url_config("offline-test", &url), &[]).await?;
    let (code, outcome) = app.self_test(&Desktop::start().await?, "20").await?;
    assert_eq!(code, 1, "{outcome}");
    assert!(outcome["error"].as_str().unwrap_or_default().contains("failed to load"), "{outcome}");
    Ok(())
}
