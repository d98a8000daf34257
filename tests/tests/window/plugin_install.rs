//! Adding modules: the user is asked, may say no, and chooses files; nothing is replaced unasked.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{desktop::Desktop, servers::Page, webdriver::Session};

use crate::{
    dialogs::{answer, choose, dialog},
    plugin_support::{SPIN, config, data_dir, module, module_site, stamp},
    support::{PLAIN_PAGE, SOON},
};

/// Begins to add a module of the page's own site; what comes of it is in `window.added`.
async fn begin(session: &Session, name: &str, from: &str, options: Value) -> Result<()> {
    let script = "window.added = undefined;
                  const bytes = await (await fetch(`/${arguments[1]}.wasm`)).arrayBuffer();
                  Desktopr.plugins.addFromBytes(arguments[0], bytes, arguments[2]).then(
                      (added) => { window.added = added }, (error) => { window.added = { code: error.code } })";
    session.resolved(script, vec![json!(name), json!(from), options]).await?;
    Ok(())
}

async fn added(session: &Session) -> Result<Value> {
    session.wait_for("window.added", SOON).await
}

#[tokio::test]
async fn the_user_is_asked_and_may_say_no() -> Result<()> {
    let math = module("math").await?;
    let site = module_site(Page::html(PLAIN_PAGE), &[("math", &math), ("spin", SPIN)])?;
    let (app, desktop) =
        (stamp(&config("asked", &site.url("/"), &[])).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let (question, replace) = ("Test asked: add a plugin?", "Test asked: replace a plugin?");
    let list = "return await Desktopr.plugins.list()";

    // What is pressed by habit changes nothing.
    for key in ["Return", "Escape"] {
        begin(&session, "math", "math", json!({})).await?;
        answer(&desktop, question, &[key]).await?;
        assert_eq!(added(&session).await?, json!({ "code": "plugins/refused-by-user" }), "{key}");
        assert_eq!(session.resolved(list, vec![]).await?, json!([]));
    }
    begin(&session, "math", "math", json!({})).await?;
    answer(&desktop, question, &["alt+a"]).await?;
    let installed = added(&session).await?;
    assert_eq!((&installed["saved"], &installed["name"]), (&json!(true), &json!("math.wasm")));
    assert_eq!(installed["bytes"], json!(math.len()));
    assert!(installed["path"].as_str().is_some_and(|path| !path.starts_with('/')), "{installed}");
    assert_eq!(session.resolved(list, vec![]).await?, json!(["math.wasm"]));

    // The same again asks nobody; another one is not put in its place unasked, neither by the page nor without the user.
    begin(&session, "math", "math", json!({})).await?;
    assert_eq!(added(&session).await?["saved"], json!(false));
    begin(&session, "math", "spin", json!({})).await?;
    assert_eq!(added(&session).await?, json!({ "code": "plugins/already-installed" }));
    begin(&session, "math", "spin", json!({ "replace": true })).await?;
    answer(&desktop, replace, &["Return"]).await?;
    assert_eq!(added(&session).await?, json!({ "code": "plugins/refused-by-user" }));
    begin(&session, "math", "spin", json!({ "replace": true })).await?;
    answer(&desktop, replace, &["alt+r"]).await?;
    assert_eq!(added(&session).await?["bytes"], json!(SPIN.len()));
    check_removal(&session, &desktop).await
}

async fn check_removal(session: &Session, desktop: &Desktop) -> Result<()> {
    let removed = session.resolved(
        "return [await Desktopr.plugins.remove('math'), await Desktopr.plugins.remove('math'), await Desktopr.plugins.list()]",
        vec![],
    );
    assert_eq!(removed.await?, json!([true, false, []]));
    let left = fs_err::read_dir(data_dir(desktop, "asked").join("_external_modules"))?.count();
    assert_eq!(left, 0);
    Ok(())
}

#[tokio::test]
async fn there_is_one_question_at_a_time() -> Result<()> {
    let math = module("math").await?;
    let site = module_site(Page::html(PLAIN_PAGE), &[("math", &math), ("spin", SPIN)])?;
    let (app, desktop) =
        (stamp(&config("once", &site.url("/"), &[])).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session
        .eval(
            "window.results = [];
             for (const name of ['math', 'spin']) fetch(`/${name}.wasm`).then((answer) => answer.arrayBuffer())
                 .then((bytes) => Desktopr.plugins.addFromBytes(name, bytes))
                 .then(({ saved }) => window.results.push(saved), ({ code }) => window.results.push(code))",
            vec![],
        )
        .await?;
    let title = "Test once: add a plugin?";
    let first = dialog(&desktop, title).await?;
    let questions = desktop.windows()?.into_iter().filter(|window| window.title == title).count();
    assert_eq!(questions, 1);
    desktop.press(&["alt+a"]).await?;
    let second = desktop
        .wait_for_windows(
            "the second question",
            |windows| {
                windows
                    .iter()
                    .find(|window| window.title == title && window.id != first.id)
                    .cloned()
            },
            SOON,
        )
        .await?;
    desktop.activate(second.id).await?;
    desktop.press(&["Escape"]).await?;
    let results = session.wait_for("window.results.length === 2 && window.results", SOON).await?;
    assert_eq!(results, json!([true, "plugins/refused-by-user"]));
    Ok(())
}

#[tokio::test]
async fn what_is_no_plugin_is_refused_before_anybody_is_asked() -> Result<()> {
    let site = module_site(Page::html(PLAIN_PAGE), &[("text", b"no module"), ("spin", SPIN)])?;
    let (app, desktop) =
        (stamp(&config("unfit", &site.url("/"), &[])).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let other = json!({ "manifest": { "sha256": "0".repeat(64) } });
    for (name, from, options, code) in [
        ("text", "text", json!({}), "plugins/invalid-module"),
        ("../spin", "spin", json!({}), "plugins/invalid-name"),
        ("spin", "spin", other, "plugins/hash-mismatch"),
        ("spin", "spin", json!({ "manifest": { "network": true } }), "bridge/invalid-argument"),
    ] {
        begin(&session, name, from, options).await?;
        assert_eq!(added(&session).await?, json!({ "code": code }), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn the_user_chooses_a_file_with_its_manifest() -> Result<()> {
    let math = module("math").await?;
    let site = module_site(Page::html(PLAIN_PAGE), &[])?;
    let (app, desktop) =
        (stamp(&config("chosen", &site.url("/"), &[&math])).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let file = desktop.home().join("calculator.wasm");
    fs_err::write(&file, &math)?;
    fs_err::write(file.with_extension("plugin.json"), r#"{"version": "2.1.0"}"#)?;
    let begin = "window.added = undefined;
                 Desktopr.plugins.add(...arguments).then(
                     (added) => { window.added = added }, (error) => { window.added = { code: error.code } })";

    session.eval(begin, vec![]).await?;
    answer(&desktop, "Add a plugin", &["Escape"]).await?;
    let none = added(&session).await?;
    assert_eq!((&none["saved"], &none["cancelled"]), (&json!(false), &json!(true)));

    session.eval(begin, vec![json!("math"), json!(1000)]).await?;
    choose(&desktop, "Add a plugin", &file).await?;
    assert_eq!(added(&session).await?, json!({ "code": "plugins/invalid-module" }));
    session.eval(begin, vec![]).await?;
    choose(&desktop, "Add a plugin", &file).await?;
    let installed = added(&session).await?;
    assert_eq!(
        (&installed["saved"], &installed["name"]),
        (&json!(true), &json!("calculator.wasm"))
    );
    let version = "return (await Desktopr.plugins.info('calculator')).version";
    assert_eq!(session.resolved(version, vec![]).await?, json!("2.1.0"));
    Ok(())
}
