//! Global variables: who sees them, that they outlive a crash, and what becomes of a damaged file.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{desktop::Desktop, process, servers::Page};

use crate::{
    arrivals::{alone_page, alone_says},
    support::{App, PLAIN_PAGE, SOON, plain_site},
    window_new::opening_config,
};

fn config(id: &str, url: &str) -> Value {
    let mut config = opening_config(id, url);
    config["bridge"]["modules"]["globalVariables"] = json!(true);
    config["bridge"]["cacheOnly"] = json!({ "modules": { "events": true } });
    config
}

#[tokio::test]
async fn windows_share_them_and_hear_of_changes() -> Result<()> {
    let site = plain_site()?;
    site.page("/other", Page::html(PLAIN_PAGE));
    let calls = ["Desktopr.globalVariables.list()"];
    site.page("/alone", alone_page(&calls, "app:variable-changed"));
    let (app, desktop) =
        (App::stamp(&config("shares", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let main = session.handle().await?;
    let open = "await Desktopr.window.new({ label: 'b', url: '/other' })";
    let other = session.opened_by(session.resolved(open, vec![]), SOON).await?;
    let open = "await Desktopr.window.new({ label: 'c', url: '/alone', cacheOnly: true })";
    session.resolved(open, vec![]).await?;
    assert_eq!(alone_says(&site, "/codes").await?, json!(["bridge/module-disabled"]));
    session.switch_to(&other).await?;
    let listen = "window.heard = []; await Desktopr.globalVariables.onChange('a', (change) => heard.push(change))";
    session.resolved(listen, vec![]).await?;

    session.switch_to(&main).await?;
    let script = "const v = Desktopr.globalVariables;
        const said = [await v.get('a'), await v.remove('a')];
        await v.set('b', 'ü\\n');
        await v.set('a', '1');
        await v.set('a', '1');
        await v.set('a', '2');
        said.push(await v.get('a'), await v.list(), await v.remove('a'), await v.get('a'), await v.list());
        await v.set('a', 'last');
        return said";
    assert_eq!(
        session.resolved(script, vec![]).await?,
        json!([null, false, "2", { "a": "2", "b": "ü\n" }, true, null, { "b": "ü\n" }])
    );
    for (call, code) in [
        ("set('', 'x')", "globalVariables/invalid-key"),
        ("set('large', 'x'.repeat(65537))", "globalVariables/too-large"),
        ("set('a', 1)", "bridge/invalid-argument"),
    ] {
        let call = format!("await Desktopr.globalVariables.{call}");
        let refused = session.rejected(&call, vec![]).await?;
        assert_eq!(refused.code.as_deref(), Some(code), "{call}");
    }
    session.switch_to(&other).await?;
    session.wait_for("heard.length > 3", SOON).await?;
    let change = |value: Value| json!({ "key": "a", "value": value, "source": "main" });
    let expected: Vec<_> =
        [json!("1"), json!("2"), json!(null), json!("last")].into_iter().map(change).collect();
    assert_eq!(session.eval("return heard", vec![]).await?, json!(expected));
    assert_eq!(
        session.resolved("return await Desktopr.globalVariables.get('a')", vec![]).await?,
        "last"
    );
    site.page("/ask", Page::text(""));
    assert_eq!(alone_says(&site, "/heard").await?, 0);
    Ok(())
}

#[tokio::test]
async fn they_outlive_a_crash_and_a_damaged_file_is_told_of() -> Result<()> {
    let site = plain_site()?;
    let (app, desktop) =
        (App::stamp(&config("outlives", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    // Written over and over: the last one that resolved is there, or the one that was on its way.
    let write = "for (let i = 0; i < 3; i += 1) await Desktopr.globalVariables.set('n', `${i}`.padStart(5000, 'x'));
        window.written = 3;
        (async () => { for (;; written += 1) await Desktopr.globalVariables.set('n', `${written}`.padStart(5000, 'x')) })()";
    session.resolved(write, vec![]).await?;
    session.wait_for("written > 30", SOON).await?;
    process::kill(session.app_pid()?)?;
    drop(session);
    let folder = desktop.home().join(".local/share/com.example.outlives");
    let session = app.open(&desktop).await?;
    let get = "return await Desktopr.globalVariables.get('n')";
    let kept = session.resolved(get, vec![]).await?;
    let number: u32 = kept.as_str().unwrap_or_default().trim_start_matches('x').parse()?;
    assert!(number >= 29, "{number}");
    drop(session);

    let file = folder.join("variables.json");
    fs_err::write(&file, "{\"format\":1,\"variables\":{\"n\"")?;
    let session = app.open(&desktop).await?;
    let refused = session.rejected(get, vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("globalVariables/damaged"));
    assert!(refused.message.contains("variables.damaged-1.json"), "{}", refused.message);
    assert!(folder.join("variables.damaged-1.json").is_file());
    assert_eq!(session.resolved(get, vec![]).await?, json!(null), "told once");
    session.resolved("await Desktopr.globalVariables.set('n', 'new')", vec![]).await?;
    assert_eq!(session.resolved(get, vec![]).await?, "new");
    Ok(())
}
