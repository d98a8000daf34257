//! Files that the user picks: read, written, looked into, and gone with their page.

use std::{os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::{
    dialogs::{answer, choose, dialog},
    plugin_support::both_pages,
    support::{App, PLAIN_PAGE, SOON, raw_call, url_config},
};

/// Bytes of the large file: more than goes through any buffer on the way.
const LARGE: usize = 100 * 1024 * 1024;
/// How often the open files of a process are looked at: nothing tells when one is closed.
const POLL: Duration = Duration::from_millis(20);

fn config(id: &str, url: &str) -> Value {
    let mut config = url_config(id, url);
    config["bridge"]["modules"]["files"] = json!(true);
    config
}

async fn open(id: &str, page: Page) -> Result<(Site, App, Desktop, Session)> {
    let site = Site::start()?;
    site.page("/", page);
    let app = App::stamp(&config(id, &site.url("/")), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    Ok((site, app, desktop, session))
}

/// Begins a call that waits for the user; what comes of it is in `window.came`.
async fn begin(session: &Session, call: &str) -> Result<()> {
    let script = format!(
        "window.came = undefined;
         Desktopr.files.{call}.then((value) => {{ window.came = {{ value }} }}, ({{ code }}) => {{ window.came = {{ code }} }})"
    );
    session.eval(&script, vec![]).await.map(drop)
}

/// Waits until the call has come to something; `what` of it is told.
async fn came(session: &Session, what: &str) -> Result<Value> {
    session.wait_for("window.came", SOON).await?;
    session.resolved(&format!("return window.came.code ?? ({what})"), vec![]).await
}

async fn pick(
    session: &Session,
    desktop: &Desktop,
    call: &str,
    title: &str,
    path: &Path,
) -> Result<()> {
    begin(session, call).await?;
    choose(desktop, title, path).await
}

#[tokio::test]
async fn a_picked_file_is_read_and_written() -> Result<()> {
    for (kind, page) in both_pages() {
        let (_site, _app, desktop, session) = open(&format!("files-{kind}"), page).await?;
        let path = desktop.home().join("notes.txt");
        fs_err::write(&path, "first")?;
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o640))?;
        begin(&session, "open()").await?;
        answer(&desktop, "Choose a file", &["Escape"]).await?;
        let nothing =
            "[window.came.value.files, window.came.value.handles, window.came.value.rejected]";
        assert_eq!(came(&session, nothing).await?, json!([[], [], []]));

        pick(&session, &desktop, "open()", "Choose a file", &path).await?;
        let told = "[window.came.value.files, window.came.value.handles.map(({ kind, name, path, size }) => [kind, name, path, size])]";
        let shown = path.to_string_lossy();
        assert_eq!(
            came(&session, told).await?,
            json!([[shown], [["file", "notes.txt", shown, 5]]])
        );
        let read = "window.file = window.came.value.handles[0];
            const before = await file.readText();
            await file.write('second');
            await file.append(new TextEncoder().encode(' line'));
            let pieces = '';
            const reader = (await file.stream()).getReader();
            for (let piece; !(piece = await reader.read()).done;) pieces += new TextDecoder().decode(piece.value);
            return [before, await file.readText(), pieces, (await file.read()).length]";
        let expected = json!(["first", "second line", "second line", 11]);
        assert_eq!(session.resolved(read, vec![]).await?, expected, "{kind}");
        assert_eq!(fs_err::read_to_string(&path)?, "second line");
        assert_eq!(fs_err::metadata(&path)?.permissions().mode() & 0o777, 0o640);
        check_what_is_refused(&session, &desktop, &path).await?;
    }
    Ok(())
}

async fn check_what_is_refused(session: &Session, desktop: &Desktop, path: &Path) -> Result<()> {
    fs_err::write(path, [0xff, 0xfe])?;
    let refused = "const code = (call) => call.then(() => 'ok', (error) => error.code);
        const codes = [await code(file.readText()), (await file.read()).length];
        await file.close();
        await file.close();
        codes.push(await code(file.read()), await code(file.write('x')));
        return codes";
    let expected = json!(["files/not-utf8", 2, "files/closed", "files/closed"]);
    assert_eq!(session.resolved(refused, vec![]).await?, expected);

    // Typed paths get around the dialog's filter, and not around the check.
    let large = "open({ allowed: ['png', 'text/plain'], maxBytes: 1, title: 'Pick it' })";
    pick(session, desktop, large, "Pick it", path).await?;
    let rejected = "[window.came.value.handles.length, window.came.value.rejected]";
    let too_large = json!([0, [{ "name": "notes.txt", "reason": "too-large" }]]);
    assert_eq!(came(session, rejected).await?, too_large);
    pick(
        session,
        desktop,
        "open({ filters: [{ name: 'Texts', extensions: ['txt'] }], allowed: ['png'] })",
        "Choose a file",
        path,
    )
    .await?;
    let wrong = json!([0, [{ "name": "notes.txt", "reason": "type" }]]);
    assert_eq!(came(session, rejected).await?, wrong);
    for call in [
        "open({ allowed: ['image/unheard-of'] })",
        "open({ allowed: ['*'] })",
        "open({ maxBytes: -1 })",
    ] {
        begin(session, call).await?;
        assert_eq!(came(session, "''").await?, json!("bridge/invalid-argument"), "{call}");
    }
    begin(session, "open()").await?;
    let second = session.rejected("await Desktopr.files.saveHandle('a.txt')", vec![]).await?;
    assert_eq!(second.code.as_deref(), Some("files/dialog-open"));
    answer(desktop, "Choose a file", &["Escape"]).await
}

#[tokio::test]
async fn the_user_says_where_something_is_saved() -> Result<()> {
    let (_site, _app, desktop, session) = open("files-save", Page::html(PLAIN_PAGE)).await?;
    let path = desktop.home().join("out.txt");
    begin(&session, "save('../a:b.txt', { text: 'saved' })").await?;
    dialog(&desktop, "Save").await?;
    tests::picture::keep(&desktop.screenshot()?, "files-save")?;
    answer(&desktop, "Save", &["Escape"]).await?;
    assert_eq!(came(&session, "window.came.value").await?, json!(""));
    begin(&session, "saveHandle()").await?;
    answer(&desktop, "Save", &["Escape"]).await?;
    assert_eq!(came(&session, "window.came.value").await?, json!(null));

    pick(&session, &desktop, "save('a.txt', { text: 'säved' })", "Save", &path).await?;
    assert_eq!(came(&session, "window.came.value").await?, json!(path.to_string_lossy()));
    assert_eq!(fs_err::read_to_string(&path)?, "säved");

    let other = desktop.home().join("other.bin");
    pick(&session, &desktop, "saveHandle('a.bin', { title: 'Keep it' })", "Keep it", &other)
        .await?;
    assert_eq!(
        came(&session, "[window.came.value.name, window.came.value.size]").await?,
        json!(["other.bin", 0])
    );
    assert!(!other.exists(), "nothing is written before the page writes");
    let written = "const file = window.came.value;
        const early = await file.read().catch(({ code }) => code);
        await file.write(new Uint8Array([1, 2, 3]));
        await file.write(new Uint8Array([4, 5]));
        return [early, [...await file.read()]]";
    assert_eq!(session.resolved(written, vec![]).await?, json!(["files/not-found", [4, 5]]));
    let left: Vec<_> = fs_err::read_dir(desktop.home())?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains("deskwright"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_picked_folder_is_looked_into_and_nothing_beside_it() -> Result<()> {
    let (_site, _app, desktop, session) = open("files-folder", Page::html(PLAIN_PAGE)).await?;
    let folder = desktop.home().join("photos");
    fs_err::create_dir_all(folder.join("2026"))?;
    // GTK completes what is typed where it can be only one thing.
    fs_err::create_dir_all(folder.join("1999"))?;
    fs_err::write(folder.join("2026/a.txt"), "inside")?;
    fs_err::write(desktop.home().join("secret.txt"), "secret")?;
    fs_err::os::unix::fs::symlink(desktop.home().join("secret.txt"), folder.join("link.txt"))?;
    pick(&session, &desktop, "open({ directory: true })", "Choose a folder", &folder).await?;
    assert_eq!(came(&session, "window.came.value.handles[0].kind").await?, json!("directory"));
    let looked = "const [folder] = window.came.value.handles;
        const code = (call) => call.then((value) => value, (error) => error.code);
        const file = await folder.file('2026/a.txt');
        return [(await folder.entries('2026')).map(({ path }) => path), await file.readText(), file.path,
            await code(file.write('x')), await code(folder.file('../secret.txt')), await code(folder.file('/etc/passwd')),
            await code(folder.file('link.txt').then((file) => file.readText())), await code(folder.file('2026')),
            await code(folder.entries('gone'))]";
    let inside = folder.join("2026/a.txt");
    let outside = "files/outside-folder";
    let told = session.resolved(looked, vec![]).await?;
    assert_eq!(
        told,
        json!([
            ["2026/a.txt"],
            "inside",
            inside.to_string_lossy(),
            "files/read-only",
            outside,
            outside,
            outside,
            "files/is-a-directory",
            "files/not-found"
        ])
    );
    Ok(())
}

#[tokio::test]
async fn a_large_file_comes_whole_and_ends_with_its_page() -> Result<()> {
    let (site, _app, desktop, session) = open("files-large", Page::html(PLAIN_PAGE)).await?;
    let path = desktop.home().join("large.bin");
    let bytes: Vec<u8> = (0..LARGE).map(|index| (index % 251) as u8).collect();
    fs_err::write(&path, &bytes)?;
    pick(&session, &desktop, "open()", "Choose a file", &path).await?;
    assert_eq!(came(&session, "window.came.value.handles[0].size").await?, json!(LARGE));
    let read = "window.file = window.came.value.handles[0];
        const began = performance.now();
        const bytes = await file.read();
        const took = performance.now() - began;
        let wrong = 0;
        for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== index % 251) wrong += 1;
        return [bytes.length, wrong, took]";
    let told = session.resolved(read, vec![]).await?;
    assert_eq!((&told[0], &told[1]), (&json!(LARGE), &json!(0)), "took {} ms", told[2]);

    // A stream that is read to its half keeps the file open, until the page is left.
    session
        .resolved("window.reader = (await file.stream()).getReader(); await reader.read()", vec![])
        .await?;
    let pid = session.app_pid()?;
    assert_eq!(open_files(pid, &path)?, 1);
    session.goto(&site.url("/")).await?;
    session.wait_for("window.Desktopr && document.title === 'Plain'", SOON).await?;
    let gone = async {
        while open_files(pid, &path)? > 0 {
            tokio::time::sleep(POLL).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(SOON, gone).await.context("the file stays open")??;
    // Numbers of the page before mean nothing now.
    for id in 0..5 {
        let refused = raw_call(&session, "plugin:bridge|files_read", json!({ "id": id })).await?;
        assert!(refused.contains("not open in this window"), "{refused}");
    }
    Ok(())
}

/// How often the process has this file open.
fn open_files(pid: u32, path: &Path) -> Result<usize> {
    let fds = fs_err::read_dir(format!("/proc/{pid}/fd"))?;
    let is_it = |fd: std::io::Result<fs_err::DirEntry>| {
        fd.ok()
            .and_then(|fd| fs_err::read_link(fd.path()).ok())
            .is_some_and(|target| target == path)
    };
    Ok(fds.filter_map(|fd| is_it(fd).then_some(())).count())
}

#[tokio::test]
async fn another_window_has_nothing_of_it() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE))
        .page("/other", Page::html("<!doctype html><title>Other</title>"));
    let mut config = config("files-windows", &site.url("/"));
    config["bridge"]["modules"]["window"] = json!({ "open": true });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let path = desktop.home().join("mine.txt");
    fs_err::write(&path, "mine")?;
    pick(&session, &desktop, "open()", "Choose a file", &path).await?;
    assert_eq!(
        came(&session, "await window.came.value.handles[0].readText()").await?,
        json!("mine")
    );
    let first = session.handle().await?;
    let opening =
        session.resolved("await Desktopr.window.new({ label: 'other', url: '/other' })", vec![]);
    let other = session.opened_by(opening, SOON).await?;
    session.switch_to(&other).await?;
    session.wait_for("document.title === 'Other' && window.Desktopr", SOON).await?;
    for id in 0..5 {
        for command in ["files_read", "files_write", "files_entries"] {
            let refused =
                raw_call(&session, &format!("plugin:bridge|{command}"), json!({ "id": id }))
                    .await?;
            assert!(refused.contains("not open in this window"), "{command}: {refused}");
        }
    }
    session.switch_to(&first).await?;
    assert_eq!(
        came(&session, "await window.came.value.handles[0].readText()").await?,
        json!("mine")
    );
    Ok(())
}
