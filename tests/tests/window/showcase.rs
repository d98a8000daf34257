//! The main job end to end: the showcase becomes a package, is installed, driven, looked at, and removed without a trace.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    apps::Installed,
    desktop::Desktop,
    picture::{self, has_color},
    webdriver::{Launch, Session},
};

use crate::support::{SOON, build};

/// Functions whose button asks first, since they end the app, remove files or open a dialog of the system; the one that answers
/// at the next event only; and the one that shows another program.
const NOT_AT_ONCE: &[&str] = &[
    // The desktop of this test has neither a tray nor notifications.
    "notifications.show",
    "tray.set",
    "tray.remove",
    "app.exit",
    "app.relaunch",
    "window.close",
    "window.print",
    "fs.data.clear",
    "events.once",
    "downloads.reveal",
    "files.open",
    "read",
    "folder",
    "files.openWithBytes",
    "files.save",
    "files.saveHandle",
    "diagnostics.export",
    // No machine of the tests reaches other computers.
    "network.estimateBandwidth",
    "network.fetch",
    "auth.start",
    "updates.install",
];
/// Colour of the page's ground in the light theme, from its stylesheet.
const GROUND: [u8; 3] = [0xf6, 0xf3, 0xee];
/// Colour of its cards, and how much of the window they are once the script has made them (share of 1).
const CARD: [u8; 3] = [0xff, 0xfd, 0xf9];
const CARDS: f64 = 0.3;

#[tokio::test]
async fn the_showcase_installs_runs_and_goes() -> Result<()> {
    let artifacts = build("examples/showcase/app.json", &["deb"]).await?;
    let installed = Installed::from_deb(&artifacts[0]).await?;
    let desktop = Desktop::start().await?;

    let output =
        tests::process::run(desktop.command(installed.binary()).arg("--self-test"), SOON * 2)
            .await?
            .expect_code(0)?;
    let line: Value = output.json()?;
    assert_eq!((&line["ok"], &line["pageErrors"]), (&json!(true), &json!([])), "{line}");

    let session = Session::open(&desktop, &Launch::new(installed.binary())).await?;
    session.wait_for("document.querySelectorAll('[data-call]').length > 20", SOON).await?;
    look(&desktop).await?;
    press_every_button(&session).await?;
    session.resolved("await Desktopr.app.exit()", vec![]).await.ok();
    session.wait_for_app_end(SOON).await?;
    installed.purge().await
}

/// The window's pixels: the page's own ground, and something on it. The picture is kept.
async fn look(desktop: &Desktop) -> Result<()> {
    let window =
        desktop.wait_for_windows("a window", |windows| windows.first().cloned(), SOON).await?;
    let looks_right = |picture: &tests::picture::Picture| {
        picture::not_blank(picture)?;
        has_color(picture, GROUND, 2, 0.1)?;
        has_color(picture, CARD, 2, CARDS)
    };
    let shown = desktop.wait_for_picture("the page", window.id, looks_right, SOON).await?;
    picture::keep(&shown, "showcase").map(drop)
}

/// Each function has a button; each button gives a result or says why not.
async fn press_every_button(session: &Session) -> Result<()> {
    let calls = session.eval("return [...document.querySelectorAll('[data-call]:not(#result)')].map((button) => button.dataset.call)", vec![]).await?;
    let calls: Vec<String> = serde_json::from_value(calls)?;
    let supported = "return Desktopr.supports(arguments[0])";
    for call in calls.iter().filter(|call| !NOT_AT_ONCE.contains(&call.as_str())) {
        session
            .eval(
                "document.querySelector(`[data-call=\"${arguments[0]}\"]:not(#result)`).click()",
                vec![json!(call)],
            )
            .await?;
        let state = format!(
            "document.getElementById('result').dataset.call === {} && document.getElementById('result').dataset.state !== 'idle' && document.getElementById('result').dataset.state",
            json!(call)
        );
        let state = session
            .wait_for(&state, SOON)
            .await
            .with_context(|| format!("the button of `{call}`"))?;
        let text =
            session.eval("return document.getElementById('result').textContent", vec![]).await?;
        let is_native = call.contains('.');
        let expected = if !is_native || session.eval(supported, vec![json!(call)]).await? == true {
            "ok"
        } else {
            "error"
        };
        assert_eq!(state, expected, "{call}: {text}");
    }
    for call in ["events.once", "events.emit"] {
        session
            .eval(
                "document.querySelector(`[data-call=\"${arguments[0]}\"]:not(#result)`).click()",
                vec![json!(call)],
            )
            .await?;
    }
    session.wait_for("document.querySelector('#log li[data-event^=once]')", SOON).await.map(drop)
}
