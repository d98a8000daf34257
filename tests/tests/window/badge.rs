//! A number at the app's icon: what docks and task bars hear of it.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;
use serde_json::json;
use tests::{
    desktop::Desktop,
    webdriver::{Launch, Session},
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use zbus::{connection, zvariant::OwnedValue};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

const INTERFACE: &str = "com.canonical.Unity.LauncherEntry";

/// What a dock hears: whose icon, which number, and whether it is to be seen.
type Update = (String, i64, bool);

async fn listen(desktop: &Desktop) -> Result<(zbus::Connection, UnboundedReceiver<Update>)> {
    let bus = connection::Builder::address(desktop.bus())?.build().await?;
    let rule = format!("type='signal',interface='{INTERFACE}',member='Update'");
    let daemon = Some("org.freedesktop.DBus");
    bus.call_method(daemon, "/org/freedesktop/DBus", daemon, "AddMatch", &rule).await?;
    let mut messages = zbus::MessageStream::from(bus.clone());
    let (sender, updates) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = messages.next().await {
            let Ok((uri, properties)) =
                message.body().deserialize::<(String, HashMap<String, OwnedValue>)>()
            else {
                continue;
            };
            let count = properties.get("count").and_then(|value| i64::try_from(value).ok());
            let visible =
                properties.get("count-visible").and_then(|value| bool::try_from(value).ok());
            if let (Some(count), Some(visible)) = (count, visible) {
                let _ = sender.send((uri, count, visible));
            }
        }
    });
    Ok((bus, updates))
}

#[tokio::test]
async fn a_dock_hears_the_number_and_that_it_goes() -> Result<()> {
    let mut config = packed_config("badge");
    config["bridge"]["modules"]["badge"] = json!(true);
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let (_bus, mut updates) = listen(&desktop).await?;
    let session = app.open(&desktop).await?;
    for (call, count, visible) in [
        ("set(3)", 3, true),
        ("set(4294967295)", 4_294_967_295, true),
        ("set(0)", 0, false),
        ("set(1)", 1, true),
        ("clear()", 0, false),
    ] {
        session.resolved(&format!("await Desktopr.badge.{call}"), vec![]).await?;
        let update = tokio::time::timeout(SOON, updates.recv()).await.context("no update")?;
        let expected = ("application://test-badge.desktop".to_owned(), count, visible);
        assert_eq!(update, Some(expected), "{call}");
    }
    for bad in ["-1", "1.5", "4294967296", "NaN", "'3'", ""] {
        let refused = session.rejected(&format!("await Desktopr.badge.set({bad})"), vec![]).await?;
        assert_eq!(refused.code.as_deref(), Some("bridge/invalid-argument"), "{bad}");
    }
    assert_eq!(session.eval("return Desktopr.supports('badge.set')", vec![]).await?, true);

    // Without a session bus nobody can be told, and the app says so.
    drop(session);
    let launch = Launch::new(app.binary()).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    let session = Session::open(&desktop, &launch).await?;
    let refused = session.rejected("await Desktopr.badge.set(1)", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("badge/unsupported"));
    Ok(())
}
