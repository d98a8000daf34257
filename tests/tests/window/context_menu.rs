//! Menus at a place in the page: what is chosen, how they are dismissed, and who is told where the user wants one.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::{
    desktop::{Desktop, Window},
    picture,
    webdriver::Session,
};

use crate::{menu::open, support::SOON};

/// Opens the menu and notes its answer in `answers`.
const SHOW: &str = "window.answers ??= [];
    Desktopr.contextMenu.show(arguments[0], arguments[1]).then((id) => answers.push(id), (error) => answers.push(error.code));";

fn entries() -> Value {
    json!([
        { "type": "item", "id": "rename", "text": "&Rename", "shortcut": "F2" },
        { "type": "check", "id": "pin", "text": "&Pin", "checked": true },
        { "type": "separator" },
        { "type": "submenu", "text": "&More", "items": [{ "type": "item", "id": "deep", "text": "&Deep" }] },
        { "type": "predefined", "kind": "selectAll" },
        { "type": "item", "id": "off", "text": "&Off", "enabled": false },
    ])
}

/// Opens a menu and waits until it is on the screen.
async fn show(desktop: &Desktop, session: &Session, window: &Window, options: Value) -> Result<()> {
    let before = desktop.picture(window.id)?;
    session.eval(SHOW, vec![entries(), options]).await?;
    let is_open = |picture: &picture::Picture| {
        ensure!(*picture != before, "no menu");
        Ok(())
    };
    desktop.wait_for_picture("a menu", window.id, is_open, SOON).await.map(drop)
}

async fn answer(session: &Session) -> Result<Value> {
    session.wait_for("answers.length > 0", SOON).await?;
    let answers = session.eval("return answers.splice(0)", vec![]).await?;
    assert_eq!(answers.as_array().map(Vec::len), Some(1), "{answers}");
    Ok(answers[0].clone())
}

#[tokio::test]
async fn a_choice_is_answered_and_a_dismissal_is_null_at_once() -> Result<()> {
    let (_app, desktop, session, window) = open("cm", &json!({})).await?;
    session.screenshot().await?;
    let at = json!({ "at": { "x": 300, "y": 250 } });
    // By mouse: the first line is right below the place.
    show(&desktop, &session, &window, at.clone()).await?;
    picture::keep(&desktop.picture(window.id)?, "context-menu")?;
    desktop.click(&window, 320, 265).await?;
    assert_eq!(answer(&session).await?, "rename");
    // By keyboard, in a menu inside.
    show(&desktop, &session, &window, at.clone()).await?;
    desktop.press(&["m", "d"]).await?;
    assert_eq!(answer(&session).await?, "deep");
    show(&desktop, &session, &window, json!({})).await?;
    desktop.press(&["p"]).await?;
    assert_eq!(answer(&session).await?, "pin");

    show(&desktop, &session, &window, at.clone()).await?;
    desktop.press(&["Escape"]).await?;
    assert_eq!(answer(&session).await?, Value::Null);
    show(&desktop, &session, &window, at.clone()).await?;
    desktop.click(&window, 30, 400).await?;
    assert_eq!(answer(&session).await?, Value::Null);
    // Time, and a page that goes.
    show(&desktop, &session, &window, json!({ "at": { "x": 9, "y": 9 }, "timeoutMs": 300 }))
        .await?;
    assert_eq!(answer(&session).await?, Value::Null);
    show(&desktop, &session, &window, at.clone()).await?;
    session.goto("tauri://localhost/").await?;
    session.screenshot().await?;
    show(&desktop, &session, &window, at.clone()).await?;

    // One at a time, in all windows; and calls that need the window's thread go on meanwhile.
    session.eval(SHOW, vec![entries(), json!({})]).await?;
    assert_eq!(answer(&session).await?, "menu/already-open");
    let info = session.resolved("return (await Desktopr.window.getInfo()).label", vec![]).await?;
    assert_eq!(info, "main");
    desktop.press(&["Escape"]).await?;
    assert_eq!(answer(&session).await?, Value::Null);

    // What is predefined acts, and is no id.
    desktop.click(&window, 100, 100).await?;
    show(&desktop, &session, &window, at).await?;
    desktop.press(&["a"]).await?;
    assert_eq!(answer(&session).await?, Value::Null);
    session.wait_for("getSelection().toString() === 'one' || document.activeElement.selectionEnd - document.activeElement.selectionStart === 3", SOON).await?;
    Ok(())
}

#[tokio::test]
async fn a_handler_is_told_of_right_clicks_and_shows_a_menu_there() -> Result<()> {
    let (_app, desktop, session, window) = open("cm-handler", &json!({})).await?;
    session.screenshot().await?;
    let listen = "window.calls = []; window.answers = [];
        await Desktopr.contextMenu.handler.init(() => calls.push('old'));
        await Desktopr.contextMenu.handler.init(async ({ event, ...details }) => {
            calls.push(details);
            answers.push(await Desktopr.contextMenu.show(arguments[0], { at: { x: details.clientX, y: details.clientY } }));
        });";
    session.resolved(listen, vec![entries()]).await?;
    let before = desktop.picture(window.id)?;
    desktop.right_click(&window, 500, 300).await?;
    let opened = |picture: &picture::Picture| {
        ensure!(*picture != before, "no menu");
        Ok(())
    };
    desktop.wait_for_picture("a menu", window.id, opened, SOON).await?;
    // Letting the button go did not close it.
    desktop.press(&["r"]).await?;
    assert_eq!(answer(&session).await?, "rename");
    let calls = session.eval("return calls.splice(0)", vec![]).await?;
    assert_eq!(calls.as_array().map(Vec::len), Some(1), "{calls}");
    let call = &calls[0];
    assert_eq!(
        (&call["targetTag"], &call["clientX"], &call["clientY"]),
        (&json!("html"), &json!(500), &json!(300))
    );
    assert_eq!(
        (&call["parentActionable"], &call["childActionable"]),
        (&json!(false), &json!(true))
    );

    session.resolved("await Desktopr.contextMenu.handler.remove()", vec![]).await?;
    desktop.right_click(&window, 510, 310).await?;
    // The webview's own menu, which nobody prevents any more.
    desktop.press(&["Escape"]).await?;
    session.wait_for("calls.length === 0 && answers.length === 0", SOON).await?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_menu_is_refused_and_a_thousand_leave_nothing_behind() -> Result<()> {
    let (_app, _desktop, session, _window) = open("cm-faults", &json!({})).await?;
    session.screenshot().await?;
    for (entries, options, code) in [
        (json!([]), json!(null), "menu/invalid"),
        (json!([{ "type": "item", "text": "A" }]), json!(null), "menu/invalid"),
        (
            json!([{ "type": "item", "id": "a", "text": "A", "shortcut": "Ctrl+Q+Q" }]),
            json!(null),
            "menu/invalid",
        ),
        (
            json!([{ "type": "item", "id": "a", "text": "A" }, { "type": "item", "id": "a", "text": "B" }]),
            json!(null),
            "menu/duplicate-id",
        ),
        (json!([{ "type": "predefined", "kind": "hideOthers" }]), json!(null), "menu/invalid"),
        (entries(), json!({ "at": { "x": 1e9, "y": 0 } }), "bridge/invalid-argument"),
        (entries(), json!({ "atLogical": { "x": 1, "y": 0 } }), "bridge/invalid-argument"),
    ] {
        let script = "await Desktopr.contextMenu.show(arguments[0], arguments[1] ?? undefined)";
        let refusal = session.rejected(script, vec![entries.clone(), options]).await?;
        assert_eq!(refusal.code.as_deref(), Some(code), "{entries}: {refusal:?}");
    }
    let again = "for (let time = 0; time < arguments[1]; time += 1) {
        const id = await Desktopr.contextMenu.show(arguments[0], { at: { x: 9, y: 9 }, timeoutMs: 1 });
        if (id !== null) throw new Error(id);
    }";
    let memory = || -> Result<u64> {
        let process = procfs::process::Process::new(session.app_pid()?.try_into()?)?;
        Ok(process.statm()?.resident * procfs::page_size())
    };
    session.resolved(again, vec![entries(), json!(WARM_UP)]).await?;
    let before = memory()?;
    session.resolved(again, vec![entries(), json!(TIMES)]).await?;
    let grown = memory()?.saturating_sub(before);
    assert!(!session.app_output()?.contains("WARNING"), "{}", session.app_output()?);
    println!("grown: {} bytes for each menu", grown / TIMES as u64);
    ensure!(grown < GROWTH * TIMES as u64, "{grown} bytes more after {TIMES} menus");
    Ok(())
}

/// Menus that open before counting, and while it counts.
const WARM_UP: usize = 100;
const TIMES: usize = 1000;
/// Memory that a menu may cost for good, in bytes.
const GROWTH: u64 = 4000;
