//! What leaves the window and what does not: schemes, redirects, forms, modified clicks, and the event that tells of it.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, PLAIN_PAGE, SOON, plain_site, url_config};

/// Keeps the events about refused navigations in `window.blocked`.
const LISTEN: &str = "window.blocked = [];
    await Desktopr.events.on('navigation:blocked', (payload) => window.blocked.push(payload))";

async fn open(config: &Value) -> Result<(App, Desktop, Session)> {
    let (app, desktop) = (App::stamp(config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session.resolved(LISTEN, vec![]).await?;
    Ok((app, desktop, session))
}

/// The next event of a refused navigation.
async fn blocked(session: &Session) -> Result<Value> {
    session.wait_for("window.blocked.shift()", SOON).await
}

fn event(url: &str, reason: &str, action: &str) -> Value {
    json!({ "label": "main", "url": url, "reason": reason, "action": action })
}

#[tokio::test]
async fn mail_and_calls_go_to_the_systems_program_however_the_page_asks() -> Result<()> {
    let site = Site::start()?;
    site.page(
        "/",
        Page::html(
            "<!doctype html><title>Home</title><a id=link href='mailto:link@example.com'>mail</a>
             <form action='mailto:form@example.com' method=get><button id=form>send</button></form>
             <button id=open onclick=\"window.open('tel:+4930')\">call</button>",
        ),
    );
    site.redirect("/mail", "mailto:redirect@example.com?attach=/etc/passwd&subject=x");
    let (_app, desktop, session) = open(&url_config("mailto", &site.url("/"))).await?;

    session.click("#link").await?;
    desktop.wait_for_opened_url("mail", |url| url == "mailto:link@example.com", SOON).await?;
    assert_eq!(blocked(&session).await?, event("mailto:link@example.com", "scheme", "browser"));

    session.eval("location = 'mailto:script@example.com'", vec![]).await?;
    desktop.wait_for_opened_url("mail", |url| url == "mailto:script@example.com", SOON).await?;
    session.click("#form").await?;
    desktop.wait_for_opened_url("mail", |url| url.starts_with("mailto:form@"), SOON).await?;
    session.click("#open").await?;
    desktop.wait_for_opened_url("phone", |url| url == "tel:+4930", SOON).await?;
    session.eval("location = '/mail'", vec![]).await?;
    desktop
        .wait_for_opened_url("mail", |url| url == "mailto:redirect@example.com?subject=x", SOON)
        .await?;
    assert_eq!(session.url().await?, site.url("/"));
    assert_eq!(session.handles().await?.len(), 1);

    // By now as many programs as a page may start have been started.
    session
        .eval("for (let i = 0; i < 20; i += 1) open('mailto:flood@example.com')", vec![])
        .await?;
    session.eval("location = 'mailto:flood@example.com'", vec![]).await?;
    session
        .wait_for("window.blocked.some(({ url, action }) => url.includes('flood') && action === 'blocked')", SOON)
        .await?;
    assert_eq!(desktop.opened_urls()?.len(), 5);
    Ok(())
}

#[tokio::test]
async fn other_schemes_open_nothing() -> Result<()> {
    let site = plain_site()?;
    site.redirect("/smb", "smb://server/share");
    let (_app, desktop, session) = open(&url_config("schemes", &site.url("/"))).await?;
    for url in ["ms-msdt:/id", "vbscript:x", "smb://server/share", "custom://x"] {
        session.eval("location = arguments[0]", vec![json!(url)]).await?;
        assert_eq!(blocked(&session).await?, event(url, "scheme", "blocked"));
    }
    // WebKit itself keeps files from pages of the web, without a word to anybody.
    session.eval("location = 'file:///etc/passwd'", vec![]).await?;
    // A frame cannot either.
    let frame = "document.body.append(Object.assign(document.createElement('iframe'), { src: 'custom://frame' }))";
    session.eval(frame, vec![]).await?;
    assert_eq!(blocked(&session).await?, event("custom://frame", "scheme", "blocked"));
    session.eval("location = '/smb'", vec![]).await?;
    assert_eq!(blocked(&session).await?, event("smb://server/share", "scheme", "blocked"));
    assert_eq!(session.url().await?, site.url("/"));
    assert_eq!(session.eval("return document.title", vec![]).await?, "Plain");
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn an_internal_path_counts_for_links_redirects_forms_and_windows() -> Result<()> {
    let (site, other) = (Site::start()?, Site::start()?);
    let page = format!(
        "<!doctype html><title>Home</title>
         <a id=in href='{0}/docs/a'>in</a> <a id=beside href='{0}/private?secret=1'>beside</a>
         <form id=form action='{0}/docs/form' method=post><button id=send>send</button></form>
         <form action='{0}/private' method=post><button id=leak>leak</button></form>
         <button id=open onclick=\"window.open('{0}/docs/popup')\">open</button>
         <button id=away onclick=\"window.open('{0}/private')\">away</button>",
        other.origin()
    );
    site.page("/", Page::html(&page)).redirect("/redirect", &other.url("/docs/a"));
    site.redirect("/leave", &other.url("/private?secret=1"));
    let docs = "<!doctype html><title>Docs</title>";
    for path in ["/docs/a", "/docs/form", "/docs/popup"] {
        other.page(path, Page::html(docs));
    }
    let mut config = url_config("paths", &site.url("/"));
    config["navigation"] = json!({ "internal": [format!("{}/docs/*", other.origin())] });
    let (_app, desktop, session) = open(&config).await?;
    for action in ["#in", "/redirect", "#send"] {
        match action.starts_with('#') {
            true => session.click(action).await?,
            false => drop(session.eval("location = arguments[0]", vec![json!(action)]).await?),
        }
        session.wait_for("document.title === 'Docs'", SOON).await?;
        session.goto(&site.url("/")).await?;
    }
    let popup = session.opened_by(session.click("#open"), SOON).await?;
    session.switch_to(&popup).await?;
    session.wait_for("document.title === 'Docs'", SOON).await?;
    session.close_window().await?;
    let handles = session.handles().await?;
    session.switch_to(&handles[0]).await?;

    session.resolved(LISTEN, vec![]).await?;
    let (private, away) = (other.url("/private"), "external-blocked");
    session.click("#beside").await?;
    assert_eq!(blocked(&session).await?, event(&private, away, "browser"));
    session.eval("location = '/leave'", vec![]).await?;
    assert_eq!(blocked(&session).await?, event(&private, away, "browser"));
    session.click("#away").await?;
    assert_eq!(blocked(&session).await?, event(&private, "popup", "browser"));
    // What was posted does not get to the browser; the address does.
    session.click("#leak").await?;
    assert_eq!(blocked(&session).await?, event(&private, away, "browser"));
    let opened = desktop.opened_urls()?;
    assert_eq!(opened.iter().filter(|url| url.starts_with(&private)).count(), 4, "{opened:?}");
    assert_eq!(session.url().await?, site.url("/"));
    Ok(())
}

#[tokio::test]
async fn clicks_that_ask_for_a_window_follow_the_popup_policy() -> Result<()> {
    let (site, other) = (Site::start()?, plain_site()?);
    let page =
        format!("<!doctype html><title>Home</title><a id=out href='{}'>out</a>", other.url("/out"));
    site.page("/", Page::html(&page));
    let mut config = url_config("clicks", &site.url("/"));
    config["navigation"] = json!({ "popups": "block" });
    let (_app, desktop, session) = open(&config).await?;
    let click = "document.getElementById('out').dispatchEvent(
        new MouseEvent(arguments[0], { bubbles: true, cancelable: true, composed: true, ...arguments[1] }))";
    for (kind, options) in [
        ("click", json!({ "ctrlKey": true })),
        ("click", json!({ "shiftKey": true })),
        ("auxclick", json!({ "button": 1 })),
    ] {
        session.eval(click, vec![json!(kind), options]).await?;
        assert_eq!(blocked(&session).await?, event(&other.url("/out"), "popup", "blocked"));
    }
    assert!(other.requests().is_empty());
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_sign_in_popup_returns_to_the_app_and_closes_itself() -> Result<()> {
    let (site, provider) = (Site::start()?, Site::start()?);
    site.page(
        "/",
        Page::html(
            "<!doctype html><title>App</title>
             <script>addEventListener('message', (event) => { window.signedIn = [event.origin, event.data] })</script>
             <button id=in onclick=\"window.open('/begin', 'login', 'width=400,height=300')\">Sign in</button>",
        ),
    );
    site.redirect("/begin", &provider.url("/authorize"));
    provider.page(
        "/authorize",
        Page::html("<!doctype html><title>Provider</title><form action=/consent method=post><button>Yes</button></form>
            <script>setTimeout(() => document.querySelector('form').submit())</script>"),
    );
    provider.redirect("/consent", &site.url("/callback?code=42"));
    site.page(
        "/callback",
        Page::html(
            "<!doctype html><title>Done</title>
             <script>opener.postMessage(new URLSearchParams(location.search).get('code'), origin); window.close()</script>",
        ),
    );
    let mut config = url_config("popup-return", &site.url("/"));
    config["navigation"] = json!({ "internal": [provider.origin()] });
    let (_app, desktop, session) = open(&config).await?;
    session.click("#in").await?;
    assert_eq!(session.wait_for("window.signedIn", SOON).await?, json!([site.origin(), "42"]));
    let is_alone = |windows: &[tests::desktop::Window]| (windows.len() == 1).then_some(());
    desktop.wait_for_windows("the pop-up to close", is_alone, SOON).await?;
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn nothing_leaves_an_app_that_blocks_what_is_outside() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    other.page("/", Page::html(PLAIN_PAGE));
    let mut config = url_config("closed", &site.url("/"));
    config["navigation"] = json!({ "external": "block" });
    let (_app, desktop, session) = open(&config).await?;
    for (url, reason) in
        [("mailto:a@example.com".to_owned(), "scheme"), (other.url("/"), "external-blocked")]
    {
        session.eval("location = arguments[0]", vec![json!(url)]).await?;
        assert_eq!(blocked(&session).await?, event(&url, reason, "blocked"));
    }
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}
