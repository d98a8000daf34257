//! The app's menu on Linux: what a click tells, what predefined items do, what changes, and what it does to the window.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::{
    desktop::{Desktop, Window},
    picture::{self, Picture},
    webdriver::Session,
};

use crate::support::{App, SOON, packed_config};

const PAGE: &str = "<!doctype html><title>Menu</title>
    <style>html { background: #fff } textarea { position: fixed; inset: 20px; width: 400px; height: 200px }</style>
    <textarea>one</textarea>";

/// A config with the menu's module on, and what else is to be.
pub(crate) fn menu_config(id: &str, more: &Value) -> Value {
    let mut config = packed_config(id);
    config["window"] = json!({ "width": 640, "height": 480 });
    config["content"]["csp"] = json!("default-src 'self' 'unsafe-inline'; connect-src ipc:");
    config["bridge"]["modules"]["menu"] = json!(true);
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["bridge"]["modules"]["fs"] = json!(true);
    config["bridge"]["cacheOnly"] = json!({ "modules": { "events": true } });
    for (name, value) in more.as_object().into_iter().flatten() {
        config[name] = value.clone();
    }
    config
}

pub(crate) async fn open(id: &str, more: &Value) -> Result<(App, Desktop, Session, Window)> {
    let app = App::stamp(&menu_config(id, more), &[("web/index.html", PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let window = desktop.wait_for_window(&format!("Test {id}"), SOON).await?;
    let window = desktop.activate(window.id).await?;
    // The page has been painted: what comes after is seen.
    session.screenshot().await?;
    session
        .resolved(
            "window.seen = []; await Desktopr.events.onMenuEvent((item) => seen.push(item))",
            vec![],
        )
        .await?;
    Ok((app, desktop, session, window))
}

/// What was told since the last time.
pub(crate) async fn told(session: &Session, count: usize) -> Result<Value> {
    session.wait_for(&format!("seen.length >= {count}"), SOON).await?;
    session.eval("return seen.splice(0)", vec![]).await
}

fn items() -> Value {
    json!({
        "file": { "items": [
            { "type": "custom", "id": "save", "label": "&Save", "accelerator": "CmdOrCtrl+S" },
            { "type": "custom", "id": "off", "label": "&Off", "enabled": false, "accelerator": "Ctrl+Shift+O" },
            { "type": "submenu", "id": "more", "label": "&More", "items": [
                { "type": "custom", "id": "check", "label": "&Check", "interaction": "check", "accelerator": "F7" },
                { "type": "submenu", "label": "&Deep", "items": [
                    { "type": "submenu", "label": "Deep&er", "items": [{ "type": "custom", "id": "deep", "label": "&Here" }] },
                ] },
            ] },
            { "type": "separator" },
            { "type": "predefined", "item": "close_window" },
            { "type": "predefined", "item": "quit" },
        ] },
        "edit": { "items": (["undo", "redo", "cut", "copy", "paste", "select_all"].map(|item| json!({ "type": "predefined", "item": item }))) },
        "view": { "items": (["fullscreen", "maximize", "minimize", "hide_others"].map(|item| json!({ "type": "predefined", "item": item }))) },
        "sections": [{ "id": "tools", "label": { "en": "&Tools", "de": "&Werkzeuge" }, "items": [{ "type": "custom", "id": "tool", "label": "&Tool" }] }],
    })
}

#[tokio::test]
async fn what_is_chosen_comes_as_an_event_by_click_key_and_keyboard_at_any_depth() -> Result<()> {
    let (_app, desktop, session, window) = open("menu-events", &json!({ "menu": items() })).await?;
    picture::keep(&desktop.picture(window.id)?, "menu-bar")?;

    desktop.press(&["alt+f", "s"]).await?;
    let expected = json!([{ "id": "save", "section": "file", "parent_label": "File", "last_focused_window_label": "main" }]);
    assert_eq!(told(&session, 1).await?, expected);
    desktop.press(&["ctrl+s"]).await?;
    assert_eq!(told(&session, 1).await?, expected);
    desktop.press(&["alt+f", "m", "d", "e", "h"]).await?;
    let deep = &told(&session, 1).await?[0];
    assert_eq!((&deep["id"], &deep["parent_label"]), (&json!("deep"), &json!("Deeper")));
    desktop.press(&["alt+t", "t"]).await?;
    let expected = json!([{ "id": "tool", "section": "tools", "parent_label": "Tools", "parent_id": "tools", "last_focused_window_label": "main" }]);
    assert_eq!(told(&session, 1).await?, expected);

    // A mark follows each click, and the keys of an item with one work too.
    desktop.press(&["alt+f", "m", "c"]).await?;
    let check = json!([{ "id": "check", "checked": true, "section": "file", "parent_label": "More", "parent_id": "more", "last_focused_window_label": "main" }]);
    assert_eq!(told(&session, 1).await?, check);
    desktop.press(&["F7"]).await?;
    assert_eq!(told(&session, 1).await?[0]["checked"], false);

    // By mouse: the first title, the first item.
    let before = desktop.picture(window.id)?;
    desktop.click(&window, 15, 12).await?;
    let opened =
        desktop.wait_for_picture("an open menu", window.id, differs(&before), SOON).await?;
    picture::keep(&opened, "menu-open")?;
    desktop.click(&window, 30, 42).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "save");

    // What is off is not chosen by its keys either: the page gets them.
    session
        .eval(
            "addEventListener('keydown', (event) => { if (event.key === 'O') window.got = true })",
            vec![],
        )
        .await?;
    desktop.press(&["ctrl+shift+o"]).await?;
    session.wait_for("window.got", SOON).await?;
    assert_eq!(session.eval("return seen", vec![]).await?, json!([]));
    Ok(())
}

fn differs(before: &Picture) -> impl Fn(&Picture) -> Result<()> {
    let before = before.clone();
    move |picture| {
        ensure!(*picture != before, "nothing has changed");
        Ok(())
    }
}

#[tokio::test]
async fn items_change_by_id_without_an_event() -> Result<()> {
    let (_app, desktop, session, window) = open("menu-change", &json!({ "menu": items() })).await?;
    let changes = "const { menu } = Desktopr;
        await menu.setEnabled('save', false); await menu.setEnabled('off', true); await menu.setChecked('check', true);
        await menu.setLabel('deep', { en: '&Zone' }); await menu.setLabel('tools', 'Wor&k')";
    session.resolved(changes, vec![]).await?;
    desktop.press(&["ctrl+s", "ctrl+shift+o"]).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "off");
    desktop.press(&["F7"]).await?;
    assert_eq!(told(&session, 1).await?[0]["checked"], false, "it was set before");
    desktop.press(&["alt+f", "m", "d", "e", "z"]).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "deep");
    let before = desktop.picture(window.id)?;
    desktop.press(&["alt+k", "t"]).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "tool");
    session.resolved("await Desktopr.menu.setEnabled('tools', false)", vec![]).await?;
    desktop.wait_for_picture("a grey title", window.id, differs(&before), SOON).await?;
    desktop.press(&["alt+k", "t", "ctrl+shift+o"]).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "off", "nothing before it");

    for (call, code) in [
        ("setEnabled('none', true)", "menu/unknown-id"),
        ("setLabel('none', 'A')", "menu/unknown-id"),
        ("setChecked('save', true)", "menu/not-checkable"),
        ("setLabel('save', ' ')", "menu/invalid"),
        ("setLabel('save', 'x'.repeat(201))", "menu/too-large"),
        ("setLabel('save', 7)", "bridge/invalid-argument"),
        ("setEnabled('save', 'yes')", "bridge/invalid-argument"),
    ] {
        let refusal = session.rejected(&format!("await Desktopr.menu.{call}"), vec![]).await?;
        assert_eq!(refusal.code.as_deref(), Some(code), "{call}: {refusal:?}");
    }
    Ok(())
}

#[tokio::test]
async fn predefined_items_act_in_the_focused_field_and_on_the_window() -> Result<()> {
    let (_app, desktop, session, window) =
        open("menu-predefined", &json!({ "menu": items() })).await?;
    session.eval("document.querySelector('textarea').focus()", vec![]).await?;
    let text = "document.querySelector('textarea').value";
    let is =
        async |expected: &str| session.wait_for(&format!("{text} === '{expected}'"), SOON).await;
    desktop.press(&["alt+e", "a", "alt+e", "c", "End"]).await?;
    desktop.press(&["alt+e", "p"]).await?;
    is("oneone").await?;
    desktop.press(&["alt+e", "u"]).await?;
    is("one").await?;
    desktop.press(&["alt+e", "r"]).await?;
    is("oneone").await?;
    desktop.press(&["alt+e", "a", "alt+e", "t"]).await?;
    is("").await?;
    desktop.press(&["alt+e", "p"]).await?;
    is("oneone").await?;
    // Keys that are shown beside them are still the page's.
    session
        .eval("addEventListener('keydown', (event) => { window.last = event.key })", vec![])
        .await?;
    desktop.press(&["ctrl+a"]).await?;
    session.wait_for("window.last === 'a'", SOON).await?;

    desktop.press(&["alt+v", "x"]).await?;
    desktop.wait_for_state("maximized", window.id, Window::is_maximized, SOON).await?;
    desktop.press(&["alt+v", "x"]).await?;
    desktop.wait_for_state("normal", window.id, |window| !window.is_maximized(), SOON).await?;
    desktop.press(&["alt+v", "f"]).await?;
    desktop.wait_for_state("on the whole screen", window.id, Window::is_fullscreen, SOON).await?;
    // The bar is away, and its keys work.
    session.wait_for("innerHeight === screen.height", SOON).await?;
    desktop.press(&["ctrl+s"]).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "save");
    session.resolved("await Desktopr.window.fullscreen(false)", vec![]).await?;
    desktop.wait_for_state("normal", window.id, |window| !window.is_fullscreen(), SOON).await?;
    session.wait_for("innerHeight === 480", SOON).await?;
    desktop.press(&["alt+v", "n"]).await?;
    desktop.wait_for_state("minimized", window.id, Window::is_minimized, SOON).await?;
    desktop.activate(window.id).await?;

    // Closing asks the page, quitting does not.
    session.resolved("window.asked = 0; await Desktopr.window.onCloseRequested(() => { asked += 1; return false })", vec![]).await?;
    desktop.press(&["alt+f", "c"]).await?;
    session.wait_for("asked === 1", SOON).await?;
    desktop.press(&["alt+f", "q"]).await?;
    assert_eq!(session.wait_for_app_end(SOON).await?, 0);
    Ok(())
}

/// A thousand items and twenty levels, the deepest with a key.
fn large() -> Value {
    let mut deep = json!([{ "id": "deepest", "label": "A", "accelerator": "F9" }]);
    for _ in 1..20 {
        deep = json!([{ "type": "submenu", "label": "A", "items": deep }]);
    }
    let many: Vec<_> =
        (0..970).map(|index| json!({ "id": index.to_string(), "label": "A" })).collect();
    json!({ "file": { "items": many }, "view": { "items": deep } })
}

#[tokio::test]
async fn a_menu_of_the_page_replaces_all_of_the_one_before_and_faults_are_told() -> Result<()> {
    let (_app, desktop, session, window) = open("menu-init", &json!({})).await?;
    assert_eq!((window.width, window.height), (640, 480));
    let init = |how: &str| format!("await Desktopr.menu.init.{how}");
    session.resolved(&init("fromConfig(arguments[0])"), vec![items()]).await?;
    let window = desktop
        .wait_for_state(
            "as much higher as the bar is",
            window.id,
            |window| window.height > 490,
            SOON,
        )
        .await?;
    session.wait_for("innerHeight === 480 && innerWidth === 640", SOON).await?;
    let size =
        session.resolved("return (await Desktopr.window.getInfo()).inner_size", vec![]).await?;
    assert_eq!(size, json!({ "width": 640, "height": 480 }));

    // From JSON and from a file, each in place of the one before: one event for each click, and none of old keys.
    let other = json!({ "file": { "items": [{ "id": "save", "label": "&Save", "accelerator": "Ctrl+D" }] } });
    session.resolved(&init("fromJson(arguments[0])"), vec![json!(other.to_string())]).await?;
    desktop.press(&["ctrl+s", "ctrl+d"]).await?;
    assert_eq!(told(&session, 1).await?.as_array().map(Vec::len), Some(1));
    let file = "await Desktopr.fs.data.writeText('menus/app.json', arguments[0]); ";
    let script = format!("{file}{}", init("fromJsonFile('menus/app.json')"));
    session.resolved(&script, vec![json!(items().to_string())]).await?;
    desktop.press(&["ctrl+d", "ctrl+s"]).await?;
    assert_eq!(told(&session, 1).await?.as_array().map(Vec::len), Some(1));

    let too_many: Vec<_> =
        (0..1001).map(|index| json!({ "id": index.to_string(), "label": "A" })).collect();
    let twice =
        json!({ "file": { "items": [{ "id": "a", "label": "A" }, { "id": "a", "label": "A" }] } });
    let no_keys = json!({ "view": { "items": [{ "id": "a", "label": "A", "accelerator": "Ctrl+Nowhere" }] } });
    for (call, argument, code) in [
        ("fromConfig(arguments[0])", twice, "menu/duplicate-id"),
        ("fromConfig(arguments[0])", no_keys, "menu/invalid"),
        ("fromConfig(arguments[0])", json!({ "file": { "items": too_many } }), "menu/too-large"),
        ("fromConfig(arguments[0])", json!({ "fil": {} }), "menu/invalid"),
        ("fromConfig(arguments[0])", json!("file"), "bridge/invalid-argument"),
        ("fromJson(arguments[0])", json!("{"), "menu/invalid"),
        ("fromJson(' '.repeat(1048577))", json!(null), "menu/too-large"),
        ("fromJsonFile('menus/none.json')", json!(null), "fs/not-found"),
        ("fromJsonFile('/etc/hostname')", json!(null), "fs/outside-scope"),
        ("fromJsonFile('../../menu.json')", json!(null), "fs/outside-scope"),
    ] {
        let refusal = session.rejected(&init(call), vec![argument]).await?;
        assert_eq!(refusal.code.as_deref(), Some(code), "{call}: {refusal:?}");
        if code == "menu/duplicate-id" {
            let message = "`file.items[1].id`: an id that is there already: `a`, at `file.items[0].id`; give every item an id of its own";
            assert_eq!(refusal.message, message);
            assert_eq!(refusal.details.unwrap_or_default()[0]["field"], "file.items[1].id");
        }
    }
    // What was refused changed nothing.
    desktop.press(&["ctrl+s"]).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "save");

    session.resolved(&init("fromConfig(arguments[0])"), vec![large()]).await?;
    desktop.press(&["F9"]).await?;
    assert_eq!(told(&session, 1).await?[0]["id"], "deepest");

    session.resolved(&init("fromConfig({ enabled: false })"), vec![]).await?;
    desktop.wait_for_state("as it was", window.id, |window| window.height == 480, SOON).await?;
    session.wait_for("innerHeight === 480", SOON).await?;
    desktop.press(&["F9", "ctrl+s"]).await?;
    let unknown =
        session.rejected("await Desktopr.menu.setEnabled('deepest', true)", vec![]).await?;
    assert_eq!(unknown.code.as_deref(), Some("menu/unknown-id"));
    assert_eq!(session.eval("return seen", vec![]).await?, json!([]));
    Ok(())
}

/// Times that a menu is replaced before counting, and while it counts.
const WARM_UP: usize = 200;
const TIMES: usize = 1000;
/// Memory that a menu may cost for good, in bytes: its widgets are some ten times as much.
const GROWTH: u64 = 2000;

#[tokio::test]
async fn a_thousand_menus_leave_nothing_behind() -> Result<()> {
    let (_app, desktop, session, _window) = open("menu-leak", &json!({})).await?;
    let again = "for (let time = 0; time < arguments[1]; time += 1) await Desktopr.menu.init.fromConfig(arguments[0])";
    let memory = || -> Result<u64> {
        let process = procfs::process::Process::new(session.app_pid()?.try_into()?)?;
        Ok(process.statm()?.resident * procfs::page_size())
    };
    session.resolved(again, vec![items(), json!(WARM_UP)]).await?;
    let before = memory()?;
    session.resolved(again, vec![items(), json!(TIMES)]).await?;
    let grown = memory()?.saturating_sub(before);
    println!("grown: {} bytes for each menu", grown / TIMES as u64);
    ensure!(grown < GROWTH * TIMES as u64, "{grown} bytes more after {TIMES} menus");
    desktop.press(&["alt+f", "s", "ctrl+s"]).await?;
    assert_eq!(told(&session, 2).await?.as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn the_page_keeps_its_size_from_start_to_start() -> Result<()> {
    let menu = json!({ "menu": items(), "web": { "contextMenu": false } });
    let app = App::stamp(&menu_config("menu-size", &menu), &[("web/index.html", PAGE)]).await?;
    let desktop = Desktop::start().await?;
    for start in 0..3 {
        let session = app.open(&desktop).await?;
        let window = desktop.wait_for_window("Test menu-size", SOON).await?;
        session.wait_for("innerWidth === 640 && innerHeight === 480", SOON).await?;
        assert!(window.height > 490, "{start}: {window:?}");
        session.resolved("await Desktopr.window.setSize(600, 400)", vec![]).await?;
        session.wait_for("innerWidth === 600 && innerHeight === 400", SOON).await?;
        session.resolved("await Desktopr.window.setSize(640, 480)", vec![]).await?;
        session.wait_for("innerHeight === 480", SOON).await?;
        desktop.close(window.id)?;
        session.wait_for_app_end(SOON).await?;
    }
    Ok(())
}
