//! A webview that cannot paint with what the machine has: found out in a child process, cured, remembered.
//!
//! Test machines have no graphics device, so nothing is tried out by itself here; `DESKWRIGHT_WEBVIEW=auto` asks for it. A driver
//! that paints by Vulkan stands for one that does not work: it finds no device and the app dies, until it may use Mesa's Vulkan in
//! software.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{desktop::Desktop, process};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

const BROKEN: &[(&str, &str)] = &[("MESA_LOADER_DRIVER_OVERRIDE", "zink")];

/// Whether a self-test passes with these variables, and what was found out, if anything.
async fn start(
    app: &App,
    desktop: &Desktop,
    env: &[(&str, &str)],
) -> Result<(bool, Value, String)> {
    let mut command = desktop.command(app.binary());
    command.args(["--self-test", "--timeout", "10"]).envs(env.iter().copied());
    let output = process::run(&mut command, SOON * 2).await?;
    let data = desktop.home().join(".local/share/com.example.health");
    let found = match fs_err::read(data.join("webview-health.json")) {
        Ok(json) => serde_json::from_slice(&json)?,
        Err(_) => Value::Null,
    };
    let note = data.join("webview-health.started");
    let passes = output.status.success();
    assert!(!passes || !note.exists(), "a start that showed its page leaves no note");
    Ok((passes, found, output.stderr))
}

#[tokio::test]
async fn a_webview_that_does_not_paint_gets_the_remedy_that_helps() -> Result<()> {
    let app = App::stamp(&packed_config("health"), &[("web/index.html", PLAIN_PAGE)]).await?;
    let broken = |mode| [BROKEN, &[("DESKWRIGHT_WEBVIEW", mode)]].concat();

    let desktop = Desktop::start().await?;
    let (passes, found, log) = start(&app, &desktop, &broken("accelerated")).await?;
    assert_eq!((passes, found), (false, Value::Null), "the driver is broken: {log}");
    let (passes, found, log) = start(&app, &desktop, &broken("software")).await?;
    assert_eq!((passes, found), (true, Value::Null), "nothing was tried: {log}");
    let (passes, found, log) = start(&app, &desktop, &broken("auto")).await?;
    assert!(passes && log.contains("the webview does not paint as it is"), "{log}");
    assert_eq!(found["remedy"], 2);
    assert!(found["key"].as_str().unwrap_or_default().contains("libwebkit2gtk"), "{found}");

    // What the user has set stays, and is not looked into.
    let desktop = Desktop::start().await?;
    let own = [broken("auto"), vec![("WEBKIT_DISABLE_DMABUF_RENDERER", "0")]].concat();
    let (passes, found, log) = start(&app, &desktop, &own).await?;
    assert_eq!((passes, found), (false, Value::Null), "{log}");
    Ok(())
}

#[tokio::test]
async fn a_webview_that_paints_is_left_as_it_is() -> Result<()> {
    let app = App::stamp(&packed_config("health"), &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let (passes, found, log) = start(&app, &desktop, &[("DESKWRIGHT_WEBVIEW", "auto")]).await?;
    assert!(passes, "{log}");
    assert_eq!(found["remedy"], json!(null));
    assert!(!log.contains("webview"), "{log}");
    Ok(())
}
