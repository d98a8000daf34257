//! Where the main frame may go: links, scripts, redirects, sign-in over a second origin.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, PLAIN_PAGE, SOON, plain_site, url_config};

/// An app at `site`, open on a desktop.
async fn open(config: &Value) -> Result<(App, Desktop, Session)> {
    let (app, desktop) = (App::stamp(config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    Ok((app, desktop, session))
}

fn site_with_link(to: &str) -> Result<Site> {
    let site = Site::start()?;
    let page = format!(
        "<!doctype html><title>Home</title><a id=out href='{to}'>out</a> <a id=new target=_blank href='{to}'>new</a>"
    );
    site.page("/", Page::html(&page));
    Ok(site)
}

#[tokio::test]
async fn a_link_to_another_origin_goes_to_the_browser_before_any_request() -> Result<()> {
    let other = plain_site()?;
    for (element, id) in [("#out", "link"), ("#new", "blank")] {
        let target = other.url(&format!("/{id}"));
        let site = site_with_link(&target)?;
        let (_app, desktop, session) = open(&url_config(id, &site.url("/"))).await?;
        session.click(element).await?;
        desktop.wait_for_opened_url("browser", |url| url == target, SOON).await?;
        assert_eq!(session.url().await?, site.url("/"));
        assert_eq!(session.handles().await?.len(), 1);
    }
    assert!(other.requests().is_empty(), "caught in the page, before a request");
    Ok(())
}

#[tokio::test]
async fn a_script_cannot_take_the_window_elsewhere() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    let (_app, desktop, session) = open(&url_config("script", &site.url("/"))).await?;
    session.eval("location.href = arguments[0]", vec![json!(other.url("/away"))]).await?;
    desktop.wait_for_opened_url("browser", |url| url == other.url("/away"), SOON).await?;
    assert_eq!(session.url().await?, site.url("/"));
    assert_eq!(session.eval("return document.title", vec![]).await?, "Plain");
    Ok(())
}

#[tokio::test]
async fn a_redirect_elsewhere_does_not_stay_either() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    site.redirect("/leave", &other.url("/away"));
    let (_app, desktop, session) = open(&url_config("redirect", &site.url("/"))).await?;
    session.eval("location.href = '/leave'", vec![]).await?;
    desktop.wait_for_opened_url("browser", |url| url == other.url("/away"), SOON).await?;
    assert_eq!(session.url().await?, site.url("/"));
    Ok(())
}

#[tokio::test]
async fn what_is_blocked_goes_nowhere_and_is_logged() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    let mut config = url_config("blocked", &site.url("/"));
    config["navigation"] = json!({ "external": "block" });
    let (_app, desktop, session) = open(&config).await?;
    session.eval("location.href = arguments[0]", vec![json!(other.url("/away"))]).await?;
    other.wait_for_request("page", |request| request.path == "/away", SOON).await?;
    // The refusal is decided at the answer to that request; a round trip through the page comes after it.
    session.wait_for("(await Desktopr.app.info()).name === 'Test blocked'", SOON).await?;
    assert_eq!(session.url().await?, site.url("/"));
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    let log = session.app_output()?;
    assert!(
        log.contains(&format!("refused by the app's `navigation`: `{}`", other.url("/away"))),
        "{log}"
    );
    Ok(())
}

#[tokio::test]
async fn an_internal_origin_stays_in_the_window() -> Result<()> {
    let other = plain_site()?;
    let site = site_with_link(&other.url("/docs/start"))?;
    other.page("/docs/start", Page::html(PLAIN_PAGE));
    let mut config = url_config("internal", &site.url("/"));
    config["navigation"] = json!({ "internal": [format!("{}/docs/*", other.origin())] });
    let (_app, desktop, session) = open(&config).await?;
    session.click("#out").await?;
    session.wait_for("document.title === 'Plain'", SOON).await?;
    assert_eq!(session.url().await?, other.url("/docs/start"));
    // Beside the path that the config names, the same origin is outside.
    session.eval("location.href = '/private'", vec![]).await?;
    desktop.wait_for_opened_url("browser", |url| url == other.url("/private"), SOON).await?;
    assert_eq!(session.url().await?, other.url("/docs/start"));
    Ok(())
}

#[tokio::test]
async fn a_sign_in_over_a_second_origin_completes() -> Result<()> {
    let (site, provider, hop) = (Site::start()?, Site::start()?, Site::start()?);
    site.page(
        "/",
        Page::html("<!doctype html><title>Signed out</title><a id=in href='/login'>Sign in</a>"),
    );
    // The way there leads through an origin that no config lists: it only passes on.
    site.redirect("/login", &hop.url("/hop"));
    hop.redirect("/hop", &provider.url("/authorize"));
    let form = "<!doctype html><title>Provider</title><form action='/consent' method=post><button id=yes>Yes</button></form>
         <p id=bridge></p><script>document.getElementById('bridge').textContent = typeof window.Desktopr</script>";
    provider.page("/authorize", Page::html(form));
    provider.redirect("/consent", &site.url("/callback?code=42"));
    site.page("/callback", Page::html("<!doctype html><title>Signed in</title>"));
    let mut config = url_config("login", &site.url("/"));
    config["navigation"] = json!({ "internal": [provider.origin()] });
    let (_app, desktop, session) = open(&config).await?;

    session.click("#in").await?;
    session.wait_for("document.title === 'Provider'", SOON).await?;
    assert_eq!(
        session.eval("return document.getElementById('bridge').textContent", vec![]).await?,
        "undefined"
    );
    session.click("#yes").await?;
    session.wait_for("document.title === 'Signed in'", SOON).await?;
    assert_eq!(session.url().await?, site.url("/callback?code=42"));
    assert_eq!(session.eval("return typeof Desktopr", vec![]).await?, "object");
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn https_with_a_bad_certificate_is_not_shown() -> Result<()> {
    let (site, secure) = (plain_site()?, Site::start_tls()?);
    secure.page("/", Page::html(PLAIN_PAGE));
    let mut config = url_config("tls", &secure.url("/"));
    let (code, outcome) =
        App::stamp(&config, &[]).await?.self_test(&Desktop::start().await?, "20").await?;
    assert_eq!(code, 1, "{outcome}");
    assert!(outcome["error"].as_str().unwrap_or_default().contains("failed to load"), "{outcome}");

    // The same page is fine where the test vouches for the certificate.
    config["app"]["id"] = "com.example.tls-ok".into();
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let launch = tests::webdriver::Launch::new(app.binary()).accept_insecure_certs();
    let session = Session::open(&desktop, &launch).await?;
    session.goto(&secure.url("/")).await?;
    assert_eq!(
        session.resolved("return (await Desktopr.app.info()).name", vec![]).await?,
        "Test tls"
    );
    // From https, plain http is another origin.
    session.eval("location.href = arguments[0]", vec![json!(site.url("/"))]).await?;
    desktop.wait_for_opened_url("browser", |url| url == site.url("/"), SOON).await?;
    Ok(())
}
