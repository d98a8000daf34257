//! How windows close: who is asked, how often, and what happens when nobody answers.

use std::time::{Duration, Instant};

use anyhow::Result;
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::{
    support::{App, PLAIN_PAGE, SOON},
    window_new::opening_config,
};

/// How long a page has to answer.
const DEADLINE: Duration = Duration::from_secs(3);

async fn open(id: &str) -> Result<(Site, App, Desktop, Session)> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE));
    let app = App::stamp(&opening_config(id, &site.url("/")), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    Ok((site, app, desktop, session))
}

#[tokio::test]
async fn a_page_keeps_its_window_each_time_whoever_closes_it() -> Result<()> {
    let (_site, _app, desktop, session) = open("close-veto").await?;
    let listen = "window.asked = 0; window.keep = true;
        window.unlisten = await Desktopr.window.onCloseRequested(async () => { asked += 1; return !keep })";
    session.resolved(listen, vec![]).await?;
    let window = desktop.wait_for_window("Test close-veto", SOON).await?;
    // The button of the frame, the keyboard, and the page itself.
    desktop.close(window.id)?;
    session.wait_for("asked === 1", SOON).await?;
    desktop.activate(window.id).await?;
    desktop.press(&["alt+F4"]).await?;
    session.wait_for("asked === 2", SOON).await?;
    session.resolved("await Desktopr.window.close()", vec![]).await?;
    session.wait_for("asked === 3", SOON).await?;
    // Twice at once is one question.
    desktop.close(window.id)?;
    session.wait_for("asked === 4", SOON).await?;
    assert_eq!(desktop.windows()?.len(), 1);

    session.eval("keep = false", vec![]).await?;
    desktop.close(window.id)?;
    session.wait_for_app_end(SOON).await.map(drop)
}

/// The page tells its server, and then answers nothing any more. Not before the driver has its own answer.
const HANG: &str = "setTimeout(() => {
    const request = new XMLHttpRequest();
    request.open('GET', '/hangs', false);
    request.send();
    for (;;);
}, 200)";

#[tokio::test]
async fn a_page_that_no_longer_listens_or_is_another_is_not_asked() -> Result<()> {
    for (id, end) in [("close-stop", "unlisten()"), ("close-reload", "location.reload()")] {
        let (site, _app, desktop, session) = open(id).await?;
        let listen = "window.unlisten = await Desktopr.window.onCloseRequested(() => false)";
        session.resolved(listen, vec![]).await?;
        let window = desktop.wait_for_window(&format!("Test {id}"), SOON).await?;
        session.eval(end, vec![]).await?;
        session
            .wait_for(
                "document.readyState === 'complete' && !(window.stop && location.reload === null)",
                SOON,
            )
            .await?;
        if id == "close-reload" {
            session.wait_for("window.unlisten === undefined", SOON).await?;
        } else {
            // Behind the call that takes the listener back. It could not answer, and nobody waits for it.
            session.resolved("await Desktopr.window.getInfo()", vec![]).await?;
            session.eval(HANG, vec![]).await?;
            site.wait_for_request("the hang", |request| request.path == "/hangs", SOON).await?;
        }
        let asked = Instant::now();
        desktop.close(window.id)?;
        session.wait_for_app_end(SOON).await?;
        assert!(asked.elapsed() < DEADLINE, "{id}: it waited for an answer");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_hangs_keeps_its_window_for_three_seconds_and_no_other_window() -> Result<()> {
    let (_site, _app, desktop, session) = open("close-hang").await?;
    let new = session.resolved("await Desktopr.window.new({ label: 'b', title: 'B' })", vec![]);
    let other = session.opened_by(new, SOON).await?;
    session.switch_to(&other).await?;
    session.resolved("await Desktopr.window.onCloseRequested(() => { for (;;); })", vec![]).await?;
    let window = desktop.wait_for_window("B", SOON).await?;
    let asked = Instant::now();
    desktop.close(window.id)?;
    desktop.wait_for_no_window(window.id, SOON).await?;
    let waited = asked.elapsed();
    assert!(waited >= DEADLINE && waited < DEADLINE * 3, "{waited:?}");

    // The label is free again, and the other window closes at once.
    let main = session.handles().await?.remove(0);
    session.switch_to(&main).await?;
    session.resolved("await Desktopr.window.new({ label: 'b', title: 'B' })", vec![]).await?;
    let window = desktop.wait_for_window("B", SOON).await?;
    let asked = Instant::now();
    session.resolved("await Desktopr.window.close('b')", vec![]).await?;
    desktop.wait_for_no_window(window.id, SOON).await?;
    assert!(asked.elapsed() < DEADLINE);
    Ok(())
}

#[tokio::test]
async fn the_app_ends_with_its_last_window_and_a_page_can_close_its_own() -> Result<()> {
    let (_site, _app, desktop, session) = open("close-last").await?;
    let new = session.resolved("await Desktopr.window.new({ label: 'b', title: 'B' })", vec![]);
    let other = session.opened_by(new, SOON).await?;
    let main = desktop.wait_for_window("Test close-last", SOON).await?;
    desktop.close(main.id)?;
    desktop.wait_for_no_window(main.id, SOON).await?;
    session.switch_to(&other).await?;
    assert_eq!(session.resolved("return (await Desktopr.window.list()).length", vec![]).await?, 1);
    // The web's own way. No script opened this window, and its history is short: the toolkit allows it.
    session.eval("setTimeout(() => window.close())", vec![]).await?;
    session.wait_for_app_end(SOON).await.map(drop)
}
