//! Sessions, with WebKit's MiniBrowser as the app.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tests::desktop::Desktop;
use tests::picture::{has_color, keep, not_blank};
use tests::servers::{Gate, Page, Site};
use tests::webdriver::{Launch, Session};

use crate::{LIMIT, SHORT};

/// `/usr/lib/<multiarch>/webkit2gtk-4.1/MiniBrowser`, of the package that every Tauri app depends
/// on.
fn mini_browser() -> Result<Launch> {
    let found = fs_err::read_dir("/usr/lib")?
        .filter_map(|entry| Some(entry.ok()?.path().join("webkit2gtk-4.1/MiniBrowser")))
        .find(|path| path.exists());
    let path: PathBuf = found.context("no MiniBrowser: install libwebkit2gtk-4.1-0")?;
    Ok(Launch::new(path).arg("--automation"))
}

#[tokio::test]
async fn pages_are_driven_and_seen() -> Result<()> {
    let desktop = Desktop::start().await?;
    let site = Site::start()?;
    let html = "<title>Seen</title><body style='background:#123456'><h1 style='color:#fff'>Hello</h1><input id=i>";
    site.page("/", Page::html(html));
    let session = Session::open(&desktop, &mini_browser()?).await?;
    ensure!(session.goto(&site.url("/")).await? == site.url("/"));
    ensure!(session.title().await? == "Seen");
    let page = session.screenshot().await?;
    not_blank(&page)?;
    has_color(&page, [0x12, 0x34, 0x56], 0, 0.9)?;

    let window =
        desktop.wait_for_windows("a window", |windows| windows.first().cloned(), LIMIT).await?;
    ensure!(window.pid == Some(session.app_pid()?), "{window:?}");
    desktop.activate(window.id).await?;
    let blue = |picture: &_| has_color(picture, [0x12, 0x34, 0x56], 0, 0.5);
    let seen = desktop.wait_for_picture("blue", window.id, blue, LIMIT).await?;
    keep(&seen, "harness-page")?;
    session.eval("document.querySelector('#i').focus()", vec![]).await?;
    desktop.type_text("typed").await?;
    session.wait_for("document.querySelector('#i').value === 'typed'", LIMIT).await?;
    Ok(())
}

#[tokio::test]
async fn scripts_give_values_rejections_and_errors() -> Result<()> {
    let desktop = Desktop::start().await?;
    let site = Site::start()?;
    site.page("/", Page::html("<title>strict</title>").csp("default-src 'self'"));
    let session = Session::open(&desktop, &mini_browser()?).await?;
    session.goto(&site.url("/")).await?;

    let sum = session
        .resolved("const [a, b] = arguments; await null; return a + b", vec![json!(1), json!(2)]);
    ensure!(sum.await? == json!(3));
    ensure!(session.resolved("", vec![]).await? == json!(null));
    ensure!(
        session.eval("return arguments[0].x", vec![json!({"x": [1, "two"]})]).await?
            == json!([1, "two"])
    );

    let typed =
        "throw Object.assign(new TypeError('why'), {code: 'a/b', module: 'a', details: {n: 1}})";
    let typed = session.rejected(typed, vec![]).await?;
    ensure!(
        (typed.name.as_deref(), typed.code.as_deref()) == (Some("TypeError"), Some("a/b")),
        "{typed:?}"
    );
    ensure!((typed.message.as_str(), typed.details) == ("why", Some(json!({"n": 1}))));
    let plain = session.rejected("await Promise.reject('just text')", vec![]).await?;
    ensure!((plain.code, plain.message.as_str()) == (None, "just text"));

    let error = session.rejected("return 5", vec![]).await.err().context("a value passes")?;
    ensure!(error.to_string() == "`return 5` was not rejected, it gave: 5", "{error}");
    let error = session.eval("return nowhere.x", vec![]).await.err().context("no exception")?;
    ensure!(format!("{error:#}").contains("Can't find variable: nowhere"), "{error:#}");
    Ok(())
}

#[tokio::test]
async fn waits_survive_navigation_and_say_what_they_saw() -> Result<()> {
    let desktop = Desktop::start().await?;
    let (site, gate) = (Site::start()?, Gate::default());
    site.page("/", Page::html("<title>one</title>"));
    site.page("/two", Page::html("<title>two</title>").behind(&gate));
    let session = Session::open(&desktop, &mini_browser()?).await?;
    session.goto(&site.url("/")).await?;
    session.eval("setTimeout(() => location.assign('/two'))", vec![]).await?;
    let opening = async {
        site.wait_for_request("page two", |request| request.path == "/two", LIMIT).await?;
        gate.open();
        anyhow::Ok(())
    };
    tokio::try_join!(
        session.wait_for("document.title === 'two' && document.body", LIMIT),
        opening
    )?;

    let error =
        session.wait_for("document.title === 'three'", SHORT).await.err().context("no error")?;
    let expected = format!("last answer: false; page: {}", site.url("/two"));
    ensure!(error.to_string().ends_with(&expected), "{error}");
    let error = session.wait_for("missing.value", SHORT).await.err().context("no error")?;
    ensure!(error.to_string().contains("ReferenceError: Can't find variable: missing"), "{error}");
    Ok(())
}

#[tokio::test]
async fn windows_and_frames_of_other_origins_are_driven() -> Result<()> {
    let desktop = Desktop::start().await?;
    let (site, other) = (Site::start()?, Site::start()?);
    other.page("/", Page::html("<title>other</title><p id=p>inside"));
    let html = format!(
        "<iframe id=f src='{0}'></iframe><button onclick=\"window.open('{0}', '', 'width=300,height=200')\">open",
        other.localhost_url("/"),
    );
    site.page("/", Page::html(&html));
    let session = Session::open(&desktop, &mini_browser()?).await?;
    session.goto(&site.url("/")).await?;

    session.enter_frame("#f").await?;
    ensure!(session.url().await? == other.localhost_url("/"));
    ensure!(session.eval("return p.textContent", vec![]).await? == json!("inside"));
    session.leave_frame().await?;
    ensure!(session.url().await? == site.url("/"));

    let main = session.handle().await?;
    let popup = session.opened_by(session.click("button"), LIMIT).await?;
    session.switch_to(&popup).await?;
    session.wait_for("document.title === 'other'", LIMIT).await?;
    ensure!(session.eval("return !!window.opener", vec![]).await? == json!(true));
    session.close_window().await?;
    let error = session.title().await.err().context("a closed window has a title")?;
    ensure!(
        format!("{error:#}").starts_with("failed to read the title: no such window"),
        "{error:#}"
    );
    session.wait_for_handle_count(1, LIMIT).await?;
    session.switch_to(&main).await?;
    let error = session.opened_by(async { Ok(()) }, SHORT).await.err().context("no error")?;
    ensure!(
        format!("{error:#}").starts_with("no window was opened: after 300ms the windows are"),
        "{error:#}"
    );
    Ok(())
}

#[tokio::test]
async fn a_self_signed_site_is_opened_only_on_demand() -> Result<()> {
    let desktop = Desktop::start().await?;
    let site = Site::start_tls()?;
    site.page("/", Page::html("<title>safe</title>"));
    let open = mini_browser()?.accept_insecure_certs();
    let (open, shut) = tokio::try_join!(async { Session::open(&desktop, &open).await }, async {
        Session::open(&desktop, &mini_browser()?).await
    })?;
    for url in [site.url("/"), site.localhost_url("/")] {
        open.goto(&url).await?;
        ensure!(open.title().await? == "safe");
        shut.goto(&url).await?;
        ensure!(shut.title().await? != "safe", "the certificate was accepted");
    }
    Ok(())
}

#[tokio::test]
async fn the_end_of_the_app_is_told() -> Result<()> {
    let desktop = Desktop::start().await?;
    let failing = Launch::new("/bin/sh").arg("-c").arg("echo sorry >&2; exit 4");
    let error = Session::open(&desktop, &failing).await.err().context("no error")?;
    let expected = "sorry: the app has ended at its start, with exit code 4";
    ensure!(format!("{error:#}").ends_with(expected), "{error:#}");
    let error =
        Session::open(&desktop, &Launch::new("/no/such/app")).await.err().context("no error")?;
    ensure!(format!("{error:#}").contains("/no/such/app: not found"), "{error:#}");

    let session = Session::open(&desktop, &mini_browser()?).await?;
    let window =
        desktop.wait_for_windows("a window", |windows| windows.first().cloned(), LIMIT).await?;
    desktop.close(window.id)?;
    ensure!(session.wait_for_app_end(LIMIT).await? == 0);
    desktop.wait_for_no_window(window.id, LIMIT).await?;
    let error = session.title().await.err().context("no error")?;
    ensure!(
        error
            .to_string()
            .starts_with("the app has ended, with exit code 0, before: read the title"),
        "{error}"
    );
    Ok(())
}
