//! `network.fetch`: what is sent, what comes back, and where it does not go.

use anyhow::Result;
use serde_json::json;
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::{
    network::{config, refused},
    support::{App, PLAIN_PAGE, plain_site},
};

/// The policy under which a page may fetch from its own origin only.
const STRICT: &str = "default-src 'self'";

#[tokio::test]
async fn listed_hosts_are_fetched_from() -> Result<()> {
    let (site, listed, unlisted) = (plain_site()?, Site::start()?, plain_site()?);
    site.page("/strict", Page::html(PLAIN_PAGE).csp(STRICT));
    listed
        .handler("/echo", |request| {
            Page::bytes("application/x-echo", &request.body)
                .status(201)
                .header("X-Own", "Größe")
                .header("Set-Cookie", "a=b")
        })
        .page("/empty", Page::text("").status(204))
        .redirect("/moved", "/echo")
        .redirect("/away", &unlisted.url("/"))
        .redirect("/round", "/round")
        .page("/huge", Page::bytes("a/b", &vec![0; 64 * 1024 * 1024 + 1]));
    let options = json!({ "hosts": [listed.origin()], "lan": true });
    let app = App::stamp(&config("fetched", &site, options), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    check_echo(&session, &listed).await?;

    let url = |path: &str| json!(listed.url(path));
    for (expression, path, code) in [
        ("fetch(arguments[0])", "/away", "network/host-not-allowed"),
        ("fetch(arguments[0])", "/round", "network/redirects"),
        ("fetch(arguments[0], { redirect: 'error' })", "/moved", "network/redirects"),
        ("fetch(arguments[0])", "/huge", "network/too-large"),
        (
            "fetch(arguments[0], { headers: { Cookie: 'a=b' } })",
            "/echo",
            "network/forbidden-header",
        ),
        ("fetch(arguments[0], { headers: { Host: 'x' } })", "/echo", "network/forbidden-header"),
        ("fetch(arguments[0], { method: 'TRACE' })", "/echo", "network/forbidden-header"),
        ("fetch(arguments[0], { redirect: 'twice' })", "/echo", "bridge/invalid-argument"),
        ("fetch(arguments[0])", "", "network/host-not-allowed"),
    ] {
        let url = if path.starts_with('/') { url(path) } else { json!(unlisted.origin()) };
        assert_eq!(refused(&session, expression, url).await?, code, "{expression} {path}");
    }
    assert!(unlisted.requests().is_empty(), "{:?}", unlisted.requests());
    let manual =
        "return (await Desktopr.network.fetch(arguments[0], { redirect: 'manual' })).status";
    assert_eq!(session.resolved(manual, vec![url("/moved")]).await?, 302);
    let aborted = "await Desktopr.network.fetch(arguments[0], { signal: AbortSignal.abort() })";
    assert_eq!(
        session.rejected(aborted, vec![url("/echo")]).await?.name.as_deref(),
        Some("AbortError")
    );

    // The same where the page's policy leaves only text for bytes.
    session.goto(&site.url("/strict")).await?;
    check_echo(&session, &listed).await
}

/// Sends every byte there is, and gets it back.
async fn check_echo(session: &Session, listed: &Site) -> Result<()> {
    let script = "const bytes = Uint8Array.from({ length: 70000 }, (_, index) => index);
        const answer = await Desktopr.network.fetch(arguments[0], {
            method: 'post', body: bytes, headers: { 'X-Sent': 'yes', Authorization: 'Bearer x' } });
        const got = new Uint8Array(await answer.arrayBuffer());
        const empty = await Desktopr.network.fetch(arguments[1]);
        const moved = await Desktopr.network.fetch(arguments[2], { body: new URLSearchParams('a=b'), method: 'POST' });
        return [answer.status, answer.ok, answer.headers.get('content-type'), answer.headers.get('x-own'), answer.headers.get('set-cookie'),
            answer.url, answer.redirected, got.length, got.every((byte, index) => byte === bytes[index]),
            empty.status, await empty.text(), moved.redirected, moved.url, answer instanceof Response]";
    listed.forget_requests();
    let urls = ["/echo", "/empty", "/moved"].map(|path| json!(listed.url(path)));
    let answer = session.resolved(script, urls.to_vec()).await?;
    let echo = listed.url("/echo");
    let own = "Größe".bytes().map(char::from).collect::<String>();
    assert_eq!(
        answer,
        json!([
            201,
            true,
            "application/x-echo",
            own,
            null,
            echo,
            false,
            70000,
            true,
            204,
            "",
            true,
            echo,
            true
        ])
    );
    let requests = listed.requests();
    let lines: Vec<_> = requests.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["POST /echo", "GET /empty", "POST /moved", "GET /echo"]);
    assert_eq!(requests[0].header("x-sent"), Some("yes"));
    assert_eq!(requests[0].header("authorization"), Some("Bearer x"));
    assert_eq!((requests[0].header("cookie"), requests[0].header("origin")), (None, None));
    assert_eq!(requests[2].body, b"a=b");
    assert_eq!(
        requests[2].header("content-type"),
        Some("application/x-www-form-urlencoded;charset=UTF-8")
    );
    Ok(())
}
