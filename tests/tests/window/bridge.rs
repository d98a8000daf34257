//! Every function of the bridge, from the page: on a free page, on one with a policy that blocks Tauri's fast path, and in a
//! pack.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, url_config};

/// The policy under which a page may fetch from its own origin only.
const STRICT: &str = "default-src 'self'";

#[tokio::test]
async fn every_function_works_on_a_free_page() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE));
    let app = App::stamp(&url_config("free", &site.url("/")), &[]).await?;
    check_every_function(&app).await
}

#[tokio::test]
async fn every_function_works_under_a_strict_policy() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE).csp(STRICT));
    let app = App::stamp(&url_config("strict", &site.url("/")), &[]).await?;
    check_every_function(&app).await
}

#[tokio::test]
async fn every_function_works_in_a_pack() -> Result<()> {
    let app = App::stamp(&packed_config("packed"), &[("web/index.html", PLAIN_PAGE)]).await?;
    check_every_function(&app).await
}

async fn check_every_function(app: &App) -> Result<()> {
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    check_top_level(&session, &desktop).await?;
    check_app(&session).await?;
    check_events(&session).await?;
    check_window(&session, &desktop).await
}

async fn check_top_level(session: &Session, desktop: &Desktop) -> Result<()> {
    let facts = session
        .resolved(
            "await Desktopr.ready;
             const late = await new Promise((resolve) => Desktopr.onReady(() => resolve(true)));
             return { available: Desktopr.isAvailable, desktop: Desktopr.isDesktop, api: Desktopr.apiVersion, late,
                      close: Desktopr.supports('window.close'), deeplink: Desktopr.supports('events.onDeeplink'),
                      tauri: typeof window.__TAURI__, raw: typeof Desktopr.invoke }",
            vec![],
        )
        .await?;
    let expected = json!({ "available": true, "desktop": true, "api": "1.0.0", "late": true, "close": true,
                           "deeplink": false, "tauri": "undefined", "raw": "undefined" });
    assert_eq!(facts, expected);

    session.resolved("await Desktopr.openBrowser('https://example.com/a?b#c')", vec![]).await?;
    desktop.wait_for_opened_url("browser", |url| url == "https://example.com/a?b#c", SOON).await?;
    for url in ["file:///etc/passwd", "javascript:alert(1)", "no url", "tel:123"] {
        let refused =
            session.rejected("await Desktopr.openBrowser(arguments[0])", vec![json!(url)]).await?;
        assert_eq!(refused.code.as_deref(), Some("bridge/invalid-url"), "{url}");
        assert_eq!(refused.name.as_deref(), Some("DesktoprError"));
    }
    Ok(())
}

async fn check_app(session: &Session) -> Result<()> {
    let info = session.resolved("return await Desktopr.app.info()", vec![]).await?;
    assert_eq!(info["os"], "linux");
    assert!(["x64", "arm64"].contains(&info["arch"].as_str().unwrap_or_default()), "{info}");
    assert_eq!(info["version"], "0.1.0");
    assert_eq!(info["is_debug"], false);
    assert_eq!(info["has_main_window"], true);
    assert_eq!(info["pid"], json!(session.app_pid()?));
    assert_eq!(info["windows"][0]["label"], "main");
    assert_eq!(info["screens"][0]["width"], 1280);
    for path in ["exec_path", "exec_dir", "current_dir", "temp_dir"] {
        assert_eq!(info.get(path), None, "host paths stay on the host: {info}");
    }
    let refused = session.rejected("await Desktopr.app.exit('soon')", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("bridge/invalid-argument"));
    Ok(())
}

async fn check_events(session: &Session) -> Result<()> {
    let got = session
        .resolved(
            "const got = [];
             const stop = await Desktopr.events.on('test:a', (payload) => got.push(['on', payload]));
             await Desktopr.events.onMany(['test:a', 'test:b'], (name, payload) => got.push([name, payload]));
             const once = Desktopr.events.once('test:end');
             await Desktopr.events.emit('test:a', { n: 1 });
             await Desktopr.events.emitToAll('test:b', [2]);
             await Desktopr.events.emitTo('main', 'test:a');
             await Desktopr.events.emit('test:end', 'end');
             const end = await once;
             stop();
             return { got, end }",
            vec![],
        )
        .await?;
    let expected = json!([["on", { "n": 1 }], ["test:a", { "n": 1 }], ["test:b", [2]], ["on", null], ["test:a", null]]);
    assert_eq!(got, json!({ "got": expected, "end": "end" }));

    let refusals: [(&str, &str); 6] = [
        ("await Desktopr.events.emit('window:focus')", "events/reserved-name"),
        ("await Desktopr.events.emitToAll('deeplink')", "events/reserved-name"),
        ("await Desktopr.events.emit('a b')", "events/invalid-name"),
        ("await Desktopr.events.emitTo('nobody', 'test:a')", "events/unknown-label"),
        ("await Desktopr.events.emit('test:a', 'x'.repeat(1100000))", "events/too-large"),
        ("await Desktopr.events.onDeeplink(() => {})", "events/unsupported"),
    ];
    for (script, code) in refusals {
        let refused = session.rejected(script, vec![]).await?;
        assert_eq!(refused.code.as_deref(), Some(code), "{script}");
    }
    Ok(())
}

async fn check_window(session: &Session, desktop: &Desktop) -> Result<()> {
    let info: Value = session.resolved("return await Desktopr.window.getInfo()", vec![]).await?;
    assert_eq!(info["label"], "main");
    assert_eq!(
        (&info["visible"], &info["fullscreen"], &info["decorated"]),
        (&json!(true), &json!(false), &json!(true))
    );
    let unknown = session.rejected("await Desktopr.window.getInfo('nobody')", vec![]).await?;
    assert_eq!(unknown.code.as_deref(), Some("window/unknown-label"));

    let title = info["title"].as_str().unwrap_or_default().to_owned();
    let id = desktop.wait_for_window(&title, SOON).await?.id;
    let resized =
        "const size = new Promise((resolve) => Desktopr.events.onWindow('resized', resolve).then(
                       () => Desktopr.window.maximizeToggle()));
                   return await size";
    let size = session.resolved(resized, vec![]).await?;
    assert_eq!(size["label"], "main");
    desktop.wait_for_state("maximized", id, |window| window.is_maximized(), SOON).await?;
    session.resolved("await Desktopr.window.maximizeToggle('main')", vec![]).await?;
    desktop.wait_for_state("restored", id, |window| !window.is_maximized(), SOON).await?;
    session.resolved("await Desktopr.window.fullscreen(true)", vec![]).await?;
    desktop.wait_for_state("fullscreen", id, |window| window.is_fullscreen(), SOON).await?;
    session.resolved("await Desktopr.window.fullscreen(false)", vec![]).await?;
    desktop.wait_for_state("windowed", id, |window| !window.is_fullscreen(), SOON).await?;
    session.resolved("await Desktopr.window.minimize()", vec![]).await?;
    desktop.wait_for_state("minimised", id, |window| window.is_minimized(), SOON).await?;

    // The answer may not come any more: the window goes with its page, and the app with its last window.
    let _ = session.eval("Desktopr.window.close()", vec![]).await;
    desktop.wait_for_no_window(id, SOON).await?;
    assert_eq!(session.wait_for_app_end(SOON).await?, 0);
    Ok(())
}
