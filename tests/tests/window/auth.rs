//! The module `auth`: a page signs in through the user's browser, which a test plays here, and a site that plays the provider.

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{App, SOON, plain_site, url_config};

/// More than the app serves at a time.
const SILENT_VISITORS: usize = 15;

/// Begins to sign in, and keeps what comes of it.
const BEGIN: &str = "window.came = undefined;
    Desktopr.auth.start(arguments[0]).then((result) => (came = { result }), ({ code }) => (came = { code }))";

fn config(id: &str, site: &Site) -> Value {
    let mut config = url_config(id, &site.url("/"));
    config["bridge"]["modules"]["auth"] = true.into();
    config
}

/// Begins, and gives the address that the app has opened in the browser.
async fn begin(session: &Session, desktop: &Desktop, options: Value) -> Result<String> {
    let before = desktop.opened_urls()?.len();
    session.eval(BEGIN, vec![options]).await?;
    desktop.wait_for_opened_url("the provider", |_| true, SOON).await?;
    loop {
        let opened = desktop.opened_urls()?;
        if opened.len() > before {
            return Ok(opened[before].clone());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn code(session: &Session, expected: &str) -> Result<()> {
    let came = session.wait_for("came", SOON).await?;
    anyhow::ensure!(came == json!({ "code": expected }), "{came} instead of {expected}");
    Ok(())
}

/// What a server on this machine answers to these words.
async fn say(port: u16, words: &str) -> Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(words.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Visits an address as a browser does, in German; gives the answer, head and all.
async fn visit(url: &str) -> Result<String> {
    let (host, path) = parts(url)?;
    let words = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Language: de-DE,en;q=0.5\r\nConnection: close\r\n\r\n"
    );
    say(port_of(url)?, &words).await
}

fn parts(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("http://").context("another scheme")?;
    Ok(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

fn port_of(url: &str) -> Result<u16> {
    Ok(parts(url)?.0.rsplit(':').next().context("no port")?.parse()?)
}

/// A parameter of an address, decoded as far as these tests need it.
fn parameter(url: &str, name: &str) -> Result<String> {
    let query = url.split_once('?').context("no query")?.1;
    let value = query.split('&').find_map(|field| field.strip_prefix(&format!("{name}=")));
    let text = value.with_context(|| format!("no `{name}` in {url}"))?;
    Ok(text
        .replace("%3A", ":")
        .replace("%2F", "/")
        .replace("%2E", ".")
        .replace("%2D", "-")
        .replace("%5F", "_"))
}

#[tokio::test]
async fn the_browser_comes_back_to_this_machine() -> Result<()> {
    let (site, provider) = (plain_site()?, Site::start()?);
    // It sends everybody back at once, with a code.
    provider.handler("/authorize", |request| {
        let url = format!("http://provider/?{}", request.query);
        let back = |name| parameter(&url, name).unwrap_or_default();
        Page::redirect(&format!("{}?code=c%C3%B6de&state={}", back("redirect_uri"), back("state")))
    });
    let app = App::stamp(&config("loopback", &site), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;

    let url = provider.url("/authorize?client_id=notes&scope=a%20b");
    let opened = begin(&session, &desktop, json!({ "url": url, "redirect": "loopback" })).await?;
    assert!(opened.starts_with(&url), "{opened}");
    let (redirect, state) = (parameter(&opened, "redirect_uri")?, parameter(&opened, "state")?);
    let (host, path) = parts(&redirect)?;
    assert!(
        host.starts_with("127.0.0.1:") && path.len() > 40 && state.len() > 40,
        "{redirect} {state}"
    );
    check_deafness(&redirect, &state).await?;
    assert_eq!(session.eval("return window.came ?? null", vec![]).await?, json!(null));

    let sent_back = visit(&opened).await?;
    let location = sent_back.lines().find_map(|line| line.strip_prefix("location: "));
    let location = location.context("the provider redirects")?;
    let answer = visit(location).await?;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("<h1>Zurück zu Test loopback</h1>"), "{answer}");
    assert!(!answer.contains(&state), "{answer}");
    let came = session.wait_for("came", SOON).await?;
    assert_eq!(
        came["result"],
        json!({ "params": { "code": "cöde", "state": state }, "url": location })
    );
    // It was there for one answer.
    assert!(gone(port_of(&redirect)?).await);

    // A path that the provider knows, a placeholder, a state of the page's own, and a user who declines.
    let url = provider.url(
        "/authorize?back={redirect_uri}&state=own&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback",
    );
    let opened = begin(&session, &desktop, json!({ "url": url, "redirect": "loopback" })).await?;
    let redirect = parameter(&opened, "back")?;
    assert_eq!(redirect, format!("http://localhost:{}/callback", port_of(&redirect)?));
    assert!(!opened.contains("state=own&state"), "{opened}");
    visit(&format!("{redirect}?error=access_denied&state=own")).await?;
    let came = session.wait_for("came", SOON).await?;
    assert_eq!(came["result"]["params"], json!({ "error": "access_denied", "state": "own" }));
    Ok(())
}

/// What does not fit is answered, and waited on.
async fn check_deafness(redirect: &str, state: &str) -> Result<()> {
    let (host, path) = parts(redirect)?;
    let port = port_of(redirect)?;
    let mut silent = Vec::new();
    for _ in 0..SILENT_VISITORS {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(b"GET ").await?;
        silent.push(stream);
    }
    for (target, host, status) in [
        (format!("{path}?code=x&state=wrong"), host, "403"),
        (format!("{path}?code=x"), host, "403"),
        (format!("/?code=x&state={state}"), host, "404"),
        (format!("{path}?code=x&state={state}"), "evil.example.com", "421"),
    ] {
        let answer = say(port, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await?;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{target} {host}: {answer}");
    }
    let posted =
        say(port, &format!("POST {path}?state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await?;
    assert!(posted.starts_with("HTTP/1.1 405 "), "{posted}");
    Ok(())
}

/// Nobody listens there any more, soon.
async fn gone(port: u16) -> bool {
    let closed = async {
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, closed).await.is_ok()
}

#[tokio::test]
async fn a_sign_in_ends_with_its_time_its_page_or_the_next_one() -> Result<()> {
    let site = plain_site()?;
    let app = App::stamp(&config("ended", &site), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let url = "https://id.example.com/authorize";
    let options = |url: &str| json!({ "url": url, "redirect": "loopback" });

    let mut short = options(url);
    short["timeoutMs"] = 100.into();
    begin(&session, &desktop, short).await?;
    code(&session, "auth/timeout").await?;

    let first = begin(&session, &desktop, options(url)).await?;
    session.eval("window.first = new Promise((told) => { let value = undefined;
        Object.defineProperty(window, 'came', { configurable: true, get: () => value, set: (next) => { value = next; if (next) told(next); } }) })", vec![]).await?;
    let second = begin(&session, &desktop, options(url)).await?;
    let ended = session.resolved("return await first", vec![]).await?;
    assert_eq!(ended, json!({ "code": "auth/cancelled" }));
    assert!(gone(port_of(&parameter(&first, "redirect_uri")?)?).await);

    session.goto(&site.url("/?next")).await?;
    assert!(gone(port_of(&parameter(&second, "redirect_uri")?)?).await, "nobody waits for it");

    for (options, code) in [
        (options("http://id.example.com/"), "auth/invalid-url"),
        (options("id.example.com"), "auth/invalid-url"),
        (
            options("https://id.example.com/?redirect_uri=https%3A%2F%2Fexample.com"),
            "auth/invalid-redirect",
        ),
        (json!({ "url": url, "redirect": "deeplink" }), "auth/invalid-redirect"),
        (json!({ "url": url, "redirect": "carrier pigeon" }), "bridge/invalid-argument"),
        (json!({ "url": url, "redirect": "loopback", "timeoutMs": 0 }), "bridge/invalid-argument"),
        (
            json!({ "url": url, "redirect": "loopback", "timeoutMs": 1_800_001 }),
            "bridge/invalid-argument",
        ),
        (json!({ "redirect": "loopback" }), "bridge/invalid-argument"),
    ] {
        let refused = session
            .rejected("await Desktopr.auth.start(arguments[0])", vec![options.clone()])
            .await?;
        assert_eq!(refused.code.as_deref(), Some(code), "{options}");
    }
    let opened = desktop.opened_urls()?;
    assert_eq!(opened.len(), 3, "what is refused opens nothing: {opened:#?}");
    Ok(())
}

#[tokio::test]
async fn the_browser_comes_back_by_a_link_and_secrets_fit_their_challenge() -> Result<()> {
    let site = plain_site()?;
    let mut config = config("bylink", &site);
    config["deepLinks"] = json!({ "schemes": ["bylink"] });
    let app = App::stamp(&config, &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    session
        .eval("window.links = []; Desktopr.events.onDeeplink(({ raw }) => links.push(raw))", vec![])
        .await?;

    let options =
        json!({ "url": "https://id.example.com/authorize?client_id=a", "redirect": "deeplink" });
    let opened = begin(&session, &desktop, options).await?;
    assert_eq!(parameter(&opened, "redirect_uri")?, "bylink://auth");
    let state = parameter(&opened, "state")?;
    // What has another state is a link like any other.
    let wrong = "bylink://auth?code=1&state=wrong".to_owned();
    let right = format!("bylink://auth?code=2&state={state}");
    for link in [&wrong, &right] {
        let mut again = desktop.command(app.binary());
        tests::process::run(again.arg(link), SOON).await?.expect_code(0)?;
    }
    let came = session.wait_for("came", SOON).await?;
    assert_eq!(came["result"], json!({ "params": { "code": "2", "state": state }, "url": right }));
    session.wait_for("links.length > 0", SOON).await?;
    assert_eq!(
        session.eval("return links", vec![]).await?,
        json!([wrong]),
        "no other page sees the code"
    );

    let script = "const { verifier, challenge, method } = await Desktopr.auth.pkce();
        const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
        const expected = btoa(String.fromCharCode(...new Uint8Array(digest))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '');
        return [challenge === expected, method, verifier !== (await Desktopr.auth.pkce()).verifier]";
    assert_eq!(session.resolved(script, vec![]).await?, json!([true, "S256", true]));
    Ok(())
}
