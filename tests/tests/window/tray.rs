//! The tray icon of apps that ask for one, by config and by page: its menu, its picture, and the window that waits behind it.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{desktop::Desktop, webdriver::Session};

use crate::{
    support::{App, PLAIN_PAGE, SOON, packed_config},
    window_tray::Tray,
};

const RED: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#f00" d="M0 0h8v8H0z"/></svg>"##;

/// Without the tray's module, which a config needs not.
fn config(id: &str, tray: Value) -> Value {
    let mut config = packed_config(id);
    config["window"] = json!({ "width": 500, "height": 400 });
    config["bridge"]["modules"]["menu"] = json!(true);
    if tray.is_null() {
        config["bridge"]["modules"]["tray"] = json!(true);
    } else {
        config["tray"] = tray;
    }
    config
}

async fn listen(session: &Session) -> Result<()> {
    let script = "window.seen = []; await Desktopr.events.onMenuEvent((item) => seen.push(item))";
    session.resolved(script, vec![]).await.map(drop)
}

async fn told(session: &Session) -> Result<Value> {
    session.wait_for("seen.length > 0", SOON).await?;
    let seen = session.eval("return seen.splice(0)", vec![]).await?;
    assert_eq!(seen.as_array().map(Vec::len), Some(1), "{seen}");
    Ok(seen[0].clone())
}

/// Colour of the icon's middle, in the file that it is for the tray.
async fn color(tray: &Tray, icon: &crate::window_tray::Menu) -> Result<[u8; 4]> {
    let file = tray.text(icon, "IconName").await?;
    let picture = image::load_from_memory(&fs_err::read(&file)?).context(file)?.into_rgba8();
    Ok(picture.get_pixel(picture.width() / 2, picture.height() / 2).0)
}

#[tokio::test]
async fn a_configured_icon_has_the_apps_items_and_the_window_waits_behind_it() -> Result<()> {
    let mut config = config(
        "tray-config",
        json!({
            "icon": "red.svg",
            "startHidden": true,
            "showLabel": { "en": "Show me", "de": "Zeig mich" },
            "menu": [
                { "type": "custom", "id": "pause", "label": "Pause" },
                { "type": "custom", "id": "quiet", "label": "Quiet", "interaction": "check" },
                { "type": "predefined", "item": "about" },
            ],
        }),
    );
    config["menu"] = json!({ "file": { "items": [{ "id": "save", "label": "Save" }] } });
    let files = [("web/index.html", PLAIN_PAGE), ("red.svg", RED)];
    let app = App::stamp(&config, &files).await?;
    let desktop = Desktop::start().await?;
    let mut tray = Tray::start(&desktop).await?;
    let session = app.open(&desktop).await?;
    let mut menu = tray.menu().await?;
    tray.wait_for_items(
        &mut menu,
        &["Pause", "Quiet", "_About Test tray-config", "Show me", "Quit"],
    )
    .await?;
    assert_eq!(color(&tray, &menu).await?, [255, 0, 0, 255]);
    listen(&session).await?;
    assert!(desktop.windows()?.is_empty(), "the window waits");

    tray.click(&menu, "Pause").await?;
    assert_eq!(told(&session).await?, json!({ "id": "pause", "section": "tray" }));
    tray.click(&menu, "Quiet").await?;
    assert_eq!(told(&session).await?, json!({ "id": "quiet", "checked": true, "section": "tray" }));
    session.resolved("await Desktopr.menu.setLabel('pause', 'Go on'); await Desktopr.menu.setChecked('quiet', false)", vec![]).await?;
    tray.wait_for_items(
        &mut menu,
        &["Go on", "Quiet", "_About Test tray-config", "Show me", "Quit"],
    )
    .await?;
    tray.click(&menu, "Quiet").await?;
    assert_eq!(told(&session).await?["checked"], true);

    tray.click(&menu, "Show me").await?;
    let window = desktop.wait_for_window("Test tray-config", SOON).await?;
    desktop.wait_for_state("in front", window.id, |window| window.active, SOON).await?;
    tray.click(&menu, "Quit").await?;
    assert_eq!(session.wait_for_app_end(SOON).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_window_that_was_to_wait_shows_itself_where_no_tray_is() -> Result<()> {
    let config = config("tray-none", json!({ "startHidden": true }));
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    desktop.wait_for_window("Test tray-none", SOON).await?;
    assert!(session.app_output()?.contains("the window shows itself: nobody shows tray icons"));
    Ok(())
}

#[tokio::test]
async fn a_page_shows_changes_and_removes_the_icon() -> Result<()> {
    let files = [("web/index.html", PLAIN_PAGE)];
    let app = App::stamp(&config("tray-page", Value::Null), &files).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    listen(&session).await?;
    let refusal = session.rejected("await Desktopr.tray.set()", vec![]).await?;
    assert_eq!(refusal.code.as_deref(), Some("tray/unsupported"), "{refusal:?}");

    let mut tray = Tray::start(&desktop).await?;
    let png = "const canvas = document.createElement('canvas'); canvas.width = canvas.height = 32;
        const draw = canvas.getContext('2d'); draw.fillStyle = arguments[0]; draw.fillRect(0, 0, 32, 32);
        const icon = new Uint8Array(await (await new Promise((done) => canvas.toBlob(done))).arrayBuffer());";
    let set = format!("{png} await Desktopr.tray.set({{ icon, title: 'Title', tooltip: 'Tip' }})");
    session.resolved(&set, vec![json!("#00f")]).await?;
    let mut menu = tray.menu().await?;
    tray.wait_for_items(&mut menu, &["Show", "Quit"]).await?;
    assert_eq!(color(&tray, &menu).await?, [0, 0, 255, 255]);
    assert_eq!(tray.text(&menu, "XAyatanaLabel").await?, "Title");
    assert_eq!(tray.text(&menu, "Status").await?, "Active");

    // What is left out stays; a menu of the page's own has nothing of ours, since the window does not hide.
    let set = format!(
        "{png} await Desktopr.tray.set({{ icon, menu: [{{ type: 'custom', id: 'a', label: 'A' }}] }})"
    );
    session.resolved(&set, vec![json!("#0f0")]).await?;
    tray.wait_for_items(&mut menu, &["A"]).await?;
    assert_eq!(color(&tray, &menu).await?, [0, 255, 0, 255]);
    assert_eq!(tray.text(&menu, "XAyatanaLabel").await?, "Title");
    tray.click(&menu, "A").await?;
    assert_eq!(told(&session).await?["id"], "a");
    let menu_config = json!({ "tray": { "items": [{ "id": "b", "label": "B" }, { "type": "submenu", "label": "More", "items": [] }] } });
    session
        .resolved("await Desktopr.menu.init.fromConfig(arguments[0])", vec![menu_config])
        .await?;
    tray.wait_for_items(&mut menu, &["B", "More"]).await?;
    tray.click(&menu, "B").await?;
    assert_eq!(
        told(&session).await?,
        json!({ "id": "b", "section": "tray", "last_focused_window_label": "main" })
    );

    for (options, code) in [
        (json!({ "icon": "web/none.png" }), "tray/bad-icon"),
        (json!({ "icon": "../icon.png" }), "tray/bad-icon"),
        (json!({ "icon": "/etc/hostname" }), "tray/bad-icon"),
        (json!({ "icon": "index.html" }), "tray/bad-icon"),
        (json!({ "icon": [1, 2, 3] }), "tray/bad-icon"),
        (
            json!({ "menu": [{ "id": "a", "label": "A" }, { "id": "a", "label": "B" }] }),
            "menu/duplicate-id",
        ),
        (json!({ "title": "x".repeat(201) }), "bridge/invalid-argument"),
        (json!({ "badge": 1 }), "bridge/invalid-argument"),
    ] {
        let refusal = session
            .rejected("await Desktopr.tray.set(arguments[0])", vec![options.clone()])
            .await?;
        assert_eq!(refusal.code.as_deref(), Some(code), "{options}: {refusal:?}");
    }
    let unsupported =
        session.rejected("await Desktopr.events.onTrayIconEvent(() => {})", vec![]).await?;
    assert_eq!(unsupported.code.as_deref(), Some("events/unsupported"));
    let supports = "return Desktopr.supports('events.onTrayIconEvent')";
    assert_eq!(session.eval(supports, vec![]).await?, false);

    session.resolved("await Desktopr.tray.remove()", vec![]).await?;
    assert_eq!(tray.text(&menu, "Status").await?, "Passive");
    let unknown = session.rejected("await Desktopr.menu.setLabel('b', 'C')", vec![]).await?;
    assert_eq!(unknown.code.as_deref(), Some("menu/unknown-id"));
    // And it can come again.
    session.resolved("await Desktopr.tray.set()", vec![]).await?;
    tray.wait_for_items(&mut menu, &["Show", "Quit"]).await?;
    assert_eq!(tray.text(&menu, "Status").await?, "Active");
    assert_eq!(tray.text(&menu, "XAyatanaLabel").await?, "");
    assert_ne!(color(&tray, &menu).await?, [0, 255, 0, 255], "the app's own");
    Ok(())
}
