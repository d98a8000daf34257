//! Downloads: names, places, and servers that do not do what they said. Without WebDriver: see `remote`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    process::Running,
    servers::{Page, RawSite},
};

use crate::{
    remote::Remote,
    support::{App, SOON, url_config},
};

/// An app whose page does what the test says. It ends with this.
pub(crate) struct Opened {
    pub(crate) remote: Remote,
    pub(crate) desktop: Desktop,
    pub(crate) _running: Running,
    pub(crate) _app: App,
}

pub(crate) fn config(id: &str, remote: &Remote, folder: &str) -> Value {
    let mut config = url_config(id, &remote.site.url("/"));
    config["bridge"]["modules"]["downloads"] = json!(true);
    config["web"] = json!({ "downloads": { "folder": folder } });
    config
}

pub(crate) async fn open(remote: Remote, config: &Value) -> Result<Opened> {
    open_on(App::stamp(config, &[]).await?, remote, config).await
}

/// The same for an app that is stamped already.
pub(crate) async fn open_on(app: App, remote: Remote, config: &Value) -> Result<Opened> {
    let desktop = Desktop::start().await?;
    let running = desktop.spawn(app.binary(), &[])?;
    let opened = Opened { remote, desktop, _running: running, _app: app };
    if config["bridge"]["modules"]["downloads"] == json!(true) {
        opened.listen().await?;
    }
    Ok(opened)
}

impl Opened {
    pub(crate) async fn listen(&self) -> Result<()> {
        let script = "window.told = [];
            const note = (event) => (download) => window.told.push({ event, ...download });
            await Desktopr.downloads.onStart(note('start'));
            await Desktopr.downloads.onProgress(note('progress'));
            await Desktopr.downloads.onDone(note('done'))";
        self.remote.run(script).await.map(drop)
    }

    /// Clicks a link; `download` is its attribute.
    pub(crate) async fn click(&self, href: &str, download: Option<&str>) -> Result<()> {
        let script = format!(
            "const link = document.createElement('a');
             link.href = {};
             const name = {};
             if (name !== null) link.download = name;
             document.body.append(link);
             link.click();
             link.remove()",
            json!(href),
            json!(download)
        );
        self.remote.run(&script).await.map(drop)
    }

    /// Clicks a link and waits for what becomes of the download.
    pub(crate) async fn download(&self, href: &str, name: Option<&str>) -> Result<Value> {
        self.remote.run("window.told = []").await?;
        self.click(href, name).await?;
        self.done().await
    }

    pub(crate) async fn done(&self) -> Result<Value> {
        self.remote.wait_for("window.told.find(({ event }) => event === 'done')").await
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.desktop.home().join("Downloads")
    }

    /// Names of all files in the folder for downloads, hidden ones too.
    pub(crate) fn files(&self) -> Result<BTreeSet<String>> {
        names_in(&self.folder())
    }
}

pub(crate) fn names_in(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs_err::read_dir(folder)? {
        names.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

pub(crate) fn attachment(name: &str) -> Page {
    Page::bytes("application/octet-stream", b"content")
        .header("content-disposition", &format!("attachment; filename=\"{name}\""))
}

#[tokio::test]
async fn files_arrive_under_names_that_are_safe() -> Result<()> {
    let remote = Remote::start()?;
    let site = &remote.site;
    site.page("/data.csv", Page::bytes("text/csv", b"a,b\n"))
        .page("/archive.zip", Page::bytes("application/zip", b"PK"))
        .page("/escape", attachment("../../../escape.txt"))
        .page("/device", attachment("CON"))
        .page("/hidden", attachment(".bashrc"))
        .page("/stream", attachment("a.txt:stream"))
        .page("/long", attachment(&format!("{}.txt", "n".repeat(300))));
    let (own, config) = (site.origin(), config("names", &remote, "downloads"));
    let app = open(remote, &config).await?;
    let long = format!("{}.txt", "n".repeat(196));
    for (href, attribute, name) in [
        (format!("{own}/data.csv"), Some("table.csv"), "table.csv"),
        (format!("{own}/data.csv"), Some(""), "data.csv"),
        (format!("{own}/data.csv"), Some("photo\u{202e}gpj.exe"), "photo_gpj.exe"),
        (format!("{own}/archive.zip"), None, "archive.zip"),
        (format!("{own}/escape"), None, "escape.txt"),
        (format!("{own}/device"), None, "_CON"),
        (format!("{own}/hidden"), None, "bashrc"),
        (format!("{own}/stream"), None, "a.txt_stream"),
        (format!("{own}/long"), None, &long),
        ("data:text/plain,hello".to_owned(), Some(""), "download.txt"),
        ("data:text/csv;base64,YSxi".to_owned(), Some("given.csv"), "given.csv"),
    ] {
        let done = app.download(&href, attribute).await?;
        assert_eq!((&done["state"], &done["name"]), (&json!("done"), &json!(name)), "{done}");
        assert_eq!(done["path"], json!(null), "the user did not choose the place: {done}");
        assert!(app.folder().join(name).is_file(), "{name}");
    }
    let made = "const blob = new Blob(['of the page'], { type: 'text/plain' }); window.made = URL.createObjectURL(blob); return made";
    let blob = app.remote.run(made).await?;
    let blob = blob.as_str().unwrap_or_default();
    for (attribute, name) in
        [("notes.txt", "notes.txt"), ("", "download (1).txt"), ("notes.txt", "notes (1).txt")]
    {
        let done = app.download(blob, Some(attribute)).await?;
        assert_eq!((&done["state"], &done["name"]), (&json!("done"), &json!(name)), "{done}");
        assert_eq!(fs_err::read_to_string(app.folder().join(name))?, "of the page");
    }
    assert_eq!(app.files()?.len(), 14, "nothing else is there: {:?}", app.files()?);
    check_list(&app).await
}

async fn check_list(app: &Opened) -> Result<()> {
    let told = app.remote.run("return window.told.map(({ event }) => event)").await?;
    let told: Vec<_> =
        told.as_array().into_iter().flatten().filter(|event| **event != "progress").collect();
    assert_eq!(told, [&json!("start"), &json!("done")], "each is told once");
    let list = app.remote.run("return await Desktopr.downloads.list()").await?;
    let list = list.as_array().cloned().unwrap_or_default();
    assert_eq!((list.len(), &list[0]["id"], &list[13]["id"]), (14, &json!(14), &json!(1)));
    let (given, table) = (&list[3], &list[13]);
    assert_eq!(given["url"], json!("data:text/csv;base64"), "without the data");
    assert_eq!((&table["received"], &table["total"]), (&json!(4), &json!(4)));
    assert!(table["startedAt"].as_u64().is_some_and(|started| started > 1_700_000_000_000));
    let ids = "const codes = [];
        for (const id of [99, -1, 'x']) await Desktopr.downloads.reveal(id).catch(({ code }) => codes.push(code));
        return codes";
    let (unknown, invalid) = ("downloads/not-found", "bridge/invalid-argument");
    assert_eq!(app.remote.run(ids).await?, json!([unknown, invalid, invalid]));
    Ok(())
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_leaves_nothing() -> Result<()> {
    let (remote, raw) = (Remote::start()?, RawSite::start()?);
    let head = "HTTP/1.1 200 OK\r\ncontent-disposition: attachment; filename=x.bin\r\n";
    // More than WebKit looks at before it says what it is.
    let part = "x".repeat(50_000);
    raw.hold("/short", format!("{head}content-length: 1000000\r\n\r\n{part}"))
        .hold("/chunk", format!("{head}transfer-encoding: chunked\r\n\r\nfffff\r\n{part}"));
    remote.site.redirect("/to-file", "file:///etc/passwd");
    let mut config = config("wrong", &remote, "downloads");
    config["navigation"] = json!({ "internal": [raw.url("")] });
    let own = remote.site.origin();
    let app = open(remote, &config).await?;
    for (href, attribute, cut) in [
        (raw.url("/short"), None, Some("/short")),
        (raw.url("/chunk"), None, Some("/chunk")),
        (format!("{own}/to-file"), Some("passwd"), None),
        (format!("{own}/none"), Some("none.txt"), None),
    ] {
        app.remote.run("window.told = []").await?;
        app.click(&href, attribute).await?;
        if let Some(path) = cut {
            // Before it is known to be a download it would be a page that failed to load.
            app.remote.wait_for("window.told.length").await?;
            raw.hang_up(path)?;
        }
        let done = app.done().await?;
        assert_eq!(done["state"], json!("failed"), "{done}");
        assert!(done["error"].as_str().is_some_and(|error| !error.is_empty()), "{done}");
        let reveal = format!("await Desktopr.downloads.reveal({})", done["id"]);
        assert_eq!(app.remote.refused(&reveal).await?, "downloads/no-file");
    }
    // What it is about a file of the computer, WebKit itself says no, and nothing begins.
    app.click("file:///etc/passwd", Some("passwd")).await?;
    app.remote.run("return await Desktopr.downloads.list()").await?;
    assert_eq!(app.files()?, BTreeSet::new());
    assert_eq!(app.remote.run("return document.title").await?, "Remote", "the page is still there");
    Ok(())
}

#[tokio::test]
async fn a_server_that_stalls_keeps_nobody_waiting() -> Result<()> {
    let (remote, raw) = (Remote::start()?, RawSite::start()?);
    let mut half = b"HTTP/1.1 200 OK\r\ncontent-disposition: attachment; filename=stalls.bin\r\n\
        content-length: 1000000\r\n\r\n"
        .to_vec();
    half.resize(half.len() + 500_000, b'x');
    raw.hold("/stalls", half);
    remote.site.page("/quick", attachment("quick.txt"));
    let (own, mut config) = (remote.site.origin(), config("stalls", &remote, "downloads"));
    config["navigation"] = json!({ "internal": [raw.url("")] });
    let app = open(remote, &config).await?;
    app.click(&raw.url("/stalls"), None).await?;
    // As long as it is not known to be a download, the window is on its way to another origin, and no call is answered.
    app.remote.wait_for("window.told.length").await?;
    let received = "(await Desktopr.downloads.list()).find(({ received }) => received === 500000)";
    let stalls = app.remote.wait_for(received).await?;
    let events = "return window.told.map(({ event }) => event).slice(0, 2)";
    assert_eq!(app.remote.run(events).await?, json!(["start", "progress"]));
    assert_eq!(stalls["state"], json!("running"));
    assert_eq!(stalls["total"], json!(1_000_000));
    assert!(!app.folder().join("stalls.bin").exists(), "half a file has no name");

    let quick = app.download(&format!("{own}/quick"), None).await?;
    assert_eq!(quick["state"], json!("done"));
    let cancel = format!("return await Desktopr.downloads.cancel({})", stalls["id"]);
    app.remote.run("window.told = []").await?;
    assert_eq!(app.remote.run(&cancel).await?, json!(true));
    let done = app.done().await?;
    assert_eq!((&done["id"], &done["state"]), (&stalls["id"], &json!("cancelled")), "{done}");
    assert_eq!(app.remote.run(&cancel).await?, json!(false), "it has ended");
    assert_eq!(app.files()?, BTreeSet::from(["quick.txt".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn other_windows_do_not_report_it_again() -> Result<()> {
    let remote = Remote::start()?;
    remote
        .site
        .page("/report", attachment("report.txt"))
        .page("/other", Page::html("<title>Other</title>"));
    let (own, config) = (remote.site.origin(), config("windows", &remote, "downloads"));
    let app = open(remote, &config).await?;
    // A pop-up shares the web context of its opener, and so its downloads.
    app.remote
        .run(
            "const button = document.body.appendChild(document.createElement('button'));
         button.style = 'position: fixed; inset: 0; width: 100%; height: 100%';
         window.target = '/other';
         button.onclick = () => open(window.target, 'popup', 'width=300,height=200')",
        )
        .await?;
    let main = app.desktop.wait_for_window("Test windows", SOON).await?;
    app.desktop.click(&main, 40, 40).await?;
    let popup = app.desktop.wait_for_window("Other", SOON).await?;
    let done = app.download(&format!("{own}/report"), None).await?;
    assert_eq!(done["state"], json!("done"));
    check_told_once(&app).await?;
    app.desktop.close(popup.id)?;
    app.desktop.wait_for_no_window(popup.id, SOON).await?;

    // A window that is opened for a download shows nothing, and is not there for long.
    app.remote.run("window.told = []; window.target = '/report'").await?;
    app.desktop.activate(main.id).await?;
    app.desktop.click(&main, 60, 60).await?;
    let done = app.done().await?;
    assert_eq!((&done["state"], &done["name"]), (&json!("done"), &json!("report (1).txt")));
    check_told_once(&app).await?;
    let only_main = |windows: &[tests::desktop::Window]| (windows.len() == 1).then_some(());
    app.desktop.wait_for_windows("the main window alone", only_main, SOON).await
}

async fn check_told_once(app: &Opened) -> Result<()> {
    let ends =
        "return window.told.filter(({ event }) => event !== 'progress').map(({ event }) => event)";
    assert_eq!(app.remote.run(ends).await?, json!(["start", "done"]));
    Ok(())
}

#[tokio::test]
async fn downloads_need_no_module() -> Result<()> {
    let remote = Remote::start()?;
    remote.site.page("/report", attachment("report.txt"));
    let (own, mut config) = (remote.site.origin(), config("no-module", &remote, "downloads"));
    config["bridge"]["modules"]["downloads"] = json!(false);
    let app = open(remote, &config).await?;
    app.remote.run("window.told = []; await Desktopr.events.on('download:done', (done) => window.told.push(done))").await?;
    fs_err::create_dir_all(app.folder())?;
    app.click(&format!("{own}/report"), None).await?;
    let folder = app.folder();
    let there =
        tests::watch::until(&folder, || Ok(folder.join("report.txt").is_file().then_some(())));
    tokio::time::timeout(SOON, there).await??;
    let list = app.remote.refused("return await Desktopr.downloads.list()").await?;
    assert_eq!(list, "bridge/module-disabled");
    assert_eq!(app.remote.run("return window.told").await?, json!([]));
    Ok(())
}
