//! `--self-test`: what it says about a good page, and that it fails for the bad ones.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, plain_site, url_config};

/// Seconds for a page that will not come: no machine makes it ready by then or later.
const SHORT: &str = "3";

async fn outcome(config: &Value, timeout: &str) -> Result<(i32, Value)> {
    let files = [("web/index.html", PLAIN_PAGE)];
    App::stamp(config, &files).await?.self_test(&Desktop::start().await?, timeout).await
}

#[tokio::test]
async fn a_good_page_passes() -> Result<()> {
    let mut config = packed_config("good");
    // Small enough to fit the screen with a window manager's frame around it, so that it keeps its size.
    config["window"] = json!({ "width": 640, "height": 480 });
    let (code, line) = outcome(&config, "20").await?;
    assert_eq!(code, 0, "{line}");
    assert_eq!(
        (&line["ok"], &line["error"], &line["title"]),
        (&json!(true), &json!(null), &json!("Plain"))
    );
    assert_eq!(line["url"], "tauri://localhost");
    assert_eq!(
        line["app"],
        json!({ "id": "com.example.good", "name": "Test good", "version": "0.1.0" })
    );
    assert_eq!(line["bridge"], json!({ "available": true, "apiVersion": "1.0.0" }));
    assert_eq!((&line["window"]["width"], &line["window"]["height"]), (&json!(640), &json!(480)));
    assert_eq!((&line["httpStatus"], &line["pageErrors"]), (&json!(null), &json!([])));
    for time in ["loaded", "shown", "pageLoaded", "pageFirstContentfulPaint", "bridgeCall", "total"]
    {
        assert!(line["timingsMs"][time].is_number(), "{time}: {line}");
    }
    Ok(())
}

#[tokio::test]
async fn errors_in_the_page_are_told() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html("<!doctype html><title>E</title><p>text</p><img src=/gone.png><script>throw new Error('broken on purpose')</script>"));
    let (code, line) = outcome(&url_config("errors", &site.url("/")), "20").await?;
    assert_eq!(code, 0, "a page with an error is still a page: {line}");
    let errors = line["pageErrors"].to_string();
    assert!(errors.contains("broken on purpose") && errors.contains("/gone.png"), "{line}");
    assert_eq!(line["httpStatus"], 200);
    Ok(())
}

#[tokio::test]
async fn bad_pages_fail() -> Result<()> {
    let site = plain_site()?;
    site.page("/blank", Page::html("<!doctype html><title>Blank</title>"));
    site.page("/error", Page::html(PLAIN_PAGE).status(500));
    let closed = plain_site()?.url("/");
    for (id, url, expected) in [
        ("blank", site.url("/blank"), "not ready within 3 s"),
        ("missing", site.url("/nowhere"), "HTTP status 404"),
        ("error", site.url("/error"), "HTTP status 500"),
        ("closed", closed, "failed to load"),
    ] {
        let (code, line) = outcome(&url_config(id, &url), SHORT).await?;
        assert_eq!((code, &line["ok"]), (1, &json!(false)), "{id}: {line}");
        assert!(line["error"].as_str().unwrap_or_default().contains(expected), "{id}: {line}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_without_the_bridge_fails_and_says_where_it_is() -> Result<()> {
    let (site, other) = (plain_site()?, plain_site()?);
    let mut config = url_config("bridgeless", &site.url("/"));
    config["bridge"]["origins"] = json!([other.origin()]);
    let (code, line) = outcome(&config, SHORT).await?;
    assert_eq!(code, 1, "{line}");
    assert_eq!((&line["url"], &line["title"]), (&json!(site.url("/")), &json!("Plain")));
    assert_eq!(line["bridge"]["available"], false);
    Ok(())
}

#[tokio::test]
async fn without_a_display_there_is_an_answer_all_the_same() -> Result<()> {
    let app = App::stamp(&packed_config("blind"), &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let mut command = desktop.command(app.binary());
    let output = tests::process::run(command.arg("--self-test").env_remove("DISPLAY"), SOON)
        .await?
        .expect_code(1)?;
    let line: Value = output.json()?;
    assert!(
        line["error"].as_str().unwrap_or_default().starts_with("there is no display"),
        "{line}"
    );
    Ok(())
}
