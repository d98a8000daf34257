//! Diagnostics: what is recorded, how an end is told from a crash, and a disk that is full.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    process::{self, Running},
    servers::Page,
    webdriver::Session,
};

use crate::{
    dialogs,
    remote::Remote,
    support::{App, PLAIN_PAGE, SOON, plain_site, runtime_of},
    window_new::opening_config,
};

fn config(id: &str, url: &str) -> Value {
    let mut config = opening_config(id, url);
    config["bridge"]["modules"]["diagnostics"] = json!(true);
    config
}

fn folder(desktop: &Desktop, id: &str) -> PathBuf {
    desktop.home().join(format!(".local/share/com.example.{id}"))
}

/// Every record of an area, as its page reads them.
const RECORDS: &str = "const all = [];
    for (const { rel_path } of await Desktopr.diagnostics.listRecordsFiles(arguments[0])) {
        const text = await Desktopr.diagnostics.readRecordsFile(rel_path);
        all.push(...text.trim().split('\\n').map((line) => JSON.parse(line)));
    }
    return all";

async fn records(session: &Session, area: &str) -> Result<Vec<Value>> {
    let all = session.resolved(RECORDS, vec![json!(area)]).await?;
    Ok(serde_json::from_value(all)?)
}

async fn wait_for_records(session: &Session, area: &str, count: usize) -> Result<Vec<Value>> {
    let waited = tokio::time::timeout(SOON, async {
        loop {
            let all = records(session, area).await?;
            if all.len() >= count {
                return Ok(all);
            }
        }
    });
    waited.await.with_context(|| format!("no {count} records in `{area}`"))?
}

#[tokio::test]
async fn errors_of_all_windows_are_recorded_without_what_is_private() -> Result<()> {
    let site = plain_site()?;
    site.page("/other", Page::html(PLAIN_PAGE));
    let (app, desktop) =
        (App::stamp(&config("records", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let throw = "setTimeout(() => { throw new Error('in /home/anna/x') }); Promise.reject(new TypeError('b'))";
    session.eval(throw, vec![]).await?;
    let all = wait_for_records(&session, "crashes", 2).await?;
    let messages: Vec<_> = all.iter().map(|record| record["what"]["message"].as_str()).collect();
    assert!(messages.contains(&Some("Error: in ~/x")), "{messages:?}");
    assert!(messages.contains(&Some("TypeError: b")), "{messages:?}");
    assert!(all.iter().all(|record| record["type"] == "js" && record["window"] == "main"));

    // Two windows write at once, and the lines stay whole.
    let open = "await Desktopr.window.new({ label: 'b', url: '/other' })";
    let main = session.handle().await?;
    let other = session.opened_by(session.resolved(open, vec![]), SOON).await?;
    let write = "window.done = Promise.all(Array.from({ length: 100 }, (_, i) =>
        Desktopr.diagnostics.newError.js({ message: arguments[0] + i, stack: 's'.repeat(500) })))";
    for (handle, name) in [(&main, "m"), (&other, "o")] {
        session.switch_to(handle).await?;
        session.eval(write, vec![json!(name)]).await?;
    }
    for handle in [&main, &other] {
        session.switch_to(handle).await?;
        session.resolved("await done", vec![]).await?;
    }
    assert_eq!(records(&session, "crashes").await?.len(), 202);

    // Records of use are off until they are wanted.
    let record = "return await Desktopr.diagnostics.newRecord('action', { name: 'save', props: { at: '/home/a/b' } }, 'test', '9')";
    assert_eq!(session.resolved(record, vec![]).await?, json!(false));
    assert_eq!(records(&session, "logs").await?, Vec::<Value>::new());
    let set = "return await Desktopr.diagnostics.settings.set(arguments[0])";
    let on = json!({ "analyticsEnabled": true, "crashReportsEnabled": false });
    let settings = session.resolved(set, vec![on]).await?;
    assert_eq!(settings["retentionDaysCrashes"], 365);
    assert_eq!(session.resolved(record, vec![]).await?, json!(true));
    let logs = records(&session, "logs").await?;
    assert_eq!(logs[0]["what"], json!({ "name": "save", "props": { "at": "~/b" } }));
    assert_eq!((&logs[0]["env"], &logs[0]["appVersion"]), (&json!("test"), &json!("9")));
    let error = "return await Desktopr.diagnostics.newError.generic({ message: 'x' })";
    assert_eq!(session.resolved(error, vec![]).await?, json!(false));
    for (settings, why) in [
        (json!({ "retentionDaysLogs": 29 }), "too few"),
        (json!({ "unknown": 1 }), "unknown"),
        (json!({ "analyticsEnabled": "yes" }), "type"),
    ] {
        let refused = session.rejected(set, vec![settings]).await?;
        assert_eq!(refused.code.as_deref(), Some("bridge/invalid-argument"), "{why}");
    }
    let read = "await Desktopr.diagnostics.readRecordsFile(arguments[0])";
    for path in ["../window-state.json", "logs/../../diagnostics.json", "/etc/passwd", ""] {
        let refused = session.rejected(read, vec![json!(path)]).await?;
        assert_eq!(refused.code.as_deref(), Some("diagnostics/not-found"), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn old_records_are_deleted_for_good() -> Result<()> {
    let site = plain_site()?;
    let mut config = config("retains", &site.url("/"));
    config["bridge"]["modules"]["fs"] = json!({ "scopes": ["data", "trash", "diagnostics"] });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session
        .resolved("await Desktopr.diagnostics.newError.native({ message: 'a' })", vec![])
        .await?;
    let crashes = folder(&desktop, "retains").join("diagnostics/crashes");
    let old = crashes.join("crash-1.json");
    fs_err::write(&old, "{}\n")?;
    let year = std::time::Duration::from_secs(366 * 24 * 60 * 60);
    fs_err::OpenOptions::new()
        .append(true)
        .open(&old)?
        .set_modified(std::time::SystemTime::now() - year)?;
    let retain = "return await Desktopr.diagnostics.runRetention()";
    assert_eq!(session.resolved(retain, vec![]).await?, json!({ "deleted": 1, "bytes": 3 }));
    assert!(!old.exists());
    assert_eq!(session.resolved(retain, vec![]).await?, json!({ "deleted": 0, "bytes": 0 }));
    let list = "return (await Desktopr.fs.trash.listContent()).length";
    assert_eq!(session.resolved(list, vec![]).await?, json!(0), "nothing of it is in the trash");
    assert_eq!(records(&session, "crashes").await?.len(), 1);
    Ok(())
}

/// How the app ended before, as it says when it is started again.
async fn last_exit(app: &App, desktop: &Desktop) -> Result<Value> {
    let session = app.open(desktop).await?;
    let last = session.resolved("return await Desktopr.diagnostics.lastExit()", vec![]).await?;
    // The app may be gone before the driver has its answer.
    let _ = session.eval("Desktopr.app.exit(0)", vec![]).await;
    session.wait_for_app_end(SOON).await?;
    Ok(last)
}

#[tokio::test]
async fn an_end_is_told_from_a_crash() -> Result<()> {
    let site = plain_site()?;
    site.page("/other", Page::html(PLAIN_PAGE));
    // Only a runtime for debugging panics when it is asked to.
    let debug = runtime_of(&["--variant", "standard", "--debug"]).await?;
    let (app, desktop) = (
        App::stamp_on(&debug, &config("ends", &site.url("/")), &[]).await?,
        Desktop::start().await?,
    );
    let clean = json!({ "clean": true });
    assert_eq!(last_exit(&app, &desktop).await?, clean, "the first start");
    assert_eq!(last_exit(&app, &desktop).await?, clean, "app.exit()");

    // The window is closed.
    let running = desktop.spawn(app.binary(), &[])?;
    let window = desktop.wait_for_window("Test ends", SOON).await?;
    desktop.close(window.id)?;
    running.wait(SOON).await?.expect_code(0)?;
    assert_eq!(last_exit(&app, &desktop).await?, clean, "closing the last window");

    // A session ends.
    let running = desktop.spawn(app.binary(), &[])?;
    desktop.wait_for_window("Test ends", SOON).await?;
    let pid = running.pid().to_string();
    process::run(desktop.command("kill").args(["-TERM", &pid]), SOON).await?.expect_code(0)?;
    running.wait(SOON).await?.expect_code(0)?;
    assert_eq!(last_exit(&app, &desktop).await?, clean, "SIGTERM");

    // One of two windows is closed, and the app runs on until it is killed.
    let session = app.open(&desktop).await?;
    let open = "await Desktopr.window.new({ label: 'b', url: '/other', title: 'B' })";
    let main = session.handle().await?;
    session.opened_by(session.resolved(open, vec![]), SOON).await?;
    session.resolved("await Desktopr.window.close('b')", vec![]).await?;
    session.wait_for_handle_count(1, SOON).await?;
    session.switch_to(&main).await?;
    process::kill(session.app_pid()?)?;
    drop(session);
    let session = app.open(&desktop).await?;
    let last = session.resolved("return await Desktopr.diagnostics.lastExit()", vec![]).await?;
    assert_eq!((&last["clean"], &last["appVersion"]), (&json!(false), &json!("0.1.0")), "{last}");
    assert!(last["lastSeenMs"].as_f64().is_some_and(|time| time > 1e12), "{last}");
    let runs = records(&session, "runtime").await?;
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!(runs[0]["type"], "unclean-exit");
    assert_eq!(runs[0]["last"]["lastSeenMs"], last["lastSeenMs"]);

    // A panic, and what it said.
    let _ = session.eval("Desktopr.diagnostics.test.testPanicRust()", vec![]).await;
    assert_ne!(session.wait_for_app_end(SOON).await?, 0);
    drop(session);
    let session = app.open(&desktop).await?;
    let crashes = records(&session, "crashes").await?;
    assert_eq!(crashes.len(), 1, "{crashes:?}");
    let what = &crashes[0]["what"];
    assert_eq!(
        (&crashes[0]["type"], &what["message"]),
        (&json!("panic"), &json!("asked for by testPanicRust"))
    );
    assert!(
        what["place"].as_str().is_some_and(|place| place.contains("diagnostics.rs:")),
        "{what}"
    );
    let last = session.resolved("return await Desktopr.diagnostics.lastExit()", vec![]).await?;
    assert_eq!(last["clean"], json!(false));
    Ok(())
}

#[tokio::test]
async fn the_user_saves_all_records_where_the_user_wants() -> Result<()> {
    let site = plain_site()?;
    let (app, desktop) =
        (App::stamp(&config("exports", &site.url("/")), &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    session
        .resolved("await Desktopr.diagnostics.newError.js({ message: 'exported' })", vec![])
        .await?;
    let export = "window.exported = undefined; Desktopr.diagnostics.export().then((path) => { exported = path })";
    session.eval(export, vec![]).await?;
    dialogs::answer(&desktop, "Save diagnostics", &["Escape"]).await?;
    assert_eq!(session.wait_for("exported === ''", SOON).await?, true);
    session.eval(export, vec![]).await?;
    let path = desktop.home().join("records.zip");
    dialogs::choose(&desktop, "Save diagnostics", &path).await?;
    assert_eq!(session.wait_for("exported", SOON).await?, json!(path));
    let listed = process::run(desktop.command("unzip").arg("-p").arg(&path), SOON).await?;
    assert!(listed.expect_code(0)?.stdout.contains("exported"));
    let beside: Vec<_> =
        fs_err::read_dir(desktop.home())?.flatten().map(|entry| entry.file_name()).collect();
    assert!(beside.iter().all(|name| !name.to_string_lossy().ends_with(".tmp")), "{beside:?}");
    Ok(())
}

#[tokio::test]
async fn the_functions_for_tests_do_what_they_say() -> Result<()> {
    let site = plain_site()?;
    // Only a runtime for debugging has them.
    let debug = runtime_of(&["--variant", "standard", "--debug"]).await?;
    let app = App::stamp_on(&debug, &config("tests", &site.url("/")), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let test = async |call: &str| {
        session.resolved(&format!("return await Desktopr.diagnostics.test.{call}"), vec![]).await
    };
    let empty = test("testExportZip()").await?;
    assert_eq!(test("testGenerateRecords(7)").await?, json!(7));
    assert_eq!(records(&session, "crashes").await?.len(), 7);
    assert!(test("testExportZip()").await?.as_u64() > empty.as_u64());
    test("testThrowJsError()").await?;
    let all = wait_for_records(&session, "crashes", 8).await?;
    assert!(
        all.iter().any(|record| record["what"]["message"] == "Error: thrown by testThrowJsError")
    );
    assert_eq!(test("testForceRetention('crashes')").await?["deleted"], json!(1));
    assert_eq!(records(&session, "crashes").await?, Vec::<Value>::new());
    Ok(())
}

/// Starts the app with a small disk in place of its folder of data.
const ON_A_SMALL_DISK: &str =
    "mkdir -p \"$DATA\" && mount -t tmpfs -o size=128k none \"$DATA\" && exec \"$0\"";

#[tokio::test]
async fn a_full_disk_loses_records_and_nothing_else() -> Result<()> {
    let remote = Remote::start()?;
    let mut config = config("fills", &remote.site.url("/"));
    config["web"] = json!({ "incognito": true });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let (binary, data) = (app.binary(), folder(&desktop, "fills"));
    let args = ["--mount", "--map-root-user", "--user", "sh", "-c", ON_A_SMALL_DISK];
    let mut command = desktop.command("unshare");
    command.args(args).arg(&binary).env("DATA", &data);
    let running = Running::start(&mut command)?;
    let code = remote
        .run(
            "for (let i = 0; i < 1000; i += 1) {
                try { await Desktopr.diagnostics.newError.js({ message: 'x'.repeat(4000) }); }
                catch (error) { return error.code; }
            }",
        )
        .await?;
    assert_eq!(code, "diagnostics/io");
    // The app goes on, what nobody catches too, and every line is whole.
    remote.run("Promise.reject(new Error('on a full disk'))").await?;
    assert_eq!(remote.run("return (await Desktopr.app.info()).name").await?, "Test fills");
    let disk = PathBuf::from(format!("/proc/{}/root", running.pid()));
    let crashes = disk.join(data.strip_prefix("/")?).join("diagnostics/crashes");
    assert!(whole_lines(&crashes)? > 5);
    Ok(())
}

fn whole_lines(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in fs_err::read_dir(folder)? {
        let text = fs_err::read_to_string(entry?.path())?;
        assert!(text.is_empty() || text.ends_with('\n'), "half a line");
        for line in text.lines() {
            serde_json::from_str::<Value>(line)?;
            count += 1;
        }
    }
    Ok(count)
}
