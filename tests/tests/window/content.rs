//! Packed content: routes, types, ranges, the default policy, and what is not there.

use anyhow::Result;
use serde_json::json;
use tests::desktop::Desktop;

use crate::support::{App, SOON, packed_config};

const INDEX: &str = "<!doctype html><title>Index</title><link rel=stylesheet href=/style.css><script src=/app.js></script><p>index</p>";
const FILES: &[(&str, &str)] = &[
    ("web/index.html", INDEX),
    ("web/style.css", "p { color: rgb(1, 2, 3) }"),
    ("web/app.js", "window.loaded = true"),
    ("web/about.html", "<!doctype html><title>About</title>"),
    ("web/docs/index.html", "<!doctype html><title>Docs</title>"),
    ("web/a b/é.txt", "0123456789"),
];

#[tokio::test]
async fn routes_files_and_what_is_missing_are_told_apart() -> Result<()> {
    let (app, desktop) =
        (App::stamp(&packed_config("routes"), FILES).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    for (path, title) in [
        ("/", "Index"),
        ("/about", "About"),
        ("/docs/", "Docs"),
        ("/items/42", "Index"),
        ("/a/b.c?d#e", "Index"),
    ] {
        session.goto(&format!("tauri://localhost{path}")).await?;
        assert_eq!(session.title().await?, title, "{path}");
        assert_eq!(
            session
                .eval("return window.loaded === true || document.title !== 'Index'", vec![])
                .await?,
            true,
            "{path}"
        );
    }
    let answer =
        "const answer = await fetch(arguments[0], arguments[1]); const text = await answer.text();
                  return [answer.status, answer.headers.get('content-type'), text]";
    let fetch = async |path: &str, options: serde_json::Value| {
        session.resolved(answer, vec![json!(path), options]).await
    };
    assert_eq!(
        fetch("/a%20b/%C3%A9.txt", json!({})).await?,
        json!([200, "text/plain;charset=utf-8", "0123456789"])
    );
    assert_eq!(
        fetch("/a%20b/%C3%A9.txt", json!({ "headers": { "range": "bytes=2-4" } })).await?,
        json!([206, "text/plain;charset=utf-8", "234"])
    );
    // A script that is missing is missing, and no page in its place.
    assert_eq!(fetch("/missing.js", json!({})).await?[0], 404);
    assert_eq!(fetch("/../runtime.json", json!({})).await?[0], 404);
    assert_eq!(fetch("/%2e%2e/manifest.json", json!({})).await?[0], 404);
    assert_eq!(fetch("/", json!({ "method": "POST" })).await?[0], 405);
    Ok(())
}

#[tokio::test]
async fn without_a_fallback_an_unknown_route_is_not_found() -> Result<()> {
    let mut config = packed_config("no-fallback");
    config["content"]["spaFallback"] = json!(false);
    let (app, desktop) = (App::stamp(&config, FILES).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session.goto("tauri://localhost/items/42").await?;
    assert_eq!(session.eval("return document.body.textContent", vec![]).await?, "Not Found");
    Ok(())
}

#[tokio::test]
async fn the_default_policy_lets_nothing_foreign_in() -> Result<()> {
    let (app, desktop) =
        (App::stamp(&packed_config("policy"), FILES).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let script = "const broken = [];
                  addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
                  const script = document.createElement('script');
                  script.textContent = 'window.inline = true';
                  document.head.append(script);
                  await fetch('https://example.com/').catch(() => {});
                  await new Promise((resolve) => setTimeout(resolve));
                  return [window.inline ?? null, broken.sort()]";
    let found = session.resolved(script, vec![]).await?;
    assert_eq!(found, json!([null, ["connect-src", "script-src-elem"]]));
    assert_eq!(
        session.eval("return getComputedStyle(document.querySelector('p')).color", vec![]).await?,
        "rgb(1, 2, 3)"
    );
    session.wait_for("(await Desktopr.app.info()).name === 'Test policy'", SOON).await.map(drop)
}
