//! Links and files that open the app: on its command line, from a second start, and through the desktop's own programs.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    process,
    servers::{Page, Request, Site},
    webdriver::{Launch, Session},
};

use crate::{
    remote::Remote,
    support::{App, PLAIN_PAGE, SOON, plain_site, url_config},
    window_new::opening_config,
};

/// Opens what the desktop says opens it: not the recorder that plays the browser.
const XDG_OPEN: &str = "/usr/bin/xdg-open";

/// Notes what comes.
const LISTEN: &str =
    "window.links = []; await Desktopr.events.onDeeplink((link) => links.push(link))";
const TAKE_FILES: &str = "window.taken = []; await Desktopr.events.onOpenFiles(async ({ files, rejected }) => taken.push({
    files: await Promise.all(files.map(async (file) => [file.kind, file.name, await file.readText()])), rejected }))";

fn with_types(mut config: Value) -> Value {
    config["bridge"]["modules"]["files"] = json!(true);
    config["deepLinks"] = json!({ "schemes": ["tnotes"] });
    config["fileAssociations"] = json!([{ "ext": ["tnote"], "description": "Note of a test" }]);
    config
}

async fn second(desktop: &Desktop, app: &App, args: &[&str]) -> Result<()> {
    desktop.spawn(app.binary(), args)?.wait(SOON).await?.expect_code(0).map(drop)
}

/// Puts the app's entry and its types among the user's own, as a package puts them among the system's.
async fn register(app: &App, desktop: &Desktop) -> Result<()> {
    let tree = app.binary().ancestors().nth(3).context("a tree")?.to_owned();
    let slug = app.binary().file_name().context("a name")?.to_string_lossy().into_owned();
    let (data, bin) = (desktop.home().join(".local/share"), desktop.home().with_file_name("bin"));
    fs_err::os::unix::fs::symlink(app.binary(), bin.join(&slug))?;
    let copy = |from: &str, to: &str| -> Result<()> {
        let to = data.join(to);
        fs_err::create_dir_all(to.parent().context("a folder")?)?;
        fs_err::copy(tree.join(from), to)?;
        Ok(())
    };
    copy("packaging/app.desktop.hbs", &format!("applications/{slug}.desktop"))?;
    copy("packaging/file-types.xml", &format!("mime/packages/{slug}.xml"))?;
    let entry = data.join(format!("applications/{slug}.desktop"));
    let commands: [(&str, &Path); 3] = [
        ("desktop-file-validate", &entry),
        ("update-desktop-database", &data.join("applications")),
        ("update-mime-database", &data.join("mime")),
    ];
    for (program, argument) in commands {
        process::run(desktop.command(program).arg(argument), SOON).await?.expect_code(0)?;
    }
    Ok(())
}

#[tokio::test]
async fn the_desktop_opens_links_and_files_with_the_app() -> Result<()> {
    let remote = Remote::start()?;
    let config = with_types(url_config("opens", &remote.site.url("/")));
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    register(&app, &desktop).await?;

    // A link starts the app.
    let _app = desktop.spawn(XDG_OPEN, &["tnotes://page/1/a%20b?x=1&x=2&y=#top"])?;
    remote.run(LISTEN).await?;
    let link = remote.wait_for("links[0]").await?;
    assert_eq!(
        link,
        json!({
            "raw": "tnotes://page/1/a%20b?x=1&x=2&y=#top",
            "scheme": "tnotes",
            "segments": {
                "first": "page", "last": "a b", "list": ["page", "1", "a b"], "scheme": "tnotes",
                "path": "page/1/a b", "query": "x=1&x=2&y=", "fragment": "top",
            },
            "query": { "x": "1", "y": "" },
            "queryAll": { "x": ["1", "2"], "y": [""] },
        })
    );
    // Another one comes to the app that runs, and brings it back.
    let window = desktop.wait_for_window("Test opens", SOON).await?;
    remote.run("await Desktopr.window.minimize()").await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;
    desktop.spawn(XDG_OPEN, &["tnotes:b"])?.wait(SOON).await?.expect_code(0)?;
    assert_eq!(remote.wait_for("links[1]?.raw").await?, "tnotes:b");
    desktop
        .wait_for_state("back", window.id, |window| !window.is_minimized() && window.active, SOON)
        .await?;
    assert_eq!(remote.run("return (await Desktopr.events.lastDeeplink()).raw").await?, "tnotes:b");

    // A double click is this.
    remote.run(TAKE_FILES).await?;
    let note = desktop.home().join("My 100% note.TNOTE");
    fs_err::write(&note, "hello")?;
    let mut query = desktop.command("xdg-mime");
    query.args(["query", "filetype"]).arg(&note);
    let kind = process::run(&mut query, SOON).await?.expect_code(0)?.stdout;
    assert_eq!(kind.trim(), "application/x-test-opens-tnote");
    desktop
        .spawn(XDG_OPEN, &[note.to_str().context("a plain path")?])?
        .wait(SOON)
        .await?
        .expect_code(0)?;
    let taken = remote.wait_for("taken[0]").await?;
    let expected = json!({ "files": [["file", "My 100% note.TNOTE", "hello"]], "rejected": [] });
    assert_eq!(taken, expected);
    Ok(())
}

async fn open(app: &App, desktop: &Desktop, args: &[&str]) -> Result<Session> {
    let launch = args.iter().fold(Launch::new(app.binary()), |launch, arg| launch.arg(*arg));
    Session::open(desktop, &launch).await
}

#[tokio::test]
async fn what_comes_before_a_listener_waits_for_the_first() -> Result<()> {
    let site = plain_site()?;
    site.page("/other", Page::html(PLAIN_PAGE));
    let (app, desktop) = (
        App::stamp(&with_types(url_config("waits", &site.url("/"))), &[]).await?,
        Desktop::start().await?,
    );
    let note = desktop.home().join("a.tnote");
    fs_err::write(&note, "first")?;
    let note = note.to_str().context("a plain path")?;
    let url = format!("file://{note}");
    // What is none of the app's own is none of the page's business.
    let args =
        ["tnotes://a", "--flag", "other://x", "/etc/passwd", "tnotes://[", &url, "tnotes://b"];
    let session = open(&app, &desktop, &args).await?;
    let raws = "return links.map(({ raw }) => raw)";
    session.resolved(LISTEN, vec![]).await?;
    session.wait_for("links.length > 1", SOON).await?;
    assert_eq!(session.resolved(raws, vec![]).await?, json!(["tnotes://a", "tnotes://b"]));
    session.resolved(TAKE_FILES, vec![]).await?;
    let taken = session.wait_for("taken.length > 0 && taken", SOON).await?;
    assert_eq!(taken, json!([{ "files": [["file", "a.tnote", "first"]], "rejected": [] }]));
    // The second listener gets what comes, and not what has come.
    let more = "window.more = []; await Desktopr.events.onDeeplink(({ raw }) => more.push(raw))";
    session.resolved(more, vec![]).await?;
    second(&desktop, &app, &["tnotes://c"]).await?;
    session.wait_for("links.length > 2", SOON).await?;
    assert_eq!(session.eval("return more", vec![]).await?, json!(["tnotes://c"]));

    // Another page has no listener yet: it gets what came meanwhile, and handles of its own. A second start has a folder of its own.
    session.goto(&site.url("/other")).await?;
    second(&desktop, &app, &["tnotes://d", "a.tnote", "gone.tnote"]).await?;
    session.resolved(LISTEN, vec![]).await?;
    session.wait_for("links.length > 0", SOON).await?;
    assert_eq!(session.resolved(raws, vec![]).await?, json!(["tnotes://d"]));
    session.resolved(TAKE_FILES, vec![]).await?;
    assert_eq!(session.wait_for("taken.length > 0 && taken[0].files[0][2]", SOON).await?, "first");
    Ok(())
}

/// The page of a `cacheOnly` window, which no WebDriver drives: it says what calls are refused with, and when it is asked how many
/// events it has heard.
pub(crate) fn alone_page(calls: &[&str], event: &str) -> Page {
    let calls: Vec<_> = calls.iter().map(|call| format!("() => {call}")).collect();
    Page::html(&format!(
        "<!doctype html><title>Alone</title><h1>Alone</h1><script>
        const report = (path, value) => fetch(path, {{ method: 'POST', body: JSON.stringify(value) }});
        (async () => {{
            const codes = [];
            for (const call of [{}]) codes.push(await call().then(() => 'ok', ({{ code }}) => code));
            let heard = 0;
            await Desktopr.events.on('{event}', () => {{ heard += 1; }});
            await report('/codes', codes);
            while (!(await fetch('/ask')).ok) await new Promise((wake) => setTimeout(wake, 50));
            await report('/heard', heard);
        }})()</script>",
        calls.join(", ")
    ))
}

/// What such a page has reported.
pub(crate) async fn alone_says(site: &Site, path: &str) -> Result<Value> {
    let fits = |request: &Request| request.path == path && !request.body.is_empty();
    Ok(serde_json::from_slice(&site.wait_for_request(path, fits, SOON).await?.body)?)
}

#[tokio::test]
async fn windows_hear_of_links_and_those_that_are_alone_do_not() -> Result<()> {
    let site = plain_site()?;
    let calls = ["onDeeplink(() => {})", "lastDeeplink()", "onOpenFiles(() => {})"]
        .map(|call| format!("Desktopr.events.{call}"));
    let calls: Vec<_> = calls.iter().map(String::as_str).collect();
    site.page("/other", Page::html(PLAIN_PAGE)).page("/alone", alone_page(&calls, "deeplink"));
    let mut config = with_types(opening_config("hears", &site.url("/")));
    config["bridge"]["cacheOnly"] = json!({ "modules": { "events": true, "files": true } });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let main = session.handle().await?;
    session.resolved(LISTEN, vec![]).await?;
    let open = "await Desktopr.window.new({ label: 'other', url: '/other' })";
    let other = session.opened_by(session.resolved(open, vec![]), SOON).await?;
    let open = "await Desktopr.window.new({ label: 'alone', url: '/alone', cacheOnly: true })";
    session.resolved(open, vec![]).await?;
    let unsupported = json!(["events/unsupported", "events/unsupported", "events/unsupported"]);
    assert_eq!(alone_says(&site, "/codes").await?, unsupported);

    session.switch_to(&other).await?;
    session.resolved(LISTEN, vec![]).await?;
    let refused = session.rejected("await Desktopr.events.onOpenFiles(() => {})", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("events/unsupported"));
    second(&desktop, &app, &["tnotes://a"]).await?;
    for handle in [&other, &main] {
        session.switch_to(handle).await?;
        session.wait_for("links.length === 1", SOON).await?;
    }
    site.page("/ask", Page::text(""));
    assert_eq!(alone_says(&site, "/heard").await?, 0);
    Ok(())
}

#[tokio::test]
async fn an_app_without_schemes_says_so() -> Result<()> {
    let site = plain_site()?;
    let (app, desktop) = (
        App::stamp(&url_config("schemeless", &site.url("/")), &[]).await?,
        Desktop::start().await?,
    );
    let session = open(&app, &desktop, &["tnotes://a"]).await?;
    let supports = "return ['onDeeplink', 'lastDeeplink', 'onOpenFiles'].map((name) => Desktopr.supports(`events.${name}`))";
    assert_eq!(session.resolved(supports, vec![]).await?, json!([false, false, false]));
    let refused = session.rejected("await Desktopr.events.onDeeplink(() => {})", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("events/unsupported"));
    Ok(())
}
