//! The module `network`: whether the network is there, and what of this machine stays closed. Requests are in `network_fetch`.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Gate, Page, Request, Site},
    webdriver::Session,
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, plain_site, url_config};

pub(crate) fn config(id: &str, site: &Site, network: Value) -> Value {
    let mut config = url_config(id, &site.url("/"));
    config["bridge"]["modules"]["network"] = network;
    config
}

/// A port on which nobody listens.
fn closed_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

async fn call(session: &Session, expression: &str, args: Value) -> Result<Value> {
    session.resolved(&format!("return await Desktopr.network.{expression}"), vec![args]).await
}

pub(crate) async fn refused(session: &Session, expression: &str, args: Value) -> Result<String> {
    let script = format!("await Desktopr.network.{expression}");
    Ok(session.rejected(&script, vec![args]).await?.code.unwrap_or_default())
}

#[tokio::test]
async fn questions_are_answered_with_what_is_wrong() -> Result<()> {
    let (site, other, tls, gate) =
        (plain_site()?, Site::start()?, Site::start_tls()?, Gate::default());
    other
        .page("/post-only", Page::text("").status(405))
        .page("/slow", Page::text("late").behind(&gate))
        .page("/large", Page::bytes("application/octet-stream", &vec![7; 400_000]))
        .redirect("/moved", &other.url("/large"));
    let app = App::stamp(&config("questions", &site, json!({ "lan": true })), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;

    let status = call(&session, "status()", json!(null)).await?;
    assert_eq!((&status["online"], &status["reason"]), (&json!(true), &json!("ok")));
    assert!(status["latency_ms"].is_u64(), "{status}");
    let asked = site.requests().iter().filter(|request| request.to_string() == "HEAD /").count();
    assert_eq!(asked, 1, "the content's own origin is what is asked");

    let closed = format!("http://127.0.0.1:{}/", closed_port()?);
    for (url, timeout, reason) in [
        (other.url("/post-only"), 5000, "ok"),
        (closed.clone(), 5000, "refused"),
        (tls.url("/"), 5000, "tls"),
        ("http://no-such-host.invalid/".to_owned(), 20_000, "dns"),
        (other.url("/slow"), 100, "timeout"),
    ] {
        let args = json!([url, timeout]);
        let answer = call(&session, "ping(...arguments[0])", args).await?;
        assert_eq!(
            (&answer["ok"], &answer["reason"]),
            (&json!(reason == "ok"), &json!(reason)),
            "{url}"
        );
        assert_eq!(answer["latencyMs"].is_u64(), reason == "ok", "{url}");
    }
    gate.open();

    let found = call(&session, "resolve('localhost')", json!(null)).await?;
    assert!(
        found["addresses"].as_array().is_some_and(|all| all.contains(&json!("127.0.0.1"))),
        "{found}"
    );
    assert_eq!(
        refused(&session, "resolve('no-such-host.invalid')", json!(null)).await?,
        "network/dns"
    );

    let args = json!([other.url("/moved"), 100_000]);
    let estimate = call(&session, "estimateBandwidth(...arguments[0])", args).await?;
    let number = |name: &str| estimate[name].as_f64().unwrap_or_default();
    assert!((100_000.0..=400_000.0).contains(&number("bytes")), "{estimate}");
    let kbps = number("bytes") * 8.0 / number("ms");
    assert!((kbps / number("kbps") - 1.0).abs() < 0.01, "{estimate}");
    let nothing = json!(closed);
    assert_eq!(
        refused(&session, "estimateBandwidth(arguments[0])", nothing).await?,
        "network/refused"
    );

    for (expression, code) in [
        ("ping('ftp://example.com/')", "network/invalid-url"),
        ("ping('http://user@example.com/')", "network/invalid-url"),
        ("ping('example.com')", "network/invalid-url"),
        ("ping('https://example.com/', 30001)", "bridge/invalid-argument"),
        ("ping('https://example.com/', 0)", "bridge/invalid-argument"),
        ("resolve('a b')", "bridge/invalid-argument"),
        ("estimateBandwidth('https://example.com/', 11 * 1024 * 1024)", "bridge/invalid-argument"),
        ("setMonitor(999)", "bridge/invalid-argument"),
        ("setMonitor(1000, [])", "bridge/invalid-argument"),
        ("setMonitor(1000, Array(11).fill('https://example.com/'))", "bridge/invalid-argument"),
        ("setMonitor(1000, ['no url'])", "network/invalid-url"),
        ("fetch('https://example.com/')", "network/host-not-allowed"),
    ] {
        assert_eq!(refused(&session, expression, json!(null)).await?, code, "{expression}");
    }
    Ok(())
}

#[tokio::test]
async fn a_monitor_tells_of_changes_and_ends_with_its_page() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    let port = other.port();
    let app = App::stamp(&config("monitor", &site, json!({ "lan": true })), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let begin = "window.heard = [];
        await Desktopr.events.onNetworkStatus((change) => heard.push(change));
        await Desktopr.network.setMonitor(1000, arguments[0])";
    let (steady, shaky) = (site.url("/steady"), other.url("/shaky"));
    session.resolved(begin, vec![json!([steady, shaky])]).await?;
    session.wait_for("heard.length === 2 && heard.every((change) => change.online)", SOON).await?;

    drop(other);
    session.wait_for("heard.length === 3", SOON).await?;
    let closed = format!("http://127.0.0.1:{}/", closed_port()?);
    call(&session, "ping(arguments[0])", json!(closed)).await?;
    let other = Site::start_at(port)?;
    session.wait_for("heard.length >= 4", SOON).await?;
    let heard = session.eval("return heard.slice(2)", vec![]).await?;
    assert_eq!(
        heard[0],
        json!({ "target": shaky, "online": false, "reason": "refused", "latency_ms": null })
    );
    assert_eq!(
        (&heard[1]["target"], &heard[1]["online"]),
        (&json!(shaky), &json!(true)),
        "{heard}"
    );
    assert_eq!(
        heard.as_array().map(Vec::len),
        Some(2),
        "neither a ping nor what goes on is a change: {heard}"
    );

    // The page that began it is left: only what the next one begins goes on.
    session.goto(&site.url("/?next")).await?;
    site.forget_requests();
    other.forget_requests();
    session.resolved(begin, vec![json!([site.url("/later")])]).await?;
    asked_twice(&site, "/later").await?;
    let paths: Vec<_> = site
        .requests()
        .iter()
        .chain(&other.requests())
        .map(|request| request.path.clone())
        .collect();
    assert!(paths.iter().all(|path| path == "/later"), "{paths:?}");

    // And what is stopped asks no more, while another app's does.
    let clock = App::stamp(&config("clock", &site, json!({ "lan": true })), &[]).await?;
    let clock = clock.open(&desktop).await?;
    clock.resolved(begin, vec![json!([site.url("/clock")])]).await?;
    session.resolved("await Desktopr.network.stopMonitor()", vec![]).await?;
    // What was on its way then has its time too.
    asked_twice(&site, "/clock").await?;
    site.forget_requests();
    asked_twice(&site, "/clock").await?;
    let paths: Vec<_> = site.requests().into_iter().map(|request| request.path).collect();
    assert!(paths.iter().all(|path| path == "/clock"), "{paths:?}");
    Ok(())
}

/// The second time shows that whatever else would ask as often has had its time.
async fn asked_twice(site: &Site, path: &str) -> Result<()> {
    let asked = |request: &Request| request.path == path;
    let is_new = |request: &Request| {
        asked(request) && site.requests().iter().filter(|known| asked(known)).count() > 1
    };
    site.wait_for_request("the second", is_new, SOON).await?;
    Ok(())
}

#[tokio::test]
async fn the_local_network_is_closed_unless_the_config_opens_it() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    site.redirect("/away", &other.url("/")).redirect("/by-name", &other.localhost_url("/"));
    let options = json!({ "hosts": [other.origin(), other.localhost_origin(), site.origin()] });
    let app = App::stamp(&config("closed", &site, options), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    // Where the content comes from is no secret to it.
    assert_eq!(call(&session, "status()", json!(null)).await?["online"], true);
    assert_eq!(call(&session, "ping(arguments[0])", json!(site.url("/"))).await?["ok"], true);

    let numeric = format!("http://2130706433:{}/", other.port());
    let mapped = format!("http://[::ffff:127.0.0.1]:{}/", other.port());
    for url in [
        other.url("/"),
        other.localhost_url("/"),
        numeric,
        mapped,
        "http://169.254.169.254/".to_owned(),
    ] {
        for expression in ["ping(arguments[0])", "estimateBandwidth(arguments[0])"] {
            assert_eq!(
                refused(&session, expression, json!(url)).await?,
                "network/lan-refused",
                "{expression} {url}"
            );
        }
    }
    for url in [other.url("/"), other.localhost_url("/"), site.url("/away"), site.url("/by-name")] {
        assert_eq!(
            refused(&session, "fetch(arguments[0])", json!(url)).await?,
            "network/lan-refused",
            "{url}"
        );
    }
    for path in ["/away", "/by-name"] {
        let url = json!(site.url(path));
        assert_eq!(
            refused(&session, "estimateBandwidth(arguments[0])", url).await?,
            "network/lan-refused",
            "{path}"
        );
    }
    for host in ["localhost", "127.0.0.1", "::1", "10.0.0.1"] {
        let expression = if host.contains("::") {
            "resolve('[' + arguments[0] + ']')"
        } else {
            "resolve(arguments[0])"
        };
        assert_eq!(
            refused(&session, expression, json!(host)).await?,
            "network/lan-refused",
            "{host}"
        );
    }
    let targets = json!([other.url("/")]);
    assert_eq!(
        refused(&session, "setMonitor(1000, arguments[0])", targets).await?,
        "network/lan-refused"
    );
    // A name is found out when it is looked up, and then the monitor says that nobody is there.
    let begin = "window.heard = [];
        await Desktopr.events.onNetworkStatus((change) => heard.push(change));
        await Desktopr.network.setMonitor(1000, arguments[0])";
    session.resolved(begin, vec![json!([other.localhost_url("/")])]).await?;
    session.wait_for("heard.length === 1 && !heard[0].online", SOON).await?;
    assert!(other.requests().is_empty(), "{:?}", other.requests());
    Ok(())
}

#[tokio::test]
async fn packed_content_names_its_targets_and_the_proxy_is_the_webs() -> Result<()> {
    // As proxies do, it answers for any host.
    let proxy = plain_site()?;
    let mut config = packed_config("proxied");
    config["bundle"] = json!({ "targets": ["linux-x64"] });
    config["web"] = json!({ "proxy": proxy.origin() });
    config["bridge"]["modules"]["network"] = json!({ "targets": ["http://name.example/target"] });
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    assert_eq!(call(&session, "status()", json!(null)).await?["online"], true);
    let asked =
        proxy.wait_for_request("the target", |request| request.path == "/target", SOON).await?;
    assert_eq!(asked.header("host"), Some("name.example"));
    // The proxy would look these up, so their names are what is looked at.
    for host in ["router", "printer.local", "127.0.0.1", "10.0.0.1"] {
        let url = json!(format!("http://{host}/"));
        assert_eq!(
            refused(&session, "ping(arguments[0])", url).await?,
            "network/lan-refused",
            "{host}"
        );
    }
    assert_eq!(proxy.requests().len(), 1, "{:?}", proxy.requests());

    let mut config = packed_config("targetless");
    config["bridge"]["modules"]["network"] = json!(true);
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let session = app.open(&desktop).await?;
    for expression in ["status()", "ping()", "estimateBandwidth()", "setMonitor(1000)"] {
        assert_eq!(
            refused(&session, expression, json!(null)).await?,
            "network/no-target",
            "{expression}"
        );
    }
    Ok(())
}
