//! Keys of the whole desktop and of a page, pressed as people do.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    webdriver::{Launch, Session},
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

const FIELD_PAGE: &str = "<!doctype html><title>Plain</title><input id=field>";

/// An app that may run twice.
async fn stamp(id: &str, shortcuts: Value) -> Result<(App, Desktop)> {
    let mut config = packed_config(id);
    config["bridge"]["modules"]["shortcuts"] = json!(true);
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["singleInstance"] = json!(false);
    config["shortcuts"] = shortcuts;
    let files = [("web/index.html", FIELD_PAGE), ("web/other.html", PLAIN_PAGE)];
    Ok((App::stamp(&config, &files).await?, Desktop::start().await?))
}

async fn take(session: &Session, accelerator: &str) -> Result<Value> {
    let script = "window.got ??= [];
                  return await Desktopr.globalShortcut.register(arguments[0], (event) => got.push(event), arguments[1])
                      .then(() => 'taken', ({ code }) => code)";
    session.resolved(script, vec![json!(accelerator), json!({ "emitEvent": true })]).await
}

async fn states(session: &Session, count: usize) -> Result<Value> {
    session
        .wait_for(&format!("got.length >= {count} && got.map(({{ state }}) => state)"), SOON)
        .await
}

#[tokio::test]
async fn a_key_of_the_desktop_is_one_programs_until_it_gives_it_back() -> Result<()> {
    let (app, desktop) = stamp("global", json!([])).await?;
    let first = app.open(&desktop).await?;
    let second = app.open(&desktop).await?;
    let keys = "const { globalShortcut } = Desktopr;";
    let event =
        "window.events = []; await Desktopr.events.onShortcut((event) => events.push(event))";
    first.resolved(event, vec![]).await?;
    assert_eq!(
        first.eval("return Desktopr.supports('globalShortcut.register')", vec![]).await?,
        true
    );
    assert_eq!(take(&first, "CmdOrCtrl+Alt+R").await?, "taken");
    assert_eq!(
        take(&second, "ctrl+alt+r").await?,
        "shortcuts/already-registered",
        "another program"
    );
    assert_eq!(take(&first, "Alt+Ctrl+R").await?, "shortcuts/already-registered", "the same page");
    for bad in ["K", "Shift+K", "Ctrl+Foo", "", "Ctrl+K Ctrl+C"] {
        assert_eq!(take(&first, bad).await?, "shortcuts/invalid-accelerator", "{bad}");
    }
    let registered = format!(
        "{keys} return await Promise.all(['Ctrl+Alt+R', 'Ctrl+Alt+U'].map((key) => globalShortcut.isRegistered(key)))"
    );
    assert_eq!(first.resolved(&registered, vec![]).await?, json!([true, false]));
    assert_eq!(second.resolved(&registered, vec![]).await?, json!([false, false]));

    // The other program has the focus, and a lock is on.
    let windows = desktop.windows()?.into_iter().filter(|window| window.title == "Test global");
    let ids: Vec<_> = windows.map(|window| window.id).collect();
    assert_eq!(ids.len(), 2);
    for (count, id) in ids.iter().enumerate() {
        desktop.activate(*id).await?;
        desktop.press(&["ctrl+alt+r"]).await?;
        states(&first, 2 * (count + 1)).await?;
    }
    desktop.press(&["Num_Lock"]).await?;
    desktop.press(&["ctrl+alt+r"]).await?;
    assert_eq!(states(&first, 6).await?, json!(["Pressed", "Released"].repeat(3)));
    desktop.press(&["Num_Lock"]).await?;
    let told = json!({ "accelerator": "CmdOrCtrl+Alt+R", "shortcut": "control+alt+KeyR", "id": "CmdOrCtrl+Alt+R", "state": "Pressed" });
    assert_eq!(first.eval("return got[0]", vec![]).await?, told);
    assert_eq!(first.wait_for("events.length >= 6 && events[0]", SOON).await?, told, "emitEvent");
    assert_eq!(second.eval("return got.length", vec![]).await?, 0);

    // Given back, it is free.
    let give = format!(
        "{keys} return [await globalShortcut.unregister('alt+control+r'), await globalShortcut.unregister('Ctrl+Alt+R')]"
    );
    assert_eq!(first.resolved(&give, vec![]).await?, json!([true, false]));
    assert_eq!(take(&second, "Ctrl+Alt+R").await?, "taken");
    desktop.press(&["ctrl+alt+r"]).await?;
    assert_eq!(states(&second, 2).await?, json!(["Pressed", "Released"]));
    assert_eq!(first.eval("return got.length", vec![]).await?, 6);
    for accelerator in ["Super+Space", "MediaPlayPause"] {
        assert_eq!(take(&second, accelerator).await?, "taken", "{accelerator}");
    }
    second.resolved(&format!("{keys} await globalShortcut.unregisterAll()"), vec![]).await?;
    for accelerator in ["Ctrl+Alt+R", "Super+Space", "MediaPlayPause"] {
        assert_eq!(take(&first, accelerator).await?, "taken", "{accelerator}");
    }
    Ok(())
}

#[tokio::test]
async fn keys_end_with_their_page_and_their_window() -> Result<()> {
    let (app, desktop) = stamp("ends", json!([])).await?;
    let session = app.open(&desktop).await?;
    let url = session.url().await?;
    assert_eq!(take(&session, "Ctrl+Alt+R").await?, "taken");
    session.goto(&url).await?;
    take_again(&session, "Ctrl+Alt+R").await?;

    let main = session.handle().await?;
    let open = "await Desktopr.window.new({ label: 'b', url: 'other.html' })";
    let other = session.opened_by(session.resolved(open, vec![]), SOON).await?;
    session.switch_to(&other).await?;
    assert_eq!(
        take(&session, "Ctrl+Alt+R").await?,
        "shortcuts/already-registered",
        "another window"
    );
    assert_eq!(take(&session, "Ctrl+Alt+U").await?, "taken");
    session.switch_to(&main).await?;
    let give = "return await Desktopr.globalShortcut.unregister('Ctrl+Alt+U')";
    assert_eq!(session.resolved(give, vec![]).await?, false, "another window's");
    session.resolved("await Desktopr.window.close('b')", vec![]).await?;
    take_again(&session, "Ctrl+Alt+U").await
}

/// What a page had is given back a moment after it has gone.
async fn take_again(session: &Session, accelerator: &str) -> Result<()> {
    let script = format!(
        "Desktopr.globalShortcut.register({accelerator:?}, () => {{}}).then(() => true, () => false)"
    );
    session.wait_for(&script, SOON).await.map(drop)
}

#[tokio::test]
async fn a_wayland_session_says_that_it_has_no_keys_for_programs() -> Result<()> {
    let (app, desktop) = stamp("wayland", json!([])).await?;
    let launch = Launch::new(app.binary()).env("XDG_SESSION_TYPE", "wayland");
    let session = Session::open(&desktop, &launch).await?;
    let supports =
        "return ['globalShortcut.register', 'shortcuts.register'].map(Desktopr.supports)";
    assert_eq!(session.eval(supports, vec![]).await?, json!([false, true]));
    assert_eq!(take(&session, "Ctrl+Alt+R").await?, "shortcuts/unsupported");
    Ok(())
}

#[tokio::test]
async fn app_json_binds_keys_to_events() -> Result<()> {
    let shortcuts = json!([
        { "accelerator": "CmdOrCtrl+Alt+Y", "id": "search", "scope": "global" },
        { "accelerator": "Ctrl+J Ctrl+D", "id": "done" },
    ]);
    let (app, desktop) = stamp("bound", shortcuts).await?;
    let session = app.open(&desktop).await?;
    let listen = "window.got = []; await Desktopr.events.onShortcut((event) => got.push(event))";
    session.resolved(listen, vec![]).await?;
    let window = desktop.wait_for_window("Test bound", SOON).await?;
    desktop.activate(window.id).await?;
    desktop.press(&["ctrl+j", "ctrl+d"]).await?;
    let done = json!([{ "accelerator": "Ctrl+J Ctrl+D", "shortcut": "control+KeyJ control+KeyD", "id": "done", "state": "Pressed" }]);
    assert_eq!(session.wait_for("got.length && got", SOON).await?, done);
    // The desktop's too, and whoever has the focus: another program asks for it first.
    assert_eq!(take(&session, "Ctrl+Alt+Y").await?, "shortcuts/already-registered");
    desktop.press(&["ctrl+alt+y"]).await?;
    let script = "got.length >= 3 && got.slice(1).map(({ id, state }) => [id, state])";
    assert_eq!(
        session.wait_for(script, SOON).await?,
        json!([["search", "Pressed"], ["search", "Released"]])
    );
    Ok(())
}

#[tokio::test]
async fn keys_of_a_page_come_one_after_the_other_and_leave_typing_alone() -> Result<()> {
    let (app, desktop) = stamp("local", json!([])).await?;
    let session = app.open(&desktop).await?;
    let script = "window.got = []; window.seen = [];
                  addEventListener('keydown', (event) => { if (!event.defaultPrevented) seen.push(event.key); });
                  const on = (keys, options) => Desktopr.shortcuts.register(keys, () => got.push(keys), options);
                  window.off = await on('Ctrl+K Ctrl+C'); await on('g'); await on('Ctrl+Shift+7');
                  await on('Alt+X', { preventDefault: false }); await on('F6');
                  return await Promise.all(['Ctrl+Foo', '', 'a b c d e'].map((keys) => on(keys).catch(({ code }) => code)))";
    let refused = session.resolved(script, vec![]).await?;
    assert_eq!(refused, json!(["shortcuts/invalid-accelerator"; 3].to_vec()));
    let window = desktop.wait_for_window("Test local", SOON).await?;
    desktop.activate(window.id).await?;
    let press = async |keys: &[&str], expected: &[&str]| -> Result<()> {
        session.eval("got.length = 0; seen.length = 0", vec![]).await?;
        desktop.press(keys).await?;
        // The last key tells that all have arrived.
        desktop.press(&["F12"]).await?;
        session.wait_for("seen.includes('F12')", SOON).await?;
        assert_eq!(session.eval("return got", vec![]).await?, json!(expected), "{keys:?}");
        Ok(())
    };
    press(&["ctrl+k", "ctrl+c"], &["Ctrl+K Ctrl+C"]).await?;
    press(&["ctrl+k", "a", "ctrl+c"], &[]).await?;
    press(&["ctrl+k", "ctrl+k", "ctrl+c"], &["Ctrl+K Ctrl+C"]).await?;
    press(&["ctrl+c"], &[]).await?;
    press(&["g", "ctrl+shift+7", "F6"], &["g", "Ctrl+Shift+7", "F6"]).await?;
    assert_eq!(
        session.eval("return seen", vec![]).await?,
        json!(["Control", "Shift", "F12"]),
        "the page's own reaction is left out"
    );
    press(&["alt+x"], &["Alt+X"]).await?;
    assert!(session.eval("return seen.includes('x')", vec![]).await?.as_bool().unwrap_or_default());

    // In a field, what is typed is typed.
    session.eval("document.getElementById('field').focus()", vec![]).await?;
    press(&["g", "ctrl+k", "ctrl+c"], &["Ctrl+K Ctrl+C"]).await?;
    assert_eq!(session.eval("return document.getElementById('field').value", vec![]).await?, "g");
    session.eval("document.activeElement.blur(); off(); off()", vec![]).await?;
    press(&["ctrl+k", "ctrl+c", "g"], &["g"]).await?;
    // Too late is not one after the other.
    session.resolved("window.off = await Desktopr.shortcuts.register('Ctrl+K Ctrl+C', () => got.push('late'))", vec![]).await?;
    press(&["ctrl+k"], &[]).await?;
    session.resolved("await new Promise((done) => setTimeout(done, 1600))", vec![]).await?;
    press(&["ctrl+c"], &[]).await
}
