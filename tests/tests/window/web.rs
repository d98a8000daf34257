//! What a webview is like, by the section `web`: its name, its way to the net, what is injected, and what its user may open.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    picture,
    servers::{Page, Request, Site},
    webdriver::Session,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, url_config};

/// A policy that lets the page's own scripts and styles do nothing.
const STRICT: &str = "default-src 'none'; style-src 'none'; script-src 'none'";
const CSS: &str = "h1 { color: rgb(1, 2, 3) !important }";
/// With a declaration of its own, and a comment that must not swallow what comes after it.
const JS: &str = "var mine = document.readyState; window.injected = [mine, typeof Desktopr] // end";

fn config_with(mut config: Value, web: Value) -> Value {
    config["web"] = web;
    config
}

/// A proxy for plain HTTP that notes what it is asked for.
async fn start_proxy() -> Result<(u16, Arc<Mutex<Vec<String>>>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            // A request that breaks off is missing in the test.
            tokio::spawn(pass_on(client, Arc::clone(&noted)));
        }
    });
    Ok((port, asked))
}

async fn pass_on(client: TcpStream, noted: Arc<Mutex<Vec<String>>>) -> Result<()> {
    let mut client = BufReader::new(client);
    let mut line = String::new();
    client.read_line(&mut line).await?;
    let url = line.split(' ').nth(1).context("a request has an address")?.to_owned();
    let host = url.split('/').nth(2).context("a proxy is asked for whole addresses")?;
    let mut server = TcpStream::connect(host).await?;
    noted.lock().unwrap_or_else(PoisonError::into_inner).push(url);
    server.write_all(line.as_bytes()).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

#[tokio::test]
async fn an_app_calls_itself_what_it_likes_and_goes_through_a_proxy() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE));
    let (port, asked) = start_proxy().await?;
    let web =
        json!({ "userAgent": "Example/1.0 (test)", "proxy": format!("http://127.0.0.1:{port}") });
    let mut config = config_with(url_config("proxy", &site.localhost_url("/")), web);
    config["bundle"] = json!({ "targets": ["linux-x64"] });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    assert_eq!(session.eval("return navigator.userAgent", vec![]).await?, "Example/1.0 (test)");
    let request = &site.requests()[0];
    assert_eq!(request.header("user-agent"), Some("Example/1.0 (test)"));
    assert_eq!(asked.lock().unwrap()[0], site.localhost_url("/"));
    // The bridge needs no net.
    assert_eq!(
        session.resolved("return (await Desktopr.app.info()).name", vec![]).await?,
        "Test proxy"
    );
    Ok(())
}

async fn injected(session: &Session) -> Result<Value> {
    session
        .eval("return [getComputedStyle(document.querySelector('h1')).color, window.injected ?? null, typeof mine]", vec![])
        .await
}

#[tokio::test]
async fn styles_and_scripts_are_injected_into_own_pages_whatever_their_policy() -> Result<()> {
    let (site, other, foreign) = (Site::start()?, Site::start()?, Site::start()?);
    site.page(
        "/",
        Page::html("<!doctype html><title>Home</title><h1>Home</h1><iframe src='/frame'></iframe>")
            .csp("frame-src 'self'; style-src 'none'; script-src 'none'"),
    );
    site.page("/frame", Page::html("<!doctype html><h1>Frame</h1>"));
    site.page("/popup", Page::html(&format!("<!doctype html><title>Own</title><h1>Own</h1><button onclick=\"window.open('{}')\">open</button>", foreign.url("/"))));
    other
        .page("/docs/a", Page::html(PLAIN_PAGE).csp(STRICT))
        .page("/docsier", Page::html(PLAIN_PAGE));
    foreign.page("/", Page::html("<!doctype html><title>Foreign</title><h1>Foreign</h1>"));
    let web = json!({ "injectCss": ["a.css"], "injectJs": ["b.js"] });
    let mut config = config_with(url_config("inject", &site.url("/")), web.clone());
    config["navigation"] =
        json!({ "internal": [format!("{}/docs/*", other.origin())], "popups": "window" });
    let files = [("a.css", CSS), ("b.js", JS), ("web/index.html", PLAIN_PAGE)];
    let (app, desktop) = (App::stamp(&config, &files).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;

    let own = json!(["rgb(1, 2, 3)", ["loading", "object"], "undefined"]);
    assert_eq!(injected(&session).await?, own);
    session.enter_frame("iframe").await?;
    assert_eq!(injected(&session).await?, json!(["rgb(0, 0, 0)", null, "undefined"]));
    session.leave_frame().await?;
    session.goto(&other.url("/docs/a")).await?;
    assert_eq!(
        injected(&session).await?,
        json!(["rgb(1, 2, 3)", ["loading", "undefined"], "undefined"])
    );
    // A pop-up of a stranger has neither, though WebKit gives it its opener's scripts.
    session.goto(&site.url("/popup")).await?;
    assert_eq!(injected(&session).await?, own);
    let popup = session.opened_by(session.click("button"), SOON).await?;
    session.switch_to(&popup).await?;
    session.wait_for("document.title === 'Foreign'", SOON).await?;
    assert_eq!(injected(&session).await?, json!(["rgb(0, 0, 0)", null, "undefined"]));

    let config = config_with(packed_config("inject-packed"), web);
    let (app, desktop) = (App::stamp(&config, &files).await?, Desktop::start().await?);
    assert_eq!(injected(&app.open(&desktop).await?).await?, own);
    Ok(())
}

#[tokio::test]
async fn nothing_outlives_an_app_that_is_incognito() -> Result<()> {
    for (incognito, expected) in [(true, "none"), (false, "kept")] {
        let site = Site::start()?;
        site.page("/told", Page::text(""));
        site.page(
            "/",
            Page::html(
                "<!doctype html><title>Page</title><script>
                 const seen = document.cookie || 'none';
                 document.cookie = 'kept; max-age=1000';
                 fetch('/told?' + seen)</script>",
            ),
        );
        let config =
            config_with(url_config("incognito", &site.url("/")), json!({ "incognito": incognito }));
        let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
        for query in ["none", expected] {
            let session = desktop.spawn(app.binary(), &[])?;
            let told = |request: &Request| request.path == "/told" && request.query == query;
            site.wait_for_request(query, told, SOON).await?;
            site.forget_requests();
            let window = desktop.wait_for_window("Test incognito", SOON).await?;
            desktop.close(window.id)?;
            session.wait(SOON).await?;
        }
    }
    Ok(())
}

/// A page that tells each key, and that something has taken half of its height.
const TELLING: &str =
    "<!doctype html><title>Page</title><style>* { margin: 0; height: 200px }</style>
    <textarea id=text style='width: 300px'></textarea><p>text</p><script>
    addEventListener('contextmenu', () => fetch('/told?menu'));
    addEventListener('keydown', (event) => fetch('/told?key-' + event.key));
    addEventListener('resize', () => { if (innerHeight < 600) fetch('/told?small') });
    </script>";

async fn show_telling(
    id: &str,
    web: Value,
) -> Result<(Site, App, Desktop, tests::process::Running, tests::desktop::Window)> {
    let site = Site::start()?;
    site.page("/", Page::html(TELLING)).page("/told", Page::text(""));
    let config = config_with(url_config(id, &site.url("/")), web);
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let running = desktop.spawn(app.binary(), &[])?;
    let window = desktop.wait_for_window(&format!("Test {id}"), SOON).await?;
    desktop.activate(window.id).await?;
    Ok((site, app, desktop, running, window))
}

async fn wait_for_told(site: &Site, what: &str) -> Result<()> {
    let told = |request: &Request| request.path == "/told" && request.query == what;
    site.wait_for_request(what, told, SOON).await.map(drop)
}

#[tokio::test]
async fn a_right_click_opens_a_menu_where_the_config_or_a_text_field_says_so() -> Result<()> {
    for (id, on, x, y, has_menu) in [
        ("menu-on", true, 600, 300, true),
        ("menu-off", false, 600, 300, false),
        ("menu-text", false, 100, 100, true),
    ] {
        let (site, _app, desktop, _running, window) =
            show_telling(id, json!({ "contextMenu": on })).await?;
        desktop.click(&window, 610, 310).await?;
        desktop.press(&["a"]).await?;
        wait_for_told(&site, "key-a").await?;
        let before = desktop.picture(window.id)?;
        desktop.right_click(&window, x, y).await?;
        wait_for_told(&site, "menu").await?;
        if has_menu {
            let differs = |picture: &_| {
                ensure!(*picture != before, "nothing has opened");
                Ok(())
            };
            let opened = desktop.wait_for_picture("a menu", window.id, differs, SOON).await?;
            picture::keep(&opened, id)?;
        }
        // While a menu is open, keys are the menu's.
        desktop.press(&["b", "Escape", "c"]).await?;
        wait_for_told(&site, "key-c").await?;
        let took = !site.requests().iter().any(|request| request.query == "key-b");
        assert_eq!(took, has_menu, "{id}");
    }
    Ok(())
}

#[tokio::test]
async fn the_developer_tools_open_by_a_key_where_they_are_on() -> Result<()> {
    for key in ["F12", "ctrl+shift+i"] {
        let (site, _app, desktop, _running, _) =
            show_telling("tools-on", json!({ "devtools": true })).await?;
        desktop.press(&["a"]).await?;
        wait_for_told(&site, "key-a").await?;
        desktop.press(&[key]).await?;
        // They open at the lower edge of the window.
        wait_for_told(&site, "small").await?;
    }
    let (site, _app, desktop, _running, _) =
        show_telling("tools-off", json!({ "devtools": false })).await?;
    desktop.press(&["F12", "ctrl+shift+i", "b"]).await?;
    wait_for_told(&site, "key-b").await?;
    assert_eq!(desktop.windows()?.len(), 1);
    assert!(!site.requests().iter().any(|request| request.query == "small"));
    Ok(())
}
