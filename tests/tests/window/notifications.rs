//! Notifications, with a service of the desktop that writes down what it is to show.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::{
    desktop::Desktop,
    webdriver::{Launch, Session},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::{
    Connection, connection, interface,
    zvariant::{OwnedValue, Structure},
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What the service was asked to show.
#[derive(Debug)]
struct Shown {
    app: String,
    replaces: u32,
    title: String,
    body: String,
    actions: Vec<String>,
    hints: HashMap<String, OwnedValue>,
    id: u32,
}

struct Service {
    capabilities: Vec<String>,
    last: u32,
    shown: UnboundedSender<Shown>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        self.capabilities.clone()
    }

    #[allow(clippy::too_many_arguments, reason = "the specification has so many")]
    fn notify(
        &mut self,
        app: String,
        replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        self.last += u32::from(replaces == 0);
        let id = if replaces == 0 { self.last } else { replaces };
        // A test that is over needs no more.
        let _ = self.shown.send(Shown { app, replaces, title, body, actions, hints, id });
        id
    }
}

struct Daemon {
    bus: Connection,
    shown: UnboundedReceiver<Shown>,
}

impl Daemon {
    async fn start(desktop: &Desktop, capabilities: &[&str]) -> Result<Daemon> {
        let (sender, shown) = unbounded_channel();
        let capabilities = capabilities.iter().map(ToString::to_string).collect();
        let service = Service { capabilities, last: 40, shown: sender };
        let builder = connection::Builder::address(desktop.bus())?.serve_at(PATH, service)?;
        Ok(Daemon { bus: builder.name(NAME)?.build().await?, shown })
    }

    async fn next(&mut self) -> Result<Shown> {
        let shown = tokio::time::timeout(SOON, self.shown.recv()).await.context("nothing came")?;
        shown.context("the service is gone")
    }

    async fn signal<B: serde::Serialize + zbus::zvariant::DynamicType>(
        &self,
        name: &str,
        body: &B,
    ) -> Result<()> {
        Ok(self.bus.emit_signal(None::<&str>, PATH, NAME, name, body).await?)
    }
}

/// A PNG of one red pixel, for the page.
const RED: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

async fn stamp(id: &str) -> Result<(App, Desktop)> {
    let mut config = packed_config(id);
    config["bridge"]["modules"]["notifications"] = json!(true);
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    let files = [
        ("web/index.html", PLAIN_PAGE),
        ("web/other.html", PLAIN_PAGE),
        ("web/note.txt", "no picture"),
    ];
    Ok((App::stamp(&config, &files).await?, Desktop::start().await?))
}

async fn code(session: &Session, call: &str) -> Result<String> {
    let refused = session.rejected(&format!("await Desktopr.notifications.{call}"), vec![]).await?;
    Ok(refused.code.unwrap_or_default())
}

#[tokio::test]
async fn a_notification_is_shown_replaced_and_clicked() -> Result<()> {
    let (app, desktop) = stamp("notes").await?;
    let mut daemon = Daemon::start(&desktop, &["actions", "body", "body-markup"]).await?;
    let session = app.open(&desktop).await?;
    let script = "window.clicks = []; const notes = Desktopr.notifications;
                  await notes.onClick((click) => clicks.push(click));
                  return [await notes.state(), await notes.request(), await notes.show('One', 'a < b & <i>c</i>')]";
    let answer = session.resolved(script, vec![]).await?;
    assert_eq!(answer, json!(["granted", "granted", { "shown": true, "id": 1, "actions": false }]));
    let one = daemon.next().await?;
    assert_eq!((one.app.as_str(), one.title.as_str()), ("Test notes", "One"));
    assert_eq!(one.body, "a &lt; b &amp; &lt;i&gt;c&lt;/i&gt;", "markup is text");
    assert_eq!((one.replaces, one.actions), (0, vec!["default".to_owned(), String::new()]));
    assert!(!one.hints.contains_key("suppress-sound"));
    assert_eq!(String::try_from(one.hints["desktop-entry"].clone())?, "test-notes");
    assert_eq!(pixels(&one.hints)?.0, (128, 128), "the app's icon");

    let script = "const options = { title: 'Two', tag: 'chat', silent: true, icon: arguments[0],
                                    actions: [{ id: 'yes', title: 'Yes' }, { id: 'no', title: 'No' }] };
                  return await Desktopr.notifications.show(options)";
    let answer = session.resolved(script, vec![json!(RED)]).await?;
    assert_eq!(answer, json!({ "shown": true, "id": 2, "actions": true }));
    let two = daemon.next().await?;
    assert_eq!(two.actions, ["default", "", "yes", "Yes", "no", "No"]);
    assert!(bool::try_from(&two.hints["suppress-sound"])?);
    assert_eq!(pixels(&two.hints)?, ((1, 1), vec![255, 0, 0]));
    let again = session
        .resolved(
            "return await Desktopr.notifications.show({ title: 'Three', tag: 'chat' })",
            vec![],
        )
        .await?;
    assert_eq!(again["id"], 2, "the same notification");
    let three = daemon.next().await?;
    assert_eq!((three.replaces, three.id, three.title.as_str()), (two.id, two.id, "Three"));

    let window = desktop.wait_for_window("Test notes", SOON).await?;
    session.resolved("await Desktopr.window.minimize()", vec![]).await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;
    daemon.signal("ActionInvoked", &(9999_u32, "yes")).await?;
    daemon.signal("ActionInvoked", &(two.id, "yes")).await?;
    daemon.signal("ActionInvoked", &(one.id, "default")).await?;
    let clicks = session.wait_for("clicks.length >= 2 && clicks", SOON).await?;
    assert_eq!(
        clicks,
        json!([{ "id": 2, "tag": "chat", "action": "yes" }, { "id": 1, "tag": null, "action": "default" }])
    );
    desktop.wait_for_state("in front", window.id, |window| window.active, SOON).await?;

    // Gone: a later one with its tag is a new one, and clicks on it are nobody's.
    daemon.signal("NotificationClosed", &(two.id, 2_u32)).await?;
    daemon.signal("ActionInvoked", &(two.id, "late")).await?;
    session
        .resolved("await Desktopr.notifications.show({ title: 'Four', tag: 'chat' })", vec![])
        .await?;
    assert_eq!(daemon.next().await?.replaces, 0);
    daemon.signal("ActionInvoked", &(one.id, "again")).await?;
    let last = session.wait_for("clicks.length > 2 && clicks[2]", SOON).await?;
    assert_eq!(last["action"], "again");
    Ok(())
}

/// Size of the picture, and its bytes.
fn pixels(hints: &HashMap<String, OwnedValue>) -> Result<((i32, i32), Vec<u8>)> {
    let picture = Structure::try_from(hints.get("image-data").context("a picture")?.clone())?;
    let picture: (i32, i32, i32, bool, i32, i32, Vec<u8>) = picture.try_into()?;
    Ok(((picture.0, picture.1), picture.6))
}

#[tokio::test]
async fn clicks_reach_the_page_that_showed_it_and_no_other() -> Result<()> {
    let (app, desktop) = stamp("owners").await?;
    let mut daemon = Daemon::start(&desktop, &["body"]).await?;
    let session = app.open(&desktop).await?;
    let listen =
        "window.clicks = []; await Desktopr.notifications.onClick((click) => clicks.push(click));";
    session.resolved(listen, vec![]).await?;
    let main = session.handle().await?;
    let open =
        session.resolved("await Desktopr.window.new({ label: 'b', url: 'other.html' })", vec![]);
    let other = session.opened_by(open, SOON).await?;
    session.switch_to(&other).await?;
    session.resolved(listen, vec![]).await?;
    let show = "return await Desktopr.notifications.show({ title: 'B', body: '<b>', actions: [{ id: 'x', title: 'X' }] })";
    assert_eq!(session.resolved(show, vec![]).await?["actions"], false, "no buttons here");
    let shown = daemon.next().await?;
    assert_eq!((shown.body.as_str(), shown.actions.len()), ("<b>", 0), "no markup either");
    daemon.signal("ActionInvoked", &(shown.id, "default")).await?;
    assert_eq!(session.wait_for("clicks.length", SOON).await?, 1);
    session.switch_to(&main).await?;
    assert_eq!(session.eval("return clicks.length", vec![]).await?, 0);

    // A page that has been left is not told, nor the one that came after it.
    session.resolved("await Desktopr.notifications.show('A')", vec![]).await?;
    let shown = daemon.next().await?;
    let url = session.url().await?;
    session.goto(&url).await?;
    session.resolved(listen, vec![]).await?;
    daemon.signal("ActionInvoked", &(shown.id, "default")).await?;
    session.resolved("await Desktopr.notifications.show('C')", vec![]).await?;
    let shown = daemon.next().await?;
    daemon.signal("ActionInvoked", &(shown.id, "default")).await?;
    let clicks = session.wait_for("clicks.length && clicks", SOON).await?;
    assert_eq!(clicks.as_array().map(Vec::len), Some(1), "{clicks}");
    Ok(())
}

#[tokio::test]
async fn floods_bad_arguments_and_desktops_without_a_service_are_refused() -> Result<()> {
    let (app, desktop) = stamp("refused").await?;
    let launch = Launch::new(app.binary());
    let session = Session::open(&desktop, &launch).await?;
    assert_eq!(
        session.resolved("return await Desktopr.notifications.state()", vec![]).await?,
        "denied"
    );
    assert_eq!(code(&session, "show('x')").await?, "notifications/unsupported");
    let _daemon = Daemon::start(&desktop, &["body"]).await?;
    for (call, expected) in [
        ("show('')", "bridge/invalid-argument"),
        ("show(7)", "bridge/invalid-argument"),
        ("show('x', 7)", "bridge/invalid-argument"),
        ("show({ body: 'x' })", "bridge/invalid-argument"),
        ("show({ title: 'x', sound: 'y' })", "bridge/invalid-argument"),
        (
            "show({ title: 'x', actions: [{ id: 'default', title: 'y' }] })",
            "bridge/invalid-argument",
        ),
        ("show({ title: 'x', icon: '/etc/passwd' })", "notifications/invalid-icon"),
        ("show({ title: 'x', icon: '../runtime.json' })", "notifications/invalid-icon"),
        ("show({ title: 'x', icon: 'file:///etc/passwd' })", "notifications/invalid-icon"),
    ] {
        assert_eq!(code(&session, call).await?, expected, "{call}");
    }
    assert_eq!(
        code(&session, "show({ title: 'x', icon: '/note.txt' })").await?,
        "notifications/invalid-icon"
    );
    let script = "const codes = [];
                  for (let i = 0; i < 12; i += 1) await Desktopr.notifications.show('x').catch(({ code }) => codes.push(code));
                  return codes";
    let codes = session.resolved(script, vec![]).await?;
    let codes = codes.as_array().context("codes")?;
    assert!((2..=4).contains(&codes.len()), "two were counted before: {codes:?}");
    assert!(codes.iter().all(|code| code == "notifications/too-many"), "{codes:?}");
    Ok(())
}
