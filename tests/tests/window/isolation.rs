//! Tauri's isolation pattern: the same results through the frame, and none past it.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

/// A page's policy that leaves Tauri its slow way only.
const NO_FAST_WAY: &str = "default-src 'self'";
/// Small calls, 1 MiB both ways, an event that is too large for a script, and a listing; what comes back is the same in every app.
const EVERYTHING: &str = r#"
    const { cache } = Desktopr.fs;
    const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 7) % 256);
    await cache.writeBytes("bytes", bytes);
    const read = await cache.readBytes("bytes");
    await cache.writeText("notes/ä.txt", "text: ü");
    const large = Desktopr.events.once("large");
    await Desktopr.events.emit("large", { text: "x".repeat(100000) });
    const refused = await cache.readText("gone").catch((error) => error.code);
    const wrong = await Desktopr.window.setTitle({}).catch((error) => error.code);
    const received = await large;
    return [
        (await Desktopr.app.info()).name, read.constructor.name, read.length,
        read.every((byte, index) => byte === bytes[index]),
        await cache.readText("notes/ä.txt"), (await cache.listContent("notes")).map((entry) => entry.name),
        received.text.length, refused, wrong,
    ];"#;
/// Sends a call as Tauri's own script would, with the document's token, in one of three ways: `arguments[0]`.
const RAW: &str = r#"
    const [way, cmd] = arguments;
    const internals = window.__TAURI_INTERNALS__;
    const { invoke, postMessage, transformCallback } = internals;
    const told = new Promise((resolve) => addEventListener("deskwright:token", (event) => resolve(event.detail)));
    await invoke("plugin:bridge|core_hello");
    const options = { headers: { "Deskwright-Token": await told } };
    if (way === "through the frame") return invoke(cmd, {}, options);
    return new Promise((resolve, reject) => {
        const [callback, error] = [transformCallback(resolve), transformCallback(reject)];
        postMessage({ cmd, callback, error, payload: {}, options });
    });"#;

fn config(id: &str) -> Value {
    let mut config = packed_config(id);
    config["bridge"]["modules"]["fs"] = json!(true);
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["bridge"]["isolation"] = json!(true);
    config
}

async fn open(config: &Value, desktop: &Desktop) -> Result<(App, Session)> {
    let app = App::stamp(config, &[("web/index.html", PLAIN_PAGE), ("web/other.html", PLAIN_PAGE)])
        .await?;
    let session = app.open(desktop).await?;
    Ok((app, session))
}

#[tokio::test]
async fn every_way_gives_the_same_results() -> Result<()> {
    let desktop = Desktop::start().await?;
    let expected = json!([
        "Test same",
        "Uint8Array",
        1024 * 1024,
        true,
        "text: ü",
        ["ä.txt"],
        100_000,
        "fs/not-found",
        "bridge/invalid-argument"
    ]);
    for (isolation, csp) in
        [(false, None), (false, Some(NO_FAST_WAY)), (true, None), (true, Some(NO_FAST_WAY))]
    {
        let mut config = config("same");
        config["bridge"]["isolation"] = json!(isolation);
        if let Some(csp) = csp {
            config["content"]["csp"] = json!(csp);
        }
        let (_app, session) = open(&config, &desktop).await?;
        let what = format!("isolation {isolation}, policy {csp:?}");
        assert_eq!(session.resolved(EVERYTHING, vec![]).await?, expected, "{what}");
        let frame = "const frame = document.querySelector('iframe');
                     return frame ? [frame.sandbox.value, getComputedStyle(frame).display] : null";
        let expected = if isolation { json!(["allow-scripts", "none"]) } else { Value::Null };
        assert_eq!(session.eval(frame, vec![]).await?, expected, "{what}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_gets_past_the_frame() -> Result<()> {
    let desktop = Desktop::start().await?;
    let (_app, session) = open(&config("past"), &desktop).await?;
    let raw = |way: &'static str, command: &'static str| {
        let session = &session;
        async move { session.eval_async(RAW, vec![json!(way), json!(command)]).await }
    };
    let version = raw("through the frame", "plugin:bridge|core_version").await?;
    assert_eq!(version.map(|version| version["apiVersion"].clone()).ok(), Some(json!("1.0.0")));
    for (way, command, reason) in [
        ("past it", "plugin:bridge|core_version", "nonce"),
        ("through the frame", "plugin:event|emit", "refused_by_isolation"),
        ("through the frame", "plugin:bridge|plugins_call", "refused_by_isolation"),
    ] {
        let refused = raw(way, command).await?;
        let refused = refused.map_or_else(|refusal| refusal.message, |answer| answer.to_string());
        assert!(refused.contains(reason), "{way}, {command}: {refused}");
    }
    Ok(())
}

#[tokio::test]
async fn other_windows_have_it_and_foreign_pages_do_not() -> Result<()> {
    let (desktop, site) = (Desktop::start().await?, Site::start()?);
    site.page("/", Page::html("<!doctype html><title>Foreign</title><h1>Foreign</h1>"));
    let mut config = config("windows");
    config["navigation"] = json!({ "internal": [site.origin()] });
    let (_app, session) = open(&config, &desktop).await?;
    let opens = "await Desktopr.window.new({ label: 'second', url: '/other.html' })";
    let second = session.opened_by(session.resolved(opens, vec![]), SOON).await?;
    let main = session.handle().await?;
    session.switch_to(&second).await?;
    let label = "return [(await Desktopr.window.getInfo()).label, document.querySelectorAll('iframe').length]";
    assert_eq!(session.resolved(label, vec![]).await?, json!(["second", 1]));
    session.switch_to(&main).await?;
    session.goto(&site.url("/")).await?;
    let frames = "return [document.title, document.querySelectorAll('iframe').length, typeof window.Desktopr]";
    assert_eq!(session.eval(frames, vec![]).await?, json!(["Foreign", 0, "undefined"]));
    Ok(())
}
