//! Callers without the right: each command of the contract from each place that must not have it.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use super::{SCRIPT, abused};
use crate::{
    everything,
    support::{SOON, url_config},
};

/// A page that tries every command as soon as it is told to, and tells its opener or parent; in a frame of its own origin too.
fn attacker() -> String {
    format!(
        "<!doctype html><title>Attacker</title><h1>Attacker</h1><script>{SCRIPT}
         window.attackAll = async (commands) => {{
             const came = {{}};
             for (const command of commands) came[command] = (await attackWire(command, [{{}}]))[0];
             return came;
         }};
         addEventListener('message', async ({{ data }}) => {{
             if (Array.isArray(data)) (opener ?? parent).postMessage({{ came: await attackAll(data) }}, '*');
         }});
         addEventListener('message', ({{ data }}) => {{ if (data.came) window.came = data.came; }});
         </script><button id=open onclick=\"window.popup = open('/', 'popup', 'width=300,height=200')\">open</button>"
    )
}

fn names() -> Value {
    abused().map(|command| command.name).chain(["self_test_report"]).collect()
}

/// Every call was refused by Tauri's authority or for want of a token, before its command.
fn check_refused(came: &Value, but: &[&str]) {
    let came = came.as_object().cloned().unwrap_or_default();
    assert!(came.len() > 50, "{came:?}");
    let wrong: Vec<_> = came
        .iter()
        .filter(|(command, _)| !but.contains(&command.as_str()))
        .filter(|(_, came)| {
            !came
                .as_str()
                .is_some_and(|came| came == "bridge/not-allowed" || came.contains("not allowed"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Still there, and nothing was opened.
async fn check_unharmed(session: &Session, desktop: &Desktop) -> Result<()> {
    assert_eq!(session.resolved("return (await Desktopr.window.list()).length", vec![]).await?, 1);
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn frames_and_pop_ups_have_no_command() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(&attacker()));
    let mut config = everything::config("abuse-frames", &site.url("/"));
    config["navigation"] = json!({ "popups": "window", "internal": [site.origin()] });
    let (app, desktop) = (everything::stamp(&config).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;

    let frame = "const frame = document.createElement('iframe');
        frame.src = '/';
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
        document.body.append(frame);
        await loaded;
        window.came = undefined;
        frame.contentWindow.postMessage(arguments[0], '*')";
    session.resolved(frame, vec![names()]).await?;
    // What asks for the token is refused by handing out none.
    check_refused(&session.wait_for("window.came", SOON).await?, &["core_hello"]);

    session.click("#open").await?;
    session.wait_for("window.popup?.attackAll", SOON).await?;
    session
        .eval("window.came = undefined; popup.postMessage(arguments[0], '*')", vec![names()])
        .await?;
    check_refused(&session.wait_for("window.came", SOON).await?, &["core_hello"]);
    check_unharmed(&session, &desktop).await
}

#[tokio::test]
async fn what_is_off_and_other_origins_have_no_command() -> Result<()> {
    let (site, other) = (Site::start()?, Site::start()?);
    for site in [&site, &other] {
        site.page("/", Page::html(&attacker()));
    }
    let mut config = url_config("abuse-off", &site.url("/"));
    config["bridge"]["modules"] = json!({ "app": false, "events": false, "window": false });
    config["navigation"] = json!({ "internal": [other.origin()] });
    let (app, desktop) = (everything::stamp(&config).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let attack = "return await attackAll(arguments[0])";
    // What every page with the bridge has.
    let core: Vec<_> = abused()
        .filter(|command| command.module == bridge_contract::Module::Core)
        .map(|command| command.name)
        .collect();
    check_refused(&session.resolved(attack, vec![names()]).await?, &core);

    session.goto(&other.url("/")).await?;
    check_refused(&session.resolved(attack, vec![names()]).await?, &[]);
    session.goto(&site.url("/")).await?;
    assert_eq!(session.eval("return typeof Desktopr", vec![]).await?, "object");
    assert_eq!(desktop.opened_urls()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_cache_only_window_has_only_its_modules() -> Result<()> {
    let site = Site::start()?;
    let report = "<script>attackAll(COMMANDS).then((came) => fetch('/report', { method: 'POST', body: JSON.stringify(came) }))</script>"
        .replace("COMMANDS", &names().to_string());
    site.page("/", Page::html("<!doctype html><title>Main</title><h1>Main</h1>"))
        .page("/alone", Page::html(&(attacker() + &report)));
    let mut config = everything::config("abuse-alone", &site.url("/"));
    config["bridge"]["cacheOnly"] = json!({ "modules": { "app": false, "events": false } });
    let (app, desktop) = (everything::stamp(&config).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let open = "await Desktopr.window.new({ label: 'alone', url: 'alone', cacheOnly: true })";
    session.resolved(open, vec![]).await?;
    let request =
        site.wait_for_request("a report", |request| request.path == "/report", SOON).await?;
    let core: Vec<_> = abused()
        .filter(|command| command.module == bridge_contract::Module::Core)
        .map(|command| command.name)
        .collect();
    check_refused(&serde_json::from_slice(&request.body)?, &core);
    assert_eq!(session.resolved("return (await Desktopr.window.list()).length", vec![]).await?, 2);
    Ok(())
}
