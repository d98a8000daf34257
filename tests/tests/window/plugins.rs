//! Calls of plugins from the page: results, failures, deadlines, the queue, and all ways to stop one.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{desktop::Desktop, servers::Page, webdriver::Session};

use crate::{
    plugin_support::{SPIN, add, both_pages, config, module, module_site, stamp},
    support::{PLAIN_PAGE, SOON, raw_call},
};

#[tokio::test]
async fn calls_work_on_a_free_page_and_under_a_strict_policy() -> Result<()> {
    let math = module("math").await?;
    for (id, page) in both_pages() {
        let site = module_site(page, &[("math", &math), ("spin", SPIN)])?;
        let mut config = config(&format!("calls-{id}"), &site.url("/"), &[&math, SPIN]);
        config["plugins"]["limits"] =
            json!({ "timeoutMs": 50_000, "concurrency": 1, "queue": 1, "stdinKb": 64 });
        let (app, desktop) = (stamp(&config).await?, Desktop::start().await?);
        let session = app.open(&desktop).await?;
        check_modules(&session).await?;
        check_results(&session).await?;
        check_stops(&session).await?;
        check_queue(&session).await?;
        check_that_calls_end_with_their_page(&session).await?;
        check_that_the_app_ends(&session).await?;
    }
    Ok(())
}

async fn check_modules(session: &Session) -> Result<()> {
    let before = session.resolved(
        "return [await Desktopr.plugins.list(), await Desktopr.plugins.status(), Desktopr.worker === Desktopr.plugins]",
        vec![],
    );
    let before = before.await?;
    assert_eq!((&before[0], &before[2]), (&json!([]), &json!(true)));
    let status = &before[1];
    assert_eq!(
        (&status["ready"], &status["compiler"], &status["modules"], &status["running"]),
        (&json!(true), &json!(true), &json!(0), &json!(0)),
        "{status}"
    );
    add(session, &["math", "spin"]).await?;
    let after = session.resolved(
        "const again = await Desktopr.plugins.modules.addFromBytes('math.wasm', await (await fetch('/math.wasm')).arrayBuffer());
         return [await Desktopr.plugins.list(), await Desktopr.plugins.info('math'), again]",
        vec![],
    );
    let after = after.await?;
    assert_eq!(after[0], json!(["math.wasm", "spin.wasm"]));
    let info = &after[1];
    assert_eq!(
        (&info["name"], &info["bundled"], &info["compiled"], &info["permissions"]),
        (&json!("math.wasm"), &json!(false), &json!(true), &json!(["storage"])),
        "{info}"
    );
    assert_eq!(
        (&info["limits"]["timeoutMs"], &info["limits"]["stdinKb"]),
        (&json!(50_000), &json!(64))
    );
    assert_eq!((&after[2]["saved"], &after[2]["cancelled"]), (&json!(false), &json!(false)));
    let unknown = session.rejected("await Desktopr.plugins.info('nobody')", vec![]).await?;
    assert_eq!(unknown.code.as_deref(), Some("plugins/not-found"));
    let nameless = session.rejected("await Desktopr.plugins.info('C:x.wasm')", vec![]).await?;
    assert_eq!(nameless.code.as_deref(), Some("plugins/invalid-name"));
    Ok(())
}

async fn call(session: &Session, args: Value) -> Result<Value> {
    session.resolved("return await Desktopr.plugins.call(...arguments[0])", vec![args]).await
}

async fn check_results(session: &Session) -> Result<()> {
    let divide = |b: f64| json!(["math", { "fn": "divide", "args": { "a": 20, "b": b } }]);
    let good = call(session, divide(5.0)).await?;
    assert_eq!((&good["ok"], &good["value"]), (&json!(true), &json!({ "ok": true, "value": 4 })));
    assert_eq!((&good["error"], &good["code"]), (&Value::Null, &Value::Null));
    assert!(good["durationMs"].is_u64() && good["id"].is_string(), "{good}");
    let refused = call(session, divide(0.0)).await?;
    assert_eq!((&refused["ok"], &refused["value"]["ok"]), (&json!(true), &json!(false)));

    let unknown = call(session, json!(["nobody", {}])).await?;
    assert_eq!((&unknown["ok"], &unknown["code"]), (&json!(false), &json!("plugins/not-found")));
    let late = call(session, json!(["spin", {}, 200])).await?;
    assert_eq!((&late["code"], &late["value"]), (&json!("plugins/timeout"), &Value::Null));
    assert!(late["durationMs"].as_u64().is_some_and(|ms| ms >= 200), "{late}");
    let long =
        call(session, json!(["math", { "fn": "add", "args": ["x".repeat(70_000)] }])).await?;
    assert_eq!(long["code"], "plugins/stdin-too-large");
    Ok(())
}

async fn check_stops(session: &Session) -> Result<()> {
    let stopped = session.resolved(
        "const { plugins } = Desktopr;
         const byId = plugins.call('spin', {}, { id: 'mine' });
         const found = [await plugins.cancel('mine'), await plugins.cancel('nobody')];
         const controller = new AbortController();
         const results = [await byId];
         const bySignal = plugins.call('spin', {}, { signal: controller.signal });
         controller.abort();
         results.push(await bySignal, await plugins.call('spin', {}, { signal: controller.signal }));
         const killed = plugins.call('spin', {});
         found.push(await plugins.killJobs());
         results.push(await killed);
         found.push(await plugins.killJobs());
         return [found, results.map(({ ok, code }) => [ok, code])]",
        vec![],
    );
    let cancelled = json!([false, "plugins/cancelled"]);
    let expected =
        json!([[true, false, true, false], [cancelled, cancelled, cancelled, cancelled]]);
    assert_eq!(stopped.await?, expected);
    Ok(())
}

async fn check_queue(session: &Session) -> Result<()> {
    let queued = session.resolved(
        "const { plugins } = Desktopr;
         const calls = [1, 2, 3].map(() => plugins.call('spin', {}));
         const refused = await Promise.race(calls);
         const { running, queued } = await plugins.status();
         await plugins.killJobs();
         const codes = (await Promise.all(calls)).map(({ code }) => code).sort();
         return [refused.code, running, queued, codes]",
        vec![],
    );
    let codes = json!(["plugins/cancelled", "plugins/cancelled", "plugins/queue-full"]);
    assert_eq!(queued.await?, json!(["plugins/queue-full", 1, 1, codes]));
    Ok(())
}

async fn check_that_calls_end_with_their_page(session: &Session) -> Result<()> {
    let running = "(await Desktopr.plugins.status()).running";
    session.eval("void Desktopr.plugins.call('spin', {})", vec![]).await?;
    session.wait_for(&format!("{running} === 1"), SOON).await?;
    session.eval("location.reload()", vec![]).await?;
    session.wait_for(&format!("{running} === 0"), SOON).await?;
    Ok(())
}

async fn check_that_the_app_ends(session: &Session) -> Result<()> {
    session.eval("void Desktopr.plugins.call('spin', {})", vec![]).await?;
    session.wait_for("(await Desktopr.plugins.status()).running === 1", SOON).await?;
    let _ = session.eval("Desktopr.app.exit()", vec![]).await;
    assert_eq!(session.wait_for_app_end(SOON).await?, 0);
    Ok(())
}

#[tokio::test]
async fn modules_that_are_off_are_out_of_reach() -> Result<()> {
    let site = module_site(Page::html(PLAIN_PAGE), &[])?;
    let mut config = config("plugins-off", &site.url("/"), &[]);
    config["bridge"]["modules"]["fs"] = json!(false);
    let (app, desktop) = (stamp(&config).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let refused =
        session.rejected("await Desktopr.fs.pluginFs('math').readText('x')", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("bridge/module-disabled"));
    assert_eq!(session.eval("return Desktopr.supports('fs')", vec![]).await?, json!(false));
    let raw = json!({ "scope": { "plugin": "math" }, "path": "x" });
    let raw = raw_call(&session, "plugin:bridge|fs_read_text", raw).await?;
    assert!(raw.contains("not allowed"), "{raw}");
    Ok(())
}

/// Asks for plugins as an attacker would, past the script, and tells its opener what came of it.
const POPUP: &str = "<!doctype html><title>Pop-up</title><h1>Pop-up</h1><script>
    const { invoke } = window.__TAURI_INTERNALS__;
    const calls = ['plugins_list', 'plugins_call', 'fs_list', 'plugins_kill_jobs'].map((name) =>
        invoke('plugin:bridge|' + name, { module: 'spin', payload: '{}', scope: { plugin: 'spin' }, path: '' })
            .then(() => 'ok', (refusal) => String(refusal.message || refusal)));
    Promise.all(calls).then((told) => opener.postMessage({ told, bridge: typeof window.Desktopr }, '*'));
    </script>";

#[tokio::test]
async fn a_popup_reaches_no_plugin() -> Result<()> {
    let opener = "<!doctype html><title>Opener</title>
        <script>addEventListener('message', (event) => { window.told = event.data })</script>
        <button id=open onclick=\"window.popup = open('/popup', 'popup', 'width=420,height=300')\">Open</button>";
    let site = module_site(Page::html(opener), &[("spin", SPIN)])?;
    site.page("/popup", Page::html(POPUP));
    let config = config("plugins-popup", &site.url("/"), &[SPIN]);
    let (app, desktop) = (stamp(&config).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    add(&session, &["spin"]).await?;
    session.click("#open").await?;
    let told = session.wait_for("window.told", SOON).await?;
    assert_eq!(told["bridge"], "undefined");
    for answer in told["told"].as_array().into_iter().flatten() {
        assert!(answer.as_str().unwrap_or_default().contains("not allowed"), "{told}");
    }
    Ok(())
}
