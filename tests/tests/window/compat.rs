//! A page that was written after Desktopr's documents alone: it works, but for the differences that `docs/compatibility.md` lists.

use anyhow::{Context as _, Result};
use runtime_settings::Sha256;
use serde_json::{Map, Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
    xtask,
};

use crate::{
    everything,
    plugin_support::IDLE,
    support::{App, SOON},
};

async fn open(id: &str) -> Result<(Site, App, Desktop, Session)> {
    let page = format!(
        "<!doctype html><title>Compatible</title><h1>Compatible</h1><script>{}</script>",
        include_str!("compat.js")
    );
    let site = Site::start()?;
    site.page("/", Page::html(&page)).page("/idle.wasm", Page::bytes("application/wasm", IDLE));
    let mut config = everything::config(id, &site.url("/"));
    config["plugins"]["trusted"] = json!([Sha256::of(IDLE).to_string()]);
    let app = everything::stamp(&config).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let add = "const bytes = await (await fetch('/idle.wasm')).arrayBuffer();
               await Desktopr.plugins.addFromBytes('my-plugin', bytes)";
    session.resolved(add, vec![]).await?;
    Ok((site, app, desktop, session))
}

async fn check(session: &Session, kind: &str) -> Result<Map<String, Value>> {
    let begin = "checkAll(arguments[0]).then((came) => { window.came = came })";
    session.eval(begin, vec![json!(kind)]).await?;
    let came = session.wait_for("window.came", SOON * 6).await?;
    let came = came.as_object().context("what came of each")?.clone();
    let wrong: Vec<_> = came.iter().filter(|(_, came)| *came != "ok").collect();
    assert!(wrong.is_empty(), "{kind}: {wrong:#?}");
    Ok(came)
}

#[tokio::test]
async fn what_is_documented_works() -> Result<()> {
    let (_site, _app, _desktop, session) = open("compat-same").await?;
    check(&session, "same").await.map(drop)
}

#[tokio::test]
async fn the_differences_are_those_of_the_page() -> Result<()> {
    let (_site, _app, _desktop, session) = open("compat-different").await?;
    let came = check(&session, "different").await?;
    let text = fs_err::read_to_string(xtask::repo_root()?.join("docs/compatibility.md"))?;
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let mut listed: Vec<_> = rows.map(|(name, _)| name.to_owned()).collect();
    listed.sort_unstable();
    let mut came: Vec<_> = came.keys().cloned().collect();
    came.sort_unstable();
    assert_eq!(listed, came);
    Ok(())
}
