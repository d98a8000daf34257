//! The smallest runtime: what every app has works there, and what it lacks is refused by name.

use anyhow::Result;
use serde_json::json;
use tests::{desktop::Desktop, servers::Page};

use crate::{
    downloads::{config, open_on},
    remote::Remote,
    support::{App, PLAIN_PAGE, packed_config, variant},
};

#[tokio::test]
async fn downloads_and_windows_need_no_larger_runtime() -> Result<()> {
    let remote = Remote::start()?;
    remote.site.page("/data.csv", Page::bytes("text/csv", b"a,b\n"));
    let (href, config) = (remote.site.url("/data.csv"), config("slim", &remote, "downloads"));
    let app = App::stamp_on(&variant("slim").await?, &config, &[]).await?;
    let app = open_on(app, remote, &config).await?;
    let done = app.download(&href, Some("table.csv")).await?;
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(fs_err::read_to_string(app.folder().join("table.csv"))?, "a,b\n");
    let facts = "const info = await Desktopr.app.info();
                 return [info.name, (await Desktopr.window.list()).length, Desktopr.supports('downloads.list')]";
    assert_eq!(app.remote.run(facts).await?, json!(["Test slim", 1, true]));
    Ok(())
}

#[tokio::test]
async fn what_it_lacks_is_off_and_ends_nothing() -> Result<()> {
    let mut config = packed_config("lacks");
    config["bridge"]["modules"] = json!({ "fs": true, "files": true });
    let files = [("web/index.html", PLAIN_PAGE)];
    let app = App::stamp_on(&variant("slim").await?, &config, &files).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let facts = "const supports = ['fs.data.readText', 'files.open', 'app.info'].map(Desktopr.supports);
                 const code = (call) => call.then(() => 'ok', (error) => error.code);
                 return [supports, await code(Desktopr.fs.data.readText('a')), await code(Desktopr.files.open())];";
    let off = "bridge/module-disabled";
    let told = session.eval_async(facts, vec![]).await?;
    assert_eq!(told.ok(), Some(json!([[false, false, true], off, off])));
    Ok(())
}
