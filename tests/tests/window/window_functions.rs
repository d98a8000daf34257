//! What a page does to windows, as the window manager sees it.

use anyhow::Result;
use serde_json::json;
use tests::desktop::{Desktop, Window};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

/// Where GTK's print dialog has its first printer, from the top left corner of its content.
const FIRST_PRINTER: (i32, i32) = (83, 87);

#[tokio::test]
async fn windows_do_what_pages_tell_them() -> Result<()> {
    let mut config = packed_config("functions");
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["window"] = json!({ "width": 500, "height": 400 });
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    session
        .resolved(
            "await Desktopr.window.new({ label: 'b', width: 300, height: 200, title: 'B' })",
            vec![],
        )
        .await?;
    let main = desktop.wait_for_window("Test functions", SOON).await?.id;
    let other = desktop.wait_for_window("B", SOON).await?.id;
    type Fits = fn(&Window) -> bool;
    let cases: [(&str, u32, Fits); 17] = [
        ("setSize(420.5, 330)", main, |w| (w.width, w.height) == (421, 330) || w.width == 420),
        ("setSize(320, 230, 'b')", other, |w| (w.width, w.height) == (320, 230)),
        ("setPosition(40, 50, 'b')", other, |w| (40..60).contains(&w.x) && (50..90).contains(&w.y)),
        ("center('b')", other, |w| (430..530).contains(&w.x) && (230..330).contains(&w.y)),
        ("setAlwaysOnTop(true, 'b')", other, |w| w.states.contains("above")),
        ("setAlwaysOnTop(false, 'b')", other, |w| !w.states.contains("above")),
        ("setTitle('Neu \"q\" 東京', 'b')", other, |w| w.title == "Neu \"q\" 東京"),
        ("focus()", main, |w| w.active),
        ("focus('b')", other, |w| w.active),
        ("minimize('b')", other, |w| w.is_minimized()),
        ("focus('b')", other, |w| w.active && !w.is_minimized()),
        ("maximizeToggle('b')", other, |w| w.is_maximized()),
        ("maximizeToggle('b')", other, |w| !w.is_maximized()),
        ("fullscreen(true, 'b')", other, |w| w.is_fullscreen()),
        ("fullscreen(false, 'b')", other, |w| !w.is_fullscreen()),
        ("minimize()", main, |w| w.is_minimized()),
        ("focus()", main, |w| w.active && !w.is_minimized()),
    ];
    for (call, id, fits) in cases {
        session.resolved(&format!("await Desktopr.window.{call}"), vec![]).await?;
        desktop.wait_for_state(call, id, fits, SOON).await?;
    }
    session.resolved("await Desktopr.window.hide('b')", vec![]).await?;
    desktop.wait_for_no_window(other, SOON).await?;
    let hidden = "return (await Desktopr.window.getInfo('b')).visible";
    assert_eq!(session.resolved(hidden, vec![]).await?, false);
    session.resolved("await Desktopr.window.show('b')", vec![]).await?;
    desktop.wait_for_window("Neu \"q\" 東京", SOON).await?;
    assert_eq!(session.resolved(hidden, vec![]).await?, true);

    session.resolved("await Desktopr.window.setZoom(2)", vec![]).await?;
    session.wait_for("Math.abs(innerWidth - 210) <= 1", SOON).await?;
    for (theme, dark) in [("dark", true), ("light", false)] {
        session
            .resolved("await Desktopr.window.setTheme(arguments[0])", vec![json!(theme)])
            .await?;
        let is = format!("matchMedia('(prefers-color-scheme: dark)').matches === {dark}");
        session.wait_for(&is, SOON).await?;
    }
    session.resolved("await Desktopr.window.setTheme('system')", vec![]).await.map(drop)
}

/// The dialog is the system's; while it is open, the app goes on.
#[tokio::test]
async fn a_page_is_printed_by_the_systems_dialog() -> Result<()> {
    let app = App::stamp(&packed_config("print"), &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    session.resolved("await Desktopr.window.print()", vec![]).await?;
    let dialog = desktop.wait_for_window("Print", SOON).await?;
    // What needs the window's thread gets its answer.
    let own = "return (await Desktopr.window.getInfo()).label";
    assert_eq!(session.resolved(own, vec![]).await?, "main");
    desktop.activate(dialog.id).await?;
    desktop.press(&["Escape"]).await?;
    desktop.wait_for_no_window(dialog.id, SOON).await?;
    // The printer that is there without any: a file.
    session.resolved("await Desktopr.window.print()", vec![]).await?;
    let dialog = desktop.wait_for_window("Print", SOON).await?;
    let dialog = desktop.activate(dialog.id).await?;
    desktop.wait_for_picture("its printers", dialog.id, tests::picture::not_blank, SOON).await?;
    let (x, y) = FIRST_PRINTER;
    desktop.click(&dialog, x, y).await?;
    desktop.press(&["alt+p"]).await?;
    desktop.wait_for_no_window(dialog.id, SOON).await?;
    let home = desktop.home();
    let file = home.join("output.pdf");
    let printed = tests::watch::until(&home, || {
        let bytes = fs_err::read(&file).unwrap_or_default();
        Ok((bytes.starts_with(b"%PDF") && bytes.trim_ascii_end().ends_with(b"%%EOF")).then_some(()))
    });
    tokio::time::timeout(SOON, printed).await?
}

/// The same dialog for a page that prints itself. WebDriver would suppress that.
#[tokio::test]
async fn a_page_that_prints_itself_goes_on_too() -> Result<()> {
    let files = [
        (
            "web/index.html",
            "<!doctype html><title>Mine</title><h1>Mine</h1><script src=print.js></script>",
        ),
        (
            "web/print.js",
            "addEventListener('click', () => { print(); Desktopr.window.getInfo().then(() => Desktopr.window.setTitle('Went on')) })",
        ),
    ];
    let app = App::stamp(&packed_config("prints"), &files).await?;
    let desktop = Desktop::start().await?;
    let _running = desktop.spawn(app.binary(), &[])?;
    let window = desktop.wait_for_window("Test prints", SOON).await?;
    let window = desktop.activate(window.id).await?;
    desktop.wait_for_picture("page", window.id, tests::picture::not_blank, SOON).await?;
    desktop.click(&window, 200, 200).await?;
    desktop.wait_for_window("Print", SOON).await?;
    desktop.wait_for_window("Went on", SOON).await.map(drop)
}
