//! Events between windows and from the runtime: who gets them, and that nobody can forge them.

use anyhow::Result;
use serde_json::json;
use tests::desktop::Desktop;

use crate::support::{App, SOON, plain_site, raw_call, url_config};

#[tokio::test]
async fn native_events_cannot_be_forged() -> Result<()> {
    let site = plain_site()?;
    let (app, desktop) =
        (App::stamp(&url_config("forge", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session.resolved("window.got = []; await Desktopr.events.onWindow('focus', (payload) => got.push(payload))", vec![]).await?;
    for command in ["events_emit", "events_emit_to_all"] {
        let args = json!({ "event": "window:focus", "payload": { "label": "forged" } });
        let refused = raw_call(&session, &format!("plugin:bridge|{command}"), args).await?;
        assert!(refused.contains("the name of a native event"), "{command}: {refused}");
    }
    let refused =
        raw_call(&session, "plugin:event|emit", json!({ "event": "window:focus", "payload": 1 }))
            .await?;
    assert_ne!(refused, "ok");

    // A real one still arrives: the window loses the focus and gets it back.
    let window = desktop.wait_for_window("Test forge", SOON).await?;
    session.resolved("await Desktopr.window.minimize()", vec![]).await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;
    desktop.activate(window.id).await?;
    assert_eq!(
        session.wait_for("got.length > 0 && got", SOON).await?[0],
        json!({ "label": "main" })
    );
    Ok(())
}

#[tokio::test]
async fn a_page_that_reloads_listens_again() -> Result<()> {
    let site = plain_site()?;
    let (app, desktop) =
        (App::stamp(&url_config("reload", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    for _ in 0..2 {
        let script =
            "const got = new Promise((resolve) => Desktopr.events.on('test:a', resolve).then(
                          () => Desktopr.events.emit('test:a', 'heard')));
                      return await got";
        assert_eq!(session.resolved(script, vec![]).await?, "heard");
        session.goto(&site.url("/")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_large_event_arrives_whole_under_a_strict_policy() -> Result<()> {
    let site = tests::servers::Site::start()?;
    site.page(
        "/",
        tests::servers::Page::html(crate::support::PLAIN_PAGE).csp("default-src 'self'"),
    );
    let (app, desktop) =
        (App::stamp(&url_config("large", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let script = "const text = 'é'.repeat(200000);
                  const got = new Promise((resolve) => Desktopr.events.on('test:a', resolve).then(
                      () => Desktopr.events.emit('test:a', { text })));
                  return (await got).text === text";
    assert_eq!(session.resolved(script, vec![]).await?, true);
    Ok(())
}
