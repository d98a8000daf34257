//! An app that hides behind a tray icon when its window is closed, and what happens where there is no tray.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::{desktop::Desktop, process::Running};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::{
    Connection, connection, interface, message,
    zvariant::{OwnedObjectPath, OwnedValue, Structure, Value},
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const MENU: &str = "com.canonical.dbusmenu";

/// The desktop's part of a tray: whoever has an icon tells it.
struct Watcher {
    icons: UnboundedSender<(String, String)>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// Apps name their object, on the connection that they call from.
    fn register_status_notifier_item(
        &self,
        object: &str,
        #[zbus(header)] header: message::Header<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // A test that is over needs no more icons.
        let _ = self.icons.send((sender, object.to_owned()));
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A tray, and the icons that come into it.
pub(crate) struct Tray {
    bus: Connection,
    icons: UnboundedReceiver<(String, String)>,
}

/// An icon's menu: where it is, and its items by label.
pub(crate) struct Menu {
    owner: String,
    object: String,
    path: OwnedObjectPath,
    items: HashMap<String, i32>,
}

impl Tray {
    pub(crate) async fn start(desktop: &Desktop) -> Result<Tray> {
        let (sender, icons) = unbounded_channel();
        let bus = connection::Builder::address(desktop.bus())?
            .serve_at("/StatusNotifierWatcher", Watcher { icons: sender })?
            .name(WATCHER)?
            .build()
            .await?;
        Ok(Tray { bus, icons })
    }

    /// The menu of the next icon that comes.
    pub(crate) async fn menu(&mut self) -> Result<Menu> {
        let icon = tokio::time::timeout(SOON, self.icons.recv()).await.context("no icon came")?;
        let (owner, object) = icon.context("the watcher is gone")?;
        let path = self.property(&owner, &object, "Menu").await?.try_into()?;
        let mut menu = Menu { owner, object, path, items: HashMap::new() };
        menu.items = self.items(&menu).await?;
        Ok(menu)
    }

    async fn property(&self, owner: &str, object: &str, name: &str) -> Result<OwnedValue> {
        let body = ("org.kde.StatusNotifierItem", name);
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = self.bus.call_method(Some(owner), object, properties, "Get", &body);
        Ok(answer.await?.body().deserialize::<Value<'_>>()?.try_to_owned()?)
    }

    /// A property of an icon that is a text.
    pub(crate) async fn text(&self, icon: &Menu, name: &str) -> Result<String> {
        Ok(self.property(&icon.owner, &icon.object, name).await?.try_into()?)
    }

    /// Waits until the items of an icon's menu are these, in any order.
    pub(crate) async fn wait_for_items(&self, menu: &mut Menu, expected: &[&str]) -> Result<()> {
        let expected: BTreeSet<_> = expected.iter().map(ToString::to_string).collect();
        let deadline = tokio::time::Instant::now() + SOON;
        loop {
            menu.items = self.items(menu).await?;
            if menu.items.keys().cloned().collect::<BTreeSet<_>>() == expected {
                return Ok(());
            }
            ensure!(tokio::time::Instant::now() < deadline, "items: {:?}", menu.items);
            // The bus tells of changes in three ways, none of which says what there is then.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn items(&self, menu: &Menu) -> Result<HashMap<String, i32>> {
        let body = (0, -1, Vec::<&str>::new());
        let layout = self.bus.call_method(
            Some(menu.owner.as_str()),
            &menu.path,
            Some(MENU),
            "GetLayout",
            &body,
        );
        type Entry = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let (_, (_, _, children)): (u32, Entry) = layout.await?.body().deserialize()?;
        let mut items = HashMap::new();
        for child in children {
            let (id, properties, _): Entry = Structure::try_from(child)?.try_into()?;
            if let Some(label) = properties.get("label") {
                items.insert(String::try_from(label.clone())?, id);
            }
        }
        Ok(items)
    }

    pub(crate) async fn click(&self, menu: &Menu, label: &str) -> Result<()> {
        let id = menu.items.get(label).with_context(|| format!("{label}: {:?}", menu.items))?;
        let body = (id, "clicked", Value::from(0), 0_u32);
        self.bus
            .call_method(Some(menu.owner.as_str()), &menu.path, Some(MENU), "Event", &body)
            .await?;
        Ok(())
    }
}

async fn stamp(id: &str) -> Result<(App, Desktop)> {
    let mut config = packed_config(id);
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["window"] = json!({ "onClose": "hideToTray", "width": 500, "height": 400 });
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    Ok((app, Desktop::start().await?))
}

#[tokio::test]
async fn a_closed_window_hides_and_comes_back_until_the_user_quits() -> Result<()> {
    let (app, desktop) = stamp("tray").await?;
    let mut tray = Tray::start(&desktop).await?;
    let session = app.open(&desktop).await?;
    let menu = tray.menu().await?;
    let title = "Test tray";
    let open = "await Desktopr.window.new({ label: 'b', title: 'B', width: 200, height: 100 }); window.mark = 1";
    session.resolved(open, vec![]).await?;

    for way in ["icon", "second start"] {
        let window = desktop.wait_for_window(title, SOON).await?;
        desktop.close(window.id)?;
        desktop.wait_for_no_window(window.id, SOON).await?;
        match way {
            "icon" => tray.click(&menu, "Show").await?,
            _ => drop(desktop.spawn(app.binary(), &[])?.wait(SOON).await?.expect_code(0)?),
        }
        let window = desktop.wait_for_window(title, SOON).await?;
        desktop.wait_for_state("in front", window.id, |window| window.active, SOON).await?;
        assert_eq!(session.eval("return window.mark", vec![]).await?, 1, "{way}: the same page");
    }
    // The page is asked here too.
    session.resolved("await Desktopr.window.onCloseRequested(() => false)", vec![]).await?;
    session.resolved("await Desktopr.window.close()", vec![]).await?;
    session.resolved("await Desktopr.window.getInfo()", vec![]).await?;
    assert_eq!(desktop.wait_for_window(title, SOON).await?.title, title);

    tray.click(&menu, "Quit").await?;
    assert_eq!(session.wait_for_app_end(SOON).await?, 0, "with its other window");
    Ok(())
}

/// Closes the main window of an app that has another one, and says what the app wrote before it ended.
async fn close_and_end(app: &App, desktop: &Desktop, env: &[(&str, &str)]) -> Result<String> {
    let mut command = desktop.command(app.binary());
    let running = Running::start(command.envs(env.iter().copied()))?;
    let window = desktop.wait_for_windows(
        "the window",
        |windows| windows.iter().find(|window| window.width == 500).cloned(),
        SOON,
    );
    desktop.close(window.await?.id)?;
    let output = running.wait(SOON).await?.expect_code(0)?;
    Ok(output.stderr)
}

#[tokio::test]
async fn without_a_tray_the_app_ends_with_its_window_and_says_why() -> Result<()> {
    let (app, desktop) = stamp("trayless").await?;
    let said = close_and_end(&app, &desktop, &[]).await?;
    assert!(said.contains("the app ends with its window: nobody shows tray icons"), "{said}");
    assert!(said.contains(WATCHER), "{said}");

    // A tray, and no library to show icons in it: the loader finds files that are none.
    let _tray = Tray::start(&desktop).await?;
    let libraries = desktop.home().join("libraries");
    fs_err::create_dir(&libraries)?;
    for name in ["libayatana-appindicator3.so", "libappindicator3.so"] {
        for version in ["", ".1"] {
            let file = libraries.join(format!("{name}{version}"));
            fs_err::write(file, "no library".repeat(100))?;
        }
    }
    let env = [("LD_LIBRARY_PATH", libraries.to_str().context("a plain path")?)];
    let said = close_and_end(&app, &desktop, &env).await?;
    assert!(said.contains("the library of tray icons is missing: install"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    Ok(())
}
