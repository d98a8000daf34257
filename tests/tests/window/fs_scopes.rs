//! Which windows have which files: what the config opens, and a `cacheOnly` window nothing but its own cache.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Request},
};

use crate::{
    fs::{config, folders, refusal},
    fs_streams::open_files,
    support::{App, SOON, plain_site, url_config},
};

#[tokio::test]
async fn scopes_that_are_off_are_refused() -> Result<()> {
    let site = plain_site()?;
    let app =
        App::stamp(&config("off", &site.url("/"), json!({ "scopes": ["cache"] })), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let supported = session.eval(
        "return ['fs', 'fs.cache.writeText', 'fs.data.writeText', 'fs.data', 'fs.trash.list', 'fs.diagnostics.list', 'fs.pluginFs'].map(Desktopr.supports)",
        vec![],
    );
    assert_eq!(supported.await?, json!([true, true, false, false, false, false, false]));
    for call in [
        "data.listContent()",
        "data.writeText('x', '')",
        "data.readStream('x')",
        "data.writeStream('x')",
        "data.watch('', () => {})",
        "data.usage()",
        "trash.listContent()",
        "trash.recover('x')",
        "trash.clear()",
        "diagnostics.list()",
        "diagnostics.clear()",
        "Desktopr.fs.pluginFs('x').listContent()",
    ] {
        assert_eq!(refusal(&session, call).await?, "fs/scope-disabled", "{call}");
    }
    session
        .resolved(
            "await Desktopr.fs.cache.writeText('x', '1'); await Desktopr.fs.cache.remove('x')",
            vec![],
        )
        .await?;
    let (data, cache) = folders(&desktop, "off");
    assert!(cache.is_dir() && !data.join("data").exists() && !data.join("trash").exists());
    let without = App::stamp(&url_config("none", &site.url("/")), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = without.open(&desktop).await?;
    assert_eq!(refusal(&session, "data.listContent()").await?, "bridge/module-disabled");
    Ok(())
}

/// What the page of a window that is alone tries: WebDriver drives windows of one profile only.
const ALONE: &str = "<!doctype html><title>Alone</title><h1>Alone</h1><script type=module>
    const { fs, supports } = Desktopr, { invoke } = window.__TAURI_INTERNALS__;
    const name = location.search.slice(1);
    const code = (call) => call.then(() => 'done', (refused) => refused.code ?? refused);
    await fs.cache.writeText(name, '1');
    await fs.cache.watch('', () => {}, { recursive: true });
    const token = new Promise((resolve) => addEventListener('deskwright:token', ({ detail }) => resolve(detail)));
    await invoke('plugin:bridge|core_hello');
    const headers = { 'Deskwright-Token': await token };
    const report = [(await fs.cache.listContent()).map((entry) => entry.name), (await fs.cache.usage()).quota,
        ['fs.cache.writeText', 'fs.data', 'fs.trash'].map(supports),
        await Promise.all([fs.data.listContent(), fs.trash.listContent(), fs.diagnostics.list(),
            invoke('plugin:bridge|fs_list', { scope: 'data', path: '' }, { headers })].map(code))];
    await fetch('/report/' + name, { method: 'POST', body: JSON.stringify(report) });
    </script>";

#[tokio::test]
async fn a_window_that_is_alone_has_a_cache_of_its_own_that_goes_with_it() -> Result<()> {
    let site = plain_site()?;
    site.page("/alone", Page::html(ALONE));
    let mut config = config("alone", &site.url("/"), json!({ "scopes": ["data", "cache"] }));
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["bridge"]["cacheOnly"] =
        json!({ "modules": { "fs": { "scopes": ["cache"], "quotaMb": 1 } } });
    let app = App::stamp(&config, &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    session.resolved("await Desktopr.fs.cache.writeText('of-main', '1')", vec![]).await?;
    for name in ["x", "y"] {
        let open = "await Desktopr.window.new({ label: arguments[0], url: '/alone?' + arguments[0], cacheOnly: true })";
        session.resolved(open, vec![json!(name)]).await?;
        let path = format!("/report/{name}");
        let is_report = |request: &Request| request.path == path;
        let report = site.wait_for_request("the report", is_report, SOON).await?;
        let report: Value = serde_json::from_slice(&report.body)?;
        let off = "fs/scope-disabled";
        let expected = json!([[name], 1 << 20, [true, false, false], [off, off, off, off]]);
        assert_eq!(report, expected, "{name}");
    }
    let windows = folders(&desktop, "alone").1.with_file_name("windows");
    let is_there = |name: &str| -> Result<bool> {
        let runs = fs_err::read_dir(&windows)?.collect::<std::io::Result<Vec<_>>>()?;
        let mut places =
            runs.iter().flat_map(|run| ["1", "2"].map(|number| run.path().join(number)));
        Ok(places.any(|place| place.join(name).is_file()))
    };
    assert!(is_there("x")? && is_there("y")?);
    let watchers = || -> Result<usize> {
        let open = open_files(session.app_pid()?)?;
        Ok(open.iter().filter(|name| name.contains("inotify")).count())
    };
    let with_both = watchers()?;
    // The window closes, and nothing of it stays.
    session.resolved("await Desktopr.window.close('x')", vec![]).await?;
    let limit = Instant::now() + SOON;
    while is_there("x")? || watchers()? == with_both {
        anyhow::ensure!(Instant::now() < limit, "something of the window is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(is_there("y")?);
    let told = session.resolved(
        "return (await Desktopr.fs.cache.listContent()).map((entry) => entry.name)",
        vec![],
    );
    assert_eq!(told.await?, json!(["of-main"]));
    Ok(())
}
