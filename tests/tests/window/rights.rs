//! Who may call what: modules that are off, other origins, Tauri's own commands, frames, host paths.

use anyhow::Result;
use serde_json::json;
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
};

use crate::support::{App, PLAIN_PAGE, SOON, plain_site, raw_call, url_config};

#[tokio::test]
async fn a_module_that_is_off_is_out_of_reach() -> Result<()> {
    let site = plain_site()?;
    let mut config = url_config("off", &site.url("/"));
    config["bridge"]["modules"] = json!({ "app": false, "events": false, "window": false });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;

    for call in
        ["app.info()", "events.emit('test:a')", "events.on('test:a', () => {})", "window.getInfo()"]
    {
        let refused = session.rejected(&format!("await Desktopr.{call}"), vec![]).await?;
        assert_eq!(refused.code.as_deref(), Some("bridge/module-disabled"), "{call}");
    }
    for command in
        ["app_info", "app_exit", "events_emit_to_all", "window_close", "self_test_report"]
    {
        let answer = raw_call(
            &session,
            &format!("plugin:bridge|{command}"),
            json!({ "event": "a", "report": "" }),
        )
        .await?;
        assert!(answer.contains("not allowed"), "{command}: {answer}");
    }
    assert_eq!(raw_call(&session, "plugin:bridge|core_version", json!({})).await?, "ok");

    // Without the token of the document, not even what is granted can be called.
    let refused = session
        .rejected("await window.__TAURI_INTERNALS__.invoke('plugin:bridge|core_version')", vec![])
        .await?;
    assert_eq!(refused.code.as_deref(), Some("bridge/not-allowed"));
    let script = "await window.__TAURI_INTERNALS__.invoke('plugin:bridge|core_version', {}, { headers: { 'Deskwright-Token': 'guess' } })";
    assert_eq!(session.rejected(script, vec![]).await?.code.as_deref(), Some("bridge/not-allowed"));
    Ok(())
}

#[tokio::test]
async fn tauris_own_commands_are_out_of_reach() -> Result<()> {
    let site = plain_site()?;
    let (app, desktop) =
        (App::stamp(&url_config("core", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    for command in [
        "plugin:event|emit",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:app|exit",
        "app_info",
    ] {
        let answer =
            raw_call(&session, command, json!({ "event": "window:focus", "payload": 1 })).await?;
        assert_ne!(answer, "ok", "{command}");
    }
    Ok(())
}

#[tokio::test]
async fn another_origin_has_no_bridge_and_no_answer() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    let mut config = url_config("origins", &site.url("/"));
    // It may be shown, and has no rights all the same.
    config["navigation"] = json!({ "internal": [other.origin()] });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    assert_eq!(session.eval("return typeof Desktopr", vec![]).await?, "object");

    session.goto(&other.url("/")).await?;
    assert_eq!(session.url().await?, other.url("/"));
    assert_eq!(session.eval("return typeof Desktopr", vec![]).await?, "undefined");
    for command in
        ["core_version", "open_browser", "app_info", "app_exit", "events_subscribe", "window_close"]
    {
        let answer = raw_call(
            &session,
            &format!("plugin:bridge|{command}"),
            json!({ "url": "https://example.com/" }),
        )
        .await?;
        assert!(answer.contains("not allowed"), "{command}: {answer}");
    }
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());

    // Back home, the bridge is back.
    session.goto(&site.url("/")).await?;
    assert_eq!(raw_call(&session, "plugin:bridge|core_version", json!({})).await?, "ok");
    Ok(())
}

#[tokio::test]
async fn a_granted_origin_has_the_bridge() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    let mut config = url_config("granted", &site.url("/"));
    config["navigation"] = json!({ "internal": [other.origin()] });
    config["bridge"]["origins"] = json!([site.origin(), other.origin()]);
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session.goto(&other.url("/")).await?;
    let name = session.resolved("return (await Desktopr.app.info()).name", vec![]).await?;
    assert_eq!(name, "Test granted");
    Ok(())
}

#[tokio::test]
async fn a_frame_of_another_origin_loads_and_has_no_bridge() -> Result<()> {
    let (site, other) = (Site::start()?, Site::start()?);
    let frame = format!(
        "<!doctype html><title>Framed</title><h1>Home</h1><iframe id=f src='{}'></iframe>",
        other.url("/frame")
    );
    site.page("/", Page::html(&frame));
    other.page(
        "/frame",
        Page::html(
            "<!doctype html><p>inside</p><script>
             parent.postMessage({ bridge: typeof window.Desktopr, internals: typeof window.__TAURI_INTERNALS__ }, '*')
             </script>",
        ),
    );
    let listening =
        "<script>addEventListener('message', (event) => { window.told = event.data })</script>";
    site.page("/", Page::html(&format!("{listening}{frame}")));
    let (app, desktop) =
        (App::stamp(&url_config("frames", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let told = session.wait_for("window.told", SOON).await?;
    assert_eq!(told, json!({ "bridge": "undefined", "internals": "undefined" }));
    other.wait_for_request("frame", |request| request.path == "/frame", SOON).await?;
    Ok(())
}

#[tokio::test]
async fn host_paths_are_told_only_when_asked_for() -> Result<()> {
    let mut config = crate::support::packed_config("paths");
    config["bridge"]["modules"]["app"] = json!({ "paths": true });
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let info = session.resolved("return await Desktopr.app.info()", vec![]).await?;
    assert_eq!(info["exec_path"], json!(fs_err::canonicalize(app.binary())?));
    assert!(info["temp_dir"].is_string(), "{info}");
    Ok(())
}
