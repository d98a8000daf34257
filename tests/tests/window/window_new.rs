//! Windows that a page opens: which it may, what they are, and who knows whom.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, raw_call, url_config};

/// A page that is titled after its path.
const TITLED: &str = "<!doctype html><script>document.title = 'Page ' + location.pathname</script><h1>Page</h1>
    <a id=out href='https://elsewhere.example/'>out</a>
    <button id=pop onclick=\"window.popup = open('/popup', 'popup', 'width=300,height=200')\">pop</button>";

fn site() -> Result<Site> {
    let site = Site::start()?;
    for path in ["/", "/settings", "/a/b", "/popup"] {
        site.page(path, Page::html(TITLED));
    }
    Ok(site)
}

/// A config whose page may open windows.
pub(crate) fn opening_config(id: &str, url: &str) -> Value {
    let mut config = url_config(id, url);
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config
}

async fn open(site: &Site, id: &str) -> Result<(App, Desktop, Session)> {
    let app = App::stamp(&opening_config(id, &site.url("/")), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    Ok((app, desktop, session))
}

#[tokio::test]
async fn a_window_opens_as_it_was_asked_for_and_a_second_time_comes_to_the_front() -> Result<()> {
    let site = site()?;
    let (_app, desktop, session) = open(&site, "new-plain").await?;
    let options = json!({ "label": "settings", "url": "settings?x=1#y", "title": "Größe \"q\"", "width": 400, "height": 300,
        "x": 150, "y": 160, "resizable": false, "alwaysOnTop": true });
    let new = "return await Desktopr.window.new(arguments[0])";
    let info = session.resolved(new, vec![options.clone()]).await?;
    assert_eq!(info["label"], "settings");
    assert_eq!((&info["visible"], &info["cache_only"]), (&json!(true), &json!(false)), "{info}");
    assert_eq!(info["url"], json!(site.url("/settings?x=1#y")));
    let fits = |window: &tests::desktop::Window| {
        (window.width, window.height) == (400, 300) && window.states.contains("above")
    };
    let window = desktop.wait_for_window("Größe \"q\"", SOON).await?;
    let window = desktop.wait_for_state("as asked", window.id, fits, SOON).await?;
    // The frame is where it was asked for, the content below its title bar.
    assert!((150..170).contains(&window.x) && (160..200).contains(&window.y), "{window:?}");

    session.resolved("await Desktopr.window.focus()", vec![]).await?;
    desktop.wait_for_state("left", window.id, |window| !window.active, SOON).await?;
    session.resolved("await Desktopr.window.minimize('settings')", vec![]).await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;
    let again = session.resolved(new, vec![options]).await?;
    assert_eq!(again["label"], "settings");
    desktop.wait_for_state("back", window.id, |w| w.active && !w.is_minimized(), SOON).await?;
    assert_eq!(desktop.windows()?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn windows_have_the_rights_of_the_main_one_and_know_each_other() -> Result<()> {
    let site = site()?;
    let (_app, desktop, session) = open(&site, "new-rights").await?;
    let opened = session.opened_by(
        session.resolved("return (await Desktopr.window.new({ url: '/a/b' })).label", vec![]),
        SOON,
    );
    let handle = opened.await?;
    desktop.wait_for_window("Page /a/b", SOON).await?;
    let labels = "return (await Desktopr.window.list()).map(({ label }) => label)";
    let label = session.resolved(labels, vec![]).await?[1].clone();
    assert!(label.as_str().is_some_and(|label| label.starts_with("window-")), "{label}");

    session.switch_to(&handle).await?;
    assert_eq!(session.resolved(labels, vec![]).await?, json!(["main", label]));
    let own = "return (await Desktopr.window.getInfo()).label";
    assert_eq!(session.resolved(own, vec![]).await?, label, "the caller's window is the default");
    assert_eq!(session.eval("return window.opener", vec![]).await?, Value::Null);
    let info = session.resolved("return await Desktopr.app.info()", vec![]).await?;
    assert_eq!(info["windows"][1]["label"], label);
    // A link that leaves the app leaves it from here too.
    session.click("#out").await?;
    desktop.wait_for_opened_url("browser", |url| url.contains("elsewhere"), SOON).await?;
    // A pop-up of this window is none of anybody's business.
    session.click("#pop").await?;
    desktop.wait_for_window("Page /popup", SOON).await?;
    assert_eq!(session.resolved(labels, vec![]).await?, json!(["main", label]));
    for call in ["window.close('popup-1')", "window.getInfo('page/popup-1')", "window.getInfo('')"]
    {
        let refused = session.rejected(&format!("await Desktopr.{call}"), vec![]).await?;
        assert_eq!(refused.code.as_deref(), Some("window/unknown-label"), "{call}");
    }
    session.resolved("await Desktopr.window.close('main')", vec![]).await?;

    // The app goes on without its main window; its label is free of it and still nobody else's.
    let gone = session.wait_for("(await Desktopr.app.info()).has_main_window === false", SOON);
    gone.await?;
    let refused = session.rejected("await Desktopr.window.new({ label: 'main' })", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("window/invalid-label"));
    Ok(())
}

#[tokio::test]
async fn events_reach_the_windows_they_are_for_with_labels_that_pages_know() -> Result<()> {
    let site = site()?;
    let (_app, desktop, session) = open(&site, "new-events").await?;
    let main = session.handle().await?;
    let listen = "window.got = [];
        await Desktopr.events.onMany(['test:a', 'window:focus'], (name, payload) => got.push([name, payload]))";
    session.resolved(listen, vec![]).await?;
    let new = session.resolved("await Desktopr.window.new({ label: 'b', url: '/a/b' })", vec![]);
    let handle = session.opened_by(new, SOON).await?;
    session.switch_to(&handle).await?;
    session.resolved(listen, vec![]).await?;
    let send = "await Desktopr.events.emit('test:a', 'own');
                await Desktopr.events.emitTo('main', 'test:a', 'to main');
                await Desktopr.events.emitToAll('test:a', 'to all')";
    session.resolved(send, vec![]).await?;
    let heard =
        "got.filter(([name, payload]) => name === 'test:a').length === 2 && got.map(([, p]) => p)";
    let own = session.wait_for(heard, SOON).await?;
    assert!(own.as_array().is_some_and(|own| own.contains(&json!("own"))), "{own}");
    session.switch_to(&main).await?;
    let got = session.wait_for(heard, SOON).await?;
    assert!(got.as_array().is_some_and(|got| !got.contains(&json!("own"))), "{got}");

    // The label of an event is the page's own word for the window.
    desktop.activate(desktop.wait_for_window("Test new-events", SOON).await?.id).await?;
    desktop.activate(desktop.wait_for_window("Page /a/b", SOON).await?.id).await?;
    let focused = "got.some(([name, { label }]) => name === 'window:focus' && label === 'b')";
    session.wait_for(focused, SOON).await?;
    for label in ["page/b", "popup-1", "nobody"] {
        let send = "await Desktopr.events.emitTo(arguments[0], 'test:a', 1)";
        let refused = session.rejected(send, vec![json!(label)]).await?;
        assert_eq!(refused.code.as_deref(), Some("events/unknown-label"), "{label}");
    }
    Ok(())
}

#[tokio::test]
async fn what_may_not_be_opened_is_refused() -> Result<()> {
    let site = site()?;
    let (_app, desktop, session) = open(&site, "new-refused").await?;
    let cases = [
        (json!({ "url": "https://elsewhere.example/" }), "window/outside-navigation"),
        (json!({ "url": "javascript:alert(1)" }), "window/outside-navigation"),
        (json!({ "url": "about:blank" }), "window/outside-navigation"),
        (json!({ "url": "data:text/html,x" }), "window/outside-navigation"),
        (json!({ "url": "file:///etc/passwd" }), "window/outside-navigation"),
        (json!({ "url": "tauri://localhost/" }), "window/outside-navigation"),
        (json!({ "url": "http://[" }), "window/outside-navigation"),
        (json!({ "label": "main" }), "window/invalid-label"),
        (json!({ "label": "a b" }), "window/invalid-label"),
        (json!({ "label": "cache/x" }), "window/invalid-label"),
        (json!({ "label": "" }), "window/invalid-label"),
        (json!({ "width": 0 }), "bridge/invalid-argument"),
        (json!({ "width": 1e9 }), "bridge/invalid-argument"),
        (json!({ "height": null, "width": "400" }), "bridge/invalid-argument"),
        (json!({ "x": 1 }), "bridge/invalid-argument"),
        (json!({ "x": 1e9, "y": 0 }), "bridge/invalid-argument"),
        (json!({ "widht": 400 }), "bridge/invalid-argument"),
    ];
    for (options, code) in cases {
        let refused =
            session.rejected("await Desktopr.window.new(arguments[0])", vec![options.clone()]);
        assert_eq!(refused.await?.code.as_deref(), Some(code), "{options}");
    }
    for (call, code) in [
        ("setSize(0, 5)", "bridge/invalid-argument"),
        ("setSize(5, 40000)", "bridge/invalid-argument"),
        ("setPosition(-40000, 5)", "bridge/invalid-argument"),
        ("setZoom(0)", "bridge/invalid-argument"),
        ("setZoom(6)", "bridge/invalid-argument"),
        ("setTheme('blue')", "bridge/invalid-argument"),
        ("setTitle('x', 'nobody')", "window/unknown-label"),
    ] {
        let refused = session.rejected(&format!("await Desktopr.window.{call}"), vec![]).await?;
        assert_eq!(refused.code.as_deref(), Some(code), "{call}");
    }
    assert_eq!(desktop.windows()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_app_opens_no_windows_unless_its_config_says_so() -> Result<()> {
    let app = App::stamp(&packed_config("new-off"), &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let refused = session.rejected("await Desktopr.window.new()", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("window/open-forbidden"));
    assert_eq!(session.eval("return Desktopr.supports('window.new')", vec![]).await?, false);
    let raw = raw_call(&session, "plugin:bridge|window_new", json!({})).await?;
    assert!(raw.contains("not allowed"), "{raw}");
    assert_eq!(desktop.windows()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn windows_of_a_packed_app_open_its_pages_and_each_label_once() -> Result<()> {
    let mut config = packed_config("new-packed");
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    let other = "<!doctype html><title>Other page</title>";
    let files = [("web/index.html", PLAIN_PAGE), ("web/sub/other.html", other)];
    let (app, desktop) = (App::stamp(&config, &files).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let info = session
        .resolved(
            "return await Desktopr.window.new({ url: 'sub/other.html', width: 60, height: 60 })",
            vec![],
        )
        .await?;
    assert_eq!(info["url"], "tauri://localhost/sub/other.html");
    desktop.wait_for_window("Other page", SOON).await?;

    // At once: three ask for the same label.
    let many = "const labels = ['same', 'same', 'other', 'same'];
        const opened = await Promise.all(labels.map((label) => Desktopr.window.new({ label, width: 60, height: 60 })));
        return opened.map(({ label }) => label)";
    assert_eq!(session.resolved(many, vec![]).await?, json!(["same", "same", "other", "same"]));
    let labels = "return (await Desktopr.window.list()).length";
    assert_eq!(session.resolved(labels, vec![]).await?, 4);
    Ok(())
}

#[tokio::test]
async fn the_windows_of_an_app_that_forgets_everything_are_one_session() -> Result<()> {
    let mut config = packed_config("new-incognito");
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    config["bridge"]["cacheOnly"] = json!({ "modules": {} });
    config["web"] = json!({ "incognito": true });
    let other = "<!doctype html><title>Other page</title>";
    let files = [("web/index.html", PLAIN_PAGE), ("web/other.html", other)];
    let (app, desktop) = (App::stamp(&config, &files).await?, Desktop::start().await?);
    let stored = "return localStorage.getItem('who')";
    for start in 0..2 {
        let session = app.open(&desktop).await?;
        assert_eq!(session.eval(stored, vec![]).await?, Value::Null, "start {start}");
        session.eval("localStorage.setItem('who', 'me')", vec![]).await?;
        let new = session.resolved("await Desktopr.window.new({ url: 'other.html' })", vec![]);
        let handle = session.opened_by(new, SOON).await?;
        let window = desktop.wait_for_window("Other page", SOON).await?;
        session.switch_to(&handle).await?;
        assert_eq!(session.eval(stored, vec![]).await?, "me");
        desktop.close(window.id)?;
        desktop.wait_for_no_window(window.id, SOON).await?;
        let main = session.handles().await?.remove(0);
        session.switch_to(&main).await?;
        // Its pages load in windows that are alone too, also in the second one of a profile.
        for _ in 0..2 {
            let alone =
                "await Desktopr.window.new({ label: 'alone', url: 'other.html', cacheOnly: true })";
            session.resolved(alone, vec![]).await?;
            let window = desktop.wait_for_window("Other page", SOON).await?;
            session.resolved("await Desktopr.window.close('alone')", vec![]).await?;
            desktop.wait_for_no_window(window.id, SOON).await?;
        }
        // The answer may not come any more.
        let _ = session.eval("Desktopr.app.exit()", vec![]).await;
        session.wait_for_app_end(SOON).await?;
    }
    Ok(())
}
