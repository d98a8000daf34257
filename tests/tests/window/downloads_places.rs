//! Where the files of downloads go: places that the user chooses, packed apps, file managers, and a disk that is full.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use serde_json::json;
use tests::{desktop::Desktop, servers::Page};

use crate::{
    dialogs::{answer, choose, dialog, press_until},
    downloads::{Opened, attachment, config, names_in, open},
    remote::Remote,
    support::{App, SOON, packed_config},
};

const DIALOG: &str = "Save the download";
/// How often the output of another program is read.
const POLL: Duration = Duration::from_millis(20);

#[tokio::test]
async fn the_user_chooses_the_place() -> Result<()> {
    let remote = Remote::start()?;
    remote
        .site
        .page("/report", attachment("../report.txt"))
        .page("/other", attachment("other.txt"));
    let (own, config) = (remote.site.origin(), config("chooses", &remote, "ask"));
    let app = open(remote, &config).await?;

    app.remote.run("window.told = []").await?;
    app.click(&format!("{own}/report"), None).await?;
    app.click(&format!("{own}/other"), None).await?;
    let first = dialog(&app.desktop, DIALOG).await?;
    app.remote
        .wait_for("window.told.filter(({ event, state }) => event === 'start' && state === 'asking').length === 2")
        .await?;
    let dialogs = app.desktop.windows()?.into_iter().filter(|window| window.title == DIALOG);
    assert_eq!(dialogs.count(), 1, "one question at a time");
    app.desktop.press(&["Escape"]).await?;
    app.desktop.wait_for_no_window(first.id, SOON).await?;
    let done = app.done().await?;
    assert_eq!((&done["name"], &done["state"]), (&json!("report.txt"), &json!("cancelled")));

    // The proposed name is there already: all of it is replaced by a path.
    let chosen = app.desktop.home().join("chosen.txt");
    fs_err::write(&chosen, "old")?;
    app.remote.run("window.told = []").await?;
    let second = dialog(&app.desktop, DIALOG).await?;
    app.desktop.press(&["ctrl+a"]).await?;
    app.desktop.type_text(&chosen.to_string_lossy()).await?;
    // GTK itself asks before it replaces.
    press_until(&app.desktop, "Return", |windows| {
        windows.iter().any(|window| window.active && window.id != second.id)
    })
    .await?;
    app.desktop.press(&["alt+r"]).await?;
    let done = app.done().await?;
    assert_eq!((&done["name"], &done["state"]), (&json!("chosen.txt"), &json!("done")), "{done}");
    assert_eq!(done["path"], json!(chosen.to_string_lossy()));
    assert_eq!(fs_err::read_to_string(&chosen)?, "content");
    assert_eq!(app.files()?, BTreeSet::new(), "no part stays behind");

    app.remote.run("window.told = []").await?;
    app.click(&format!("{own}/other"), None).await?;
    let elsewhere = app.desktop.home().join("elsewhere.txt");
    choose(&app.desktop, DIALOG, &elsewhere).await?;
    assert_eq!(app.done().await?["path"], json!(elsewhere.to_string_lossy()));
    app.click(&format!("{own}/other"), None).await?;
    answer(&app.desktop, DIALOG, &["Escape"]).await?;
    Ok(())
}

/// Downloads its own files and what it makes, by itself: a packed page has nobody to ask.
const PACKED_PAGE: &str = "<!doctype html><title>Packed</title><a id=file href=/files/data.zip download>file</a>
    <a id=page href=/about.html download=about.html>page</a><a id=plain href=/files/data.zip>plain</a><script src=/packed.js></script>";
const PACKED_SCRIPT: &str = "const ended = async (click) => {
        const done = Desktopr.events.once('download:done');
        click();
        return done;
    };
    (async () => {
        const made = Object.assign(document.createElement('a'), { download: 'made.txt' });
        made.href = URL.createObjectURL(new Blob(['made']));
        await ended(() => made.click());
        for (const id of ['file', 'page', 'plain']) await ended(() => document.getElementById(id).click());
        document.title = 'All there';
    })();";

#[tokio::test]
async fn a_packed_app_has_downloads_too() -> Result<()> {
    let mut config = packed_config("dl-packed");
    config["bridge"]["modules"]["downloads"] = json!(true);
    config["web"] = json!({ "downloads": { "folder": "downloads" } });
    let files = [
        ("web/index.html", PACKED_PAGE),
        ("web/packed.js", PACKED_SCRIPT),
        ("web/about.html", "<title>About</title>"),
        ("web/files/data.zip", "PK packed"),
    ];
    let (app, desktop) = (App::stamp(&config, &files).await?, Desktop::start().await?);
    let _running = desktop.spawn(app.binary(), &[])?;
    let folder = desktop.home().join("Downloads");
    fs_err::create_dir_all(&folder)?;
    let all = ["about.html", "data (1).zip", "data.zip", "made.txt"].map(str::to_owned);
    let there = tests::watch::until(&folder, || {
        Ok((names_in(&folder)? == BTreeSet::from(all.clone())).then_some(()))
    });
    tokio::time::timeout(SOON, there).await??;
    assert_eq!(fs_err::read_to_string(folder.join("data.zip"))?, "PK packed");
    Ok(())
}

#[tokio::test]
async fn a_file_manager_is_asked_to_show_it() -> Result<()> {
    let remote = Remote::start()?;
    remote.site.page("/report", attachment("a report.txt"));
    let (own, config) = (remote.site.origin(), config("reveal", &remote, "downloads"));
    let app = open(remote, &config).await?;
    let monitor =
        app.desktop.spawn("dbus-monitor", &["interface='org.freedesktop.FileManager1'"])?;
    let said = async |what: &str| {
        while !monitor.output_so_far()?.0.contains(what) {
            tokio::time::sleep(POLL).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(SOON, said("NameAcquired")).await??;
    let done = app.download(&format!("{own}/report"), None).await?;
    app.remote.run(&format!("await Desktopr.downloads.reveal({})", done["id"])).await?;
    tokio::time::timeout(SOON, said("member=ShowItems")).await??;
    tokio::time::timeout(SOON, said("Downloads/a%20report.txt")).await??;
    // Nobody there has a file manager: the folder opens as folders do.
    let folder = app.folder();
    let opened = |url: &str| Path::new(url.trim_start_matches("file://")) == folder;
    app.desktop.wait_for_opened_url("the folder", opened, SOON).await?;
    fs_err::remove_file(app.folder().join("a report.txt"))?;
    let gone = format!("await Desktopr.downloads.reveal({})", done["id"]);
    assert_eq!(app.remote.refused(&gone).await?, "downloads/no-file");
    Ok(())
}

/// Starts the app with a small disk in place of the folder for downloads.
const ON_A_SMALL_DISK: &str = "mkdir -p \"$HOME/Downloads\" && mount -t tmpfs -o size=64k none \"$HOME/Downloads\" && exec \"$0\"";

#[tokio::test]
async fn a_full_disk_is_told_and_cleaned_up() -> Result<()> {
    let remote = Remote::start()?;
    let large = Page::bytes("application/octet-stream", &vec![b'x'; 4_000_000]);
    remote.site.page("/large", large).page("/small", attachment("small.txt"));
    let (own, config) = (remote.site.origin(), config("full", &remote, "downloads"));
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let binary = app.binary();
    // Where this is not the superuser, it is one of its own namespace.
    let args = ["--mount", "--map-root-user", "--user", "sh", "-c", ON_A_SMALL_DISK];
    let args: Vec<_> = args.into_iter().chain([binary.to_str().unwrap_or_default()]).collect();
    let running = desktop.spawn("unshare", &args)?;
    let pid = running.pid();
    let app = Opened { remote, desktop, _running: running, _app: app };
    app.listen().await?;
    let done = app.download(&format!("{own}/large"), None).await?;
    assert_eq!(done["state"], json!("failed"), "{done}");
    let error = done["error"].as_str().unwrap_or_default();
    assert!(!error.is_empty() && !error.contains('/'), "{error}");
    let disk = PathBuf::from(format!("/proc/{pid}/root")).join(app.folder().strip_prefix("/")?);
    assert_eq!(names_in(&disk)?, BTreeSet::new());
    let done = app.download(&format!("{own}/small"), None).await?;
    assert_eq!(done["state"], json!("done"), "there is room again: {done}");
    assert_eq!(names_in(&disk)?, BTreeSet::from(["small.txt".to_owned()]));
    Ok(())
}
