//! `cacheOnly` windows are alone: profile, files, rights and events of their own.
//!
//! WebDriver drives the windows of one profile only, so the page of such a window says by itself what it finds.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Request, Site},
    webdriver::Session,
};

use crate::{
    support::{App, SOON},
    window_new::opening_config,
};

/// Tries everything and reports it. Its script comes from the site, so that each test has its own.
const PAGE: &str = "<!doctype html><title>Alone</title><h1>Alone</h1><script>
    const report = (name, value) => fetch('/report/' + name, { method: 'POST', body: JSON.stringify(value ?? null) });
    const attempt = (call) => call.then((value) => ({ value }), ({ code, message }) => ({ code, message }));
    </script><script src=/script.js></script>";

struct Alone {
    site: Site,
    _app: App,
    desktop: Desktop,
    session: Session,
}

async fn open(id: &str, modules: Value, script: &str) -> Result<Alone> {
    let site = Site::start()?;
    site.page("/", Page::html("<!doctype html><title>Main</title><h1>Main</h1>"))
        .page("/alone", Page::html(PAGE))
        .page("/script.js", Page::script(script))
        .page("/popup", Page::html("<!doctype html><title>Pop-up</title><script>
            fetch('/report/popup', { method: 'POST', body: JSON.stringify([document.cookie, typeof window.Desktopr]) })</script>"));
    let mut config = opening_config(id, &site.url("/"));
    config["bridge"]["cacheOnly"] = json!({ "modules": modules });
    let app = App::stamp(&config, &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    Ok(Alone { site, _app: app, desktop, session })
}

impl Alone {
    /// Waits for what the page reports under a name, for the `nth` time.
    async fn report(&self, name: &str, nth: usize) -> Result<Value> {
        let path = format!("/report/{name}");
        let is_it = |request: &Request| request.path == path && !request.body.is_empty();
        let count = || self.site.requests().into_iter().filter(is_it).collect::<Vec<_>>();
        let deadline = tokio::time::Instant::now() + SOON;
        loop {
            if let Some(request) = count().get(nth) {
                return Ok(serde_json::from_slice(&request.body)?);
            }
            anyhow::ensure!(
                tokio::time::Instant::now() < deadline,
                "no report of `{name}`: {:?}",
                self.session.app_output()
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    async fn new_window(&self, options: Value) -> Result<Value> {
        self.session.resolved("return await Desktopr.window.new(arguments[0])", vec![options]).await
    }
}

#[tokio::test]
async fn nothing_is_shared_with_the_main_window_or_with_the_next_one() -> Result<()> {
    let script = "const stored = async () => [document.cookie, localStorage.getItem('who'), (await caches.keys().catch(() => [])).length];
        (async () => {
            const before = await stored();
            document.cookie = 'who=alone; max-age=9999';
            localStorage.setItem('who', 'alone');
            await report('stored', { before, after: await stored(), bridge: typeof window.Desktopr });
            document.addEventListener('click', () => open('/popup', 'p', 'width=200,height=100'));
        })()";
    let alone = open("alone-profile", json!({}), script).await?;
    alone
        .session
        .eval(
            "document.cookie = 'who=main; max-age=9999'; localStorage.setItem('who', 'main')",
            vec![],
        )
        .await?;
    let kept = json!(["who=alone", "alone", 0]);
    let empty = json!(["", null, 0]);
    // Twice in a row, and two at once: each begins with nothing.
    for nth in 0..2 {
        let label = format!("w{nth}");
        let info =
            alone.new_window(json!({ "label": label, "url": "/alone", "cacheOnly": true })).await?;
        assert_eq!(info["cache_only"], true);
        let report = alone.report("stored", nth).await?;
        assert_eq!(report, json!({ "before": empty, "after": kept, "bridge": "object" }), "{nth}");
        if nth == 0 {
            let window = alone.desktop.wait_for_window("Alone", SOON).await?;
            alone.session.resolved("await Desktopr.window.close('w0')", vec![]).await?;
            alone.desktop.wait_for_no_window(window.id, SOON).await?;
        }
    }
    alone.new_window(json!({ "label": "w2", "url": "/alone", "cacheOnly": true, "x": 300, "y": 300, "width": 300, "height": 200 })).await?;
    assert_eq!(alone.report("stored", 2).await?["before"], empty);
    let own = "return [document.cookie, localStorage.getItem('who')]";
    assert_eq!(alone.session.eval(own, vec![]).await?, json!(["who=main", "main"]));

    // A pop-up of such a window shares its profile, and has no bridge.
    let is_small =
        |windows: &[tests::desktop::Window]| windows.iter().find(|w| w.width == 300).cloned();
    let window = alone.desktop.wait_for_windows("the third", is_small, SOON).await?;
    alone.desktop.activate(window.id).await?;
    alone.desktop.click(&window, 150, 150).await?;
    assert_eq!(alone.report("popup", 0).await?, json!(["who=alone", "undefined"]));
    Ok(())
}

#[tokio::test]
async fn it_has_only_the_rights_that_it_is_given_and_knows_itself_only() -> Result<()> {
    let script = "(async () => {
        const { app, window: win, events } = Desktopr;
        await report('rights', {
            app: await attempt(app.info().then(({ windows }) => windows.map(({ label }) => label))),
            label: await attempt(win.getInfo().then(({ label, cache_only }) => [label, cache_only])),
            own: await attempt(win.setTitle('Mine', 'alone')),
            main: await attempt(win.close('main')),
            other: await attempt(win.getInfo('other')),
            list: await attempt(win.list().then((all) => all.map(({ label }) => label))),
            plugins: await attempt(Desktopr.plugins.list()),
            browser: Desktopr.supports('openBrowser'),
        });
        // As an attacker would: the raw way, with the own token, and as the main window.
        const { invoke } = window.__TAURI_INTERNALS__;
        const token = new Promise((resolve) => addEventListener('deskwright:token', ({ detail }) => resolve(detail)));
        await invoke('plugin:bridge|core_hello');
        const headers = { 'Deskwright-Token': await token };
        const raw = (command, args) => invoke('plugin:bridge|' + command, args, { headers }).then(() => 'ok', (refused) => refused.message ?? refused);
        await report('raw', { own: await raw('core_version', {}), plugins: await raw('plugins_list', {}), token: headers['Deskwright-Token'],
            main: await raw('window_close', { label: 'main' }) });
        await report('new', [await attempt(win.new({ label: 'other', url: '/alone?2' })),
            location.search === '' ? await attempt(win.new({ label: 'child', url: '/alone?2' }).then(({ cache_only }) => cache_only)) : 0]);
    })()";
    let modules = json!({ "app": true, "window": { "open": true } });
    let alone = open("alone-rights", modules, script).await?;
    alone.new_window(json!({ "label": "other", "url": "/" })).await?;
    alone.new_window(json!({ "label": "alone", "url": "/alone", "cacheOnly": true })).await?;
    let rights = alone.report("rights", 0).await?;
    assert_eq!(rights["app"]["value"], json!(["alone"]), "{rights}");
    assert_eq!(rights["label"]["value"], json!(["alone", true]));
    assert_eq!(rights["list"]["value"], json!(["alone"]));
    assert_eq!(rights["own"], json!({}), "no refusal");
    assert_eq!(rights["main"]["code"], "window/unknown-label");
    assert_eq!(rights["other"]["code"], "window/unknown-label");
    assert_eq!(rights["plugins"]["code"], "bridge/module-disabled");
    let raw = alone.report("raw", 0).await?;
    assert_eq!(raw["own"], "ok", "{raw}");
    assert!(raw["plugins"].as_str().is_some_and(|text| text.contains("not allowed")), "{raw}");
    assert!(raw["main"].as_str().is_some_and(|text| text.contains("no window")), "{raw}");

    // Its token is its own: it opens nothing from the main window.
    let script = "try {
            await window.__TAURI_INTERNALS__.invoke('plugin:bridge|core_version', {}, { headers: { 'Deskwright-Token': arguments[0] } });
            return 'ok';
        } catch (refused) { return refused.code }";
    let as_main = alone.session.resolved(script, vec![raw["token"].clone()]).await?;
    assert_eq!(as_main, "bridge/not-allowed");

    // What it opens is alone too, and takes no label from others.
    let new = alone.report("new", 0).await?;
    assert_eq!((&new[0]["code"], &new[1]["value"]), (&json!("window/label-taken"), &json!(true)));
    let list =
        "return (await Desktopr.window.list()).map(({ label, cache_only }) => [label, cache_only])";
    let known = json!([["main", false], ["other", false], ["alone", true], ["child", true]]);
    assert_eq!(alone.session.resolved(list, vec![]).await?, known, "the main window knows them");
    alone.session.resolved("await Desktopr.window.close('child')", vec![]).await.map(drop)
}

#[tokio::test]
async fn events_do_not_cross_in_either_direction() -> Result<()> {
    let script = "(async () => {
        const heard = [];
        await Desktopr.events.onMany(['test:a', 'test:end', 'window:focus', 'window:moved', 'window:resized'], (name, payload) => {
            heard.push([name, payload?.label ?? payload]);
            if (name === 'test:end') report('heard', heard);
        });
        const refused = await attempt(Desktopr.events.emitTo('main', 'test:a', 'to main'));
        await Desktopr.events.emitToAll('test:a', 'to all');
        await Desktopr.events.emitTo('alone', 'test:a', 'to itself');
        await report('sent', refused);
        document.addEventListener('click', () => Desktopr.events.emit('test:end'));
    })()";
    let alone = open("alone-events", json!({ "events": true }), script).await?;
    let listen = "window.heard = []; await Desktopr.events.onMany(['test:a', 'window:focus', 'window:moved', 'window:resized'],
        (name, payload) => heard.push([name, payload?.label ?? payload]))";
    alone.session.resolved(listen, vec![]).await?;
    let options = json!({ "label": "alone", "url": "/alone", "cacheOnly": true, "width": 300, "height": 200 });
    alone.new_window(options).await?;
    assert_eq!(alone.report("sent", 0).await?["code"], "events/unknown-label");

    let send = "await Desktopr.events.emitToAll('test:a', 'to all of main')";
    alone.session.resolved(send, vec![]).await?;
    let refused = alone
        .session
        .rejected("await Desktopr.events.emitTo('alone', 'test:a', 1)", vec![])
        .await?;
    assert_eq!(refused.code.as_deref(), Some("events/unknown-label"));
    // Both windows have something of their own to tell.
    let main = alone.desktop.wait_for_window("Test alone-events", SOON).await?;
    let own = alone.desktop.wait_for_window("Alone", SOON).await?;
    alone.desktop.activate(main.id).await?;
    alone
        .session
        .wait_for(
            "heard.some(([name, label]) => name === 'window:focus' && label === 'main')",
            SOON,
        )
        .await?;
    let own = alone.desktop.activate(own.id).await?;
    alone.desktop.click(&own, 150, 150).await?;
    let heard = alone.report("heard", 0).await?;
    let heard: Vec<_> = heard.as_array().into_iter().flatten().cloned().collect();
    for own in ["to all", "to itself"] {
        assert!(heard.contains(&json!(["test:a", own])), "{heard:?}");
    }
    let is_own = |event: &Value| {
        event[0] == "test:a" && event[1] != "to all of main"
            || event[0] == "test:end"
            || event[1] == "alone"
    };
    assert!(heard.iter().all(is_own), "{heard:?}");
    let seen = alone.session.eval("return heard", vec![]).await?;
    let is_mains = |event: &Value| event[1] == "main" || event[1] == "to all of main";
    assert!(seen.as_array().is_some_and(|seen| seen.iter().all(is_mains)), "{seen}");
    Ok(())
}

#[tokio::test]
async fn its_folder_ends_with_it_and_what_a_crash_leaves_ends_with_the_next_start() -> Result<()> {
    let alone = open("alone-folder", json!({}), "report('there', true)").await?;
    let folder = alone.desktop.home().join(".cache/com.example.alone-folder/windows");
    alone.new_window(json!({ "label": "a", "url": "/alone", "cacheOnly": true })).await?;
    alone.new_window(json!({ "label": "b", "url": "/alone", "cacheOnly": true })).await?;
    let runs = runs(&folder)?;
    let run = runs.first().context("a folder of the run")?;
    assert_eq!((runs.len(), run.join("1").is_dir(), run.join("2").is_dir()), (1, true, true));
    fs_err::write(run.join("1/kept.txt"), "kept")?;
    alone.session.resolved("await Desktopr.window.close('a')", vec![]).await?;
    let gone = async || -> Result<()> {
        while run.join("1").exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        Ok(())
    };
    tokio::time::timeout(SOON, gone()).await??;
    assert!(run.join("2").is_dir(), "the other window's stays");

    // A crash leaves everything; a second app that runs meanwhile touches nothing of it.
    tests::process::kill(alone.session.app_pid()?)?;
    alone.session.wait_for_app_end(SOON).await?;
    assert!(run.join("2").is_dir());
    let session = alone._app.open(&alone.desktop).await?;
    let gone = async || -> Result<()> {
        while !self::runs(&folder)?.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        Ok(())
    };
    tokio::time::timeout(SOON, gone()).await??;
    // And an end like any other leaves nothing either.
    session
        .resolved("await Desktopr.window.new({ url: '/alone', cacheOnly: true })", vec![])
        .await?;
    assert_eq!(self::runs(&folder)?.len(), 1);
    // The answer may not come any more.
    let _ = session.eval("Desktopr.app.exit()", vec![]).await;
    session.wait_for_app_end(SOON).await?;
    assert_eq!(self::runs(&folder)?, Vec::<PathBuf>::new());
    Ok(())
}

/// The folders of runs.
fn runs(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs_err::read_dir(folder) else { return Ok(Vec::new()) };
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
}
