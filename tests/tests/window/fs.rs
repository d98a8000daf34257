//! `fs.data`, `fs.cache`, `fs.trash` and `fs.diagnostics` from the page: every function, on a free page and on one whose policy
//! blocks the fast way of bytes.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};
use tests::{desktop::Desktop, servers::Site, webdriver::Session};

use crate::{
    plugin_support::both_pages,
    support::{App, SOON, url_config},
};

/// A config of an app that opens these scopes.
pub(crate) fn config(id: &str, url: &str, fs: Value) -> Value {
    let mut config = url_config(id, url);
    config["bridge"]["modules"]["fs"] = fs;
    config
}

/// Where the app's folders are: for data, trash and diagnostics, and for its cache.
pub(crate) fn folders(desktop: &Desktop, id: &str) -> (PathBuf, PathBuf) {
    let (home, app) = (desktop.home(), format!("com.example.{id}"));
    (home.join(".local/share").join(&app), home.join(".cache").join(app).join("files"))
}

/// Names in a folder.
pub(crate) fn names_in(folder: &Path) -> Result<Vec<String>> {
    let names = fs_err::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect()
}

/// The code that a call of `data`, `cache`, `trash` or `diagnostics` is refused with.
pub(crate) async fn refusal(session: &Session, call: &str) -> Result<String> {
    let script = format!("const {{ data, cache, trash, diagnostics }} = Desktopr.fs; await {call}");
    Ok(session.rejected(&script, vec![]).await?.code.unwrap_or_default())
}

#[tokio::test]
async fn every_function_works() -> Result<()> {
    for (kind, page) in both_pages() {
        let site = Site::start()?;
        site.page("/", page);
        let id = format!("fs-{kind}");
        let scopes = json!(["data", "cache", "trash", "diagnostics"]);
        let fs = json!({ "scopes": scopes, "quotaMb": 8, "trashMb": 1 });
        let app = App::stamp(&config(&id, &site.url("/"), fs), &[]).await?;
        let desktop = Desktop::start().await?;
        let session = app.open(&desktop).await?;
        check_files(&session).await?;
        check_trees(&session).await?;
        check_large(&session).await?;
        check_streams(&session).await?;
        check_watch(&session, &desktop, &id).await?;
        check_trash(&session, &desktop, &id).await?;
        check_diagnostics(&session, &desktop, &id).await?;
        check_quota(&session, &desktop, &id).await?;
        check_that_nothing_leads_out(&session, &desktop, &id).await?;
    }
    Ok(())
}

async fn check_files(session: &Session) -> Result<()> {
    let told = session.resolved(
        "const { data, cache } = Desktopr.fs;
         await data.writeText('notes/ä.txt', 'text: ü');
         await cache.writeBytes('x', new Uint8Array([0, 255, 10]).buffer);
         await cache.writeBytes('empty', new Uint8Array(0));
         const entry = await data.stat('notes/ä.txt');
         const age = Math.abs(Date.now() - entry.lastModified.getTime());
         return [await data.readText('notes/../notes/ä.txt'), [...await cache.readBytes('x')], (await cache.readBytes('empty')).length,
                 await data.exists('x'), await cache.exists('notes'), entry.name, entry.size, age < 600000,
                 Desktopr.fs.base, await Desktopr.fs.paths(),
                 ['fs.data.readBytes', 'fs.trash.recover', 'fs.cache.watch', 'fs.pluginFs'].map(Desktopr.supports)]",
        vec![],
    );
    let base =
        json!({ "data": "data", "cache": "cache", "trash": "trash", "diagnostics": "diagnostics" });
    let expected = json!([
        "text: ü",
        [0, 255, 10],
        0,
        false,
        false,
        "ä.txt",
        8,
        true,
        base,
        base,
        [true, true, true, false]
    ]);
    assert_eq!(told.await?, expected);
    Ok(())
}

async fn check_trees(session: &Session) -> Result<()> {
    let told = session.resolved(
        "const { data } = Desktopr.fs;
         const list = async (path) => (await data.listContent(path)).map(({ path, isDirectory }) => path + (isDirectory ? '/' : ''));
         await data.newDirectory('a/b');
         await data.writeText('a/b/one.txt', '1');
         await data.move('a/b/one.txt', 'a/two.txt');
         await data.copy('a', 'c', { recursive: true });
         await data.writeText('d', 'd');
         await data.move('d', 'c/two.txt', { overwrite: true });
         const { bytes, quota, entries } = await data.usage();
         return [await list(), await list('c'), await data.readText('c/two.txt'), bytes, quota, entries]",
        vec![],
    );
    let expected =
        json!([["a/", "c/", "notes/"], ["c/b/", "c/two.txt"], "d", 10, 8 * 1024 * 1024, 8]);
    assert_eq!(told.await?, expected);
    for (call, code) in [
        ("data.readText('gone')", "fs/not-found"),
        ("data.readText('c')", "fs/is-a-directory"),
        ("data.listContent('c/two.txt')", "fs/not-a-directory"),
        ("data.remove('c')", "fs/not-empty"),
        ("data.move('c', 'a')", "fs/already-exists"),
        ("data.copy('c', 'd')", "fs/is-a-directory"),
        ("data.readStream('gone')", "fs/not-found"),
        ("data.writeStream('c')", "fs/is-a-directory"),
        ("data.watch('gone', () => {})", "fs/not-found"),
    ] {
        assert_eq!(refusal(session, call).await?, code, "{call}");
    }
    Ok(())
}

/// What is more than one piece travels on both ways, with the same result.
async fn check_large(session: &Session) -> Result<()> {
    let same = session.resolved(
        "const { cache } = Desktopr.fs;
         const bytes = Uint8Array.from({ length: 3 * 1024 * 1024 + 1 }, (_, index) => (index * 31 + (index >> 8)) % 256);
         await cache.writeBytes('big.bin', bytes);
         const back = await cache.readBytes('big.bin');
         const text = 'ä\\n'.repeat(400000);
         await cache.writeText('big.txt', text);
         const same = [back instanceof Uint8Array && back.length === bytes.length && back.every((byte, index) => byte === bytes[index]),
                       await cache.readText('big.txt') === text, (await cache.stat('big.txt')).size];
         await cache.writeText('pair', 'a\\ud800b');
         return [...same, await cache.readText('pair')]",
        vec![],
    );
    assert_eq!(same.await?, json!([true, true, 1_200_000, "a\u{fffd}b"]));
    session
        .resolved(
            "await Desktopr.fs.cache.writeBytes('no-text', new Uint8Array(2000000).fill(255))",
            vec![],
        )
        .await?;
    assert_eq!(refusal(session, "cache.readText('no-text')").await?, "fs/not-utf8");
    session.resolved("await Desktopr.fs.cache.clear()", vec![]).await?;
    Ok(())
}

async fn check_streams(session: &Session) -> Result<()> {
    let told = session.resolved(
        "const { cache } = Desktopr.fs;
         const size = async (stream) => (await new Response(stream).arrayBuffer()).byteLength;
         const writer = (await cache.writeStream('s/log')).getWriter();
         for (let index = 0; index < 30; index += 1) await writer.write(new Uint8Array(100000).fill(index));
         const before = await cache.exists('s/log');
         await writer.close();
         const more = (await cache.writeStream('s/log', { append: true })).getWriter();
         await more.write(new Uint8Array([7, 8, 9]));
         await more.close();
         const part = new Uint8Array(await new Response(await cache.readStream('s/log', { offset: 2999999, length: 3 })).arrayBuffer());
         const given = (await cache.writeStream('s/log')).getWriter();
         await given.write(new Uint8Array(2000000));
         await given.abort();
         const reader = (await cache.readStream('s/log')).getReader();
         await reader.read();
         await reader.cancel();
         return [before, await size(await cache.readStream('s/log')), [...part], (await cache.listContent('s')).length,
                 await size(await cache.readStream('s/log', { offset: 9999999 }))]",
        vec![],
    );
    assert_eq!(told.await?, json!([false, 3_000_003, [29, 7, 8], 1, 0]));
    Ok(())
}

async fn check_watch(session: &Session, desktop: &Desktop, id: &str) -> Result<()> {
    session.resolved(
        "const { data } = Desktopr.fs;
         await data.newDirectory('watched/deep');
         window.told = [];
         window.stop = await data.watch('watched', ({ kind, path, from }) => told.push([kind, path, from ?? '']), { recursive: true });
         await data.watch('watched/deep', ({ kind, path }) => told.push(['deep', kind, path]));
         await data.writeText('watched/deep/file', '1')",
        vec![],
    ).await?;
    session.wait_for("told.length === 2", SOON).await?;
    session
        .resolved(
            "await Desktopr.fs.data.writeText('watched/deep/file', '2'.repeat(100000))",
            vec![],
        )
        .await?;
    session.wait_for("told.length === 4", SOON).await?;
    let (data, _) = folders(desktop, id);
    fs_err::rename(data.join("data/watched/deep"), data.join("data/watched/other"))?;
    session.wait_for("told.length === 6", SOON).await?;
    // The order of two watches is not told.
    let mut told: Vec<Value> = serde_json::from_value(session.eval("return told", vec![]).await?)?;
    told.sort_by_key(Value::to_string);
    let expected = json!([
        ["changed", "watched/deep/file", ""],
        ["created", "watched/deep/file", ""],
        ["deep", "changed", "watched/deep/file"],
        ["deep", "created", "watched/deep/file"],
        ["deep", "removed", "watched/deep"],
        ["renamed", "watched/other", "watched/deep"],
    ]);
    assert_eq!(json!(told), expected);
    let quiet = session.resolved(
        "const { data } = Desktopr.fs;
         stop();
         const before = told.length;
         let seen;
         const next = new Promise((resolve) => (seen = resolve));
         await data.watch('watched', ({ path }) => seen(path));
         await data.writeText('watched/last', '');
         return [await next, told.length - before]",
        vec![],
    );
    assert_eq!(quiet.await?, json!(["watched/last", 0]));
    // What is stopped counts no more.
    let again = "for (let index = 0; index < 80; index += 1) (await Desktopr.fs.data.watch('', () => {}))()";
    session.resolved(again, vec![]).await?;
    let many = "Promise.all(Array.from({ length: 64 }, () => data.watch('', () => {})))";
    assert_eq!(refusal(session, many).await?, "bridge/too-many-open");
    Ok(())
}

async fn check_trash(session: &Session, desktop: &Desktop, id: &str) -> Result<()> {
    let told = session.resolved(
        "const { data, trash } = Desktopr.fs;
         const names = async () => (await trash.listContent()).map((entry) => entry.name);
         await data.writeText('t/a.txt', 'first');
         await data.remove('t/a.txt');
         await data.writeText('t/a.txt', 'second');
         const seen = [await names(), await trash.readText('a.txt'), await trash.recover('a.txt'), await data.readText('t/a (2).txt')];
         await data.remove('t', true);
         seen.push(await names(), await trash.recover('t'), await data.readText('t/a.txt'));
         await data.writeBytes('t/large', new Uint8Array(1200000));
         await data.remove('t/large');
         for (const name of ['one', 'two', 'three']) {
             await data.writeBytes(name, new Uint8Array(400000));
             await data.remove(name);
         }
         seen.push(await names());
         await trash.clear();
         return [...seen, await names()]",
        vec![],
    );
    let expected = json!([
        ["a.txt"],
        "first",
        "t/a (2).txt",
        "first",
        ["t"],
        "t",
        "second",
        ["three", "two"],
        []
    ]);
    assert_eq!(told.await?, expected);
    assert_eq!(refusal(session, "trash.recover('gone')").await?, "fs/not-found");
    assert_eq!(refusal(session, "trash.recover('../data/t')").await?, "fs/outside-scope");
    assert!(folders(desktop, id).0.join("trash/files").is_dir());
    Ok(())
}

async fn check_diagnostics(session: &Session, desktop: &Desktop, id: &str) -> Result<()> {
    let folder = folders(desktop, id).0.join("diagnostics");
    fs_err::create_dir_all(&folder)?;
    fs_err::write(folder.join("one.jsonl"), "{}\n")?;
    fs_err::write(folder.join("two.jsonl"), "{}\n")?;
    let told = session.resolved(
        "const { diagnostics } = Desktopr.fs;
         const seen = [(await diagnostics.list()).map((entry) => entry.name), await diagnostics.read('one.jsonl')];
         await diagnostics.remove('one.jsonl');
         seen.push((await diagnostics.listContent()).length);
         await diagnostics.clear();
         return [...seen, (await diagnostics.list()).length]",
        vec![],
    );
    assert_eq!(told.await?, json!([["one.jsonl", "two.jsonl"], "{}\n", 1, 0]));
    // What the script does not offer, the runtime does not do either.
    let raw = "__TAURI_INTERNALS__";
    assert!(session.eval(&format!("return typeof {raw}.invoke"), vec![]).await? == "function");
    for scope in ["diagnostics", "trash"] {
        let args = json!({ "scope": scope, "path": "mine", "text": "mine" });
        let refused =
            crate::support::raw_call(session, "plugin:bridge|fs_write_text", args).await?;
        assert!(refused.contains("pages write nothing there"), "{refused}");
    }
    Ok(())
}

/// What does not fit is refused on every way, and what was there before stays.
async fn check_quota(session: &Session, desktop: &Desktop, id: &str) -> Result<()> {
    session
        .resolved(
            "await Desktopr.fs.data.clear();
             await Desktopr.fs.data.writeBytes('kept', new Uint8Array(5 * 1024 * 1024).fill(1))",
            vec![],
        )
        .await?;
    for call in [
        "data.writeBytes('more', new Uint8Array(4 * 1024 * 1024))",
        "data.writeBytes('kept', new Uint8Array(9 * 1024 * 1024))",
        "data.copy('kept', 'copy')",
        "new Response(new Uint8Array(9 * 1024 * 1024)).body.pipeTo(await data.writeStream('kept'))",
        "new Response(new Uint8Array(4 * 1024 * 1024)).body.pipeTo(await data.writeStream('kept', { append: true }))",
    ] {
        assert_eq!(refusal(session, call).await?, "fs/quota-exceeded", "{call}");
    }
    let (data, _) = folders(desktop, id);
    assert_eq!(fs_err::metadata(data.join("data/kept"))?.len(), 5 * 1024 * 1024);
    let work = data.join("data/.deskwright-work.tmp");
    assert_eq!(names_in(&work)?, ["lock"], "nothing is left of what did not fit");
    // Half of the quota is rewritten, and what is removed makes room.
    let fits = session.resolved(
        "const { data } = Desktopr.fs;
         await data.writeBytes('kept', new Uint8Array(6 * 1024 * 1024));
         await data.remove('kept');
         await data.writeBytes('new', new Uint8Array(7 * 1024 * 1024));
         const { bytes } = await data.usage();
         await data.clear();
         return bytes",
        vec![],
    );
    assert_eq!(fits.await?, json!(7 * 1024 * 1024));
    Ok(())
}

async fn check_that_nothing_leads_out(
    session: &Session,
    desktop: &Desktop,
    id: &str,
) -> Result<()> {
    let data = folders(desktop, id).0;
    fs_err::write(data.join("secret.txt"), "secret")?;
    fs_err::os::unix::fs::symlink("/etc", data.join("data/link"))?;
    for path in [
        "../secret.txt",
        "a/../../secret.txt",
        "/etc/hostname",
        "\\\\\\\\server\\\\share",
        "C:\\\\Windows",
        "link/hostname",
        "nul",
        "COM1.txt",
        "CONIN$",
        "a\\0b",
    ] {
        for call in [
            format!("data.readText('{path}')"),
            format!("data.writeText('{path}', 'mine')"),
            format!("data.remove('{path}', true)"),
            format!("data.readStream('{path}')"),
            format!("data.writeStream('{path}')"),
            format!("data.watch('{path}', () => {{}})"),
            format!("data.move('kept', '{path}')"),
            format!("trash.readText('{path}')"),
        ] {
            let code = refusal(session, &call).await?;
            // What is moved, or looked for in the trash, is not there; nor is a link.
            let is_nothing = call.contains("kept") || call.starts_with("trash");
            assert!(
                code == "fs/outside-scope" || is_nothing && code == "fs/not-found",
                "{call}: {code}"
            );
        }
    }
    for (call, code) in [
        ("data.writeText('file.txt:s', '')", "fs/invalid-name"),
        ("data.writeText('a.', '')", "fs/invalid-name"),
        ("data.writeText('a ', '')", "fs/invalid-name"),
        ("data.writeText('n'.repeat(300), '')", "fs/invalid-name"),
        ("data.writeText('.deskwright-work.tmp/x', '')", "fs/invalid-name"),
        ("data.listContent('.deskwright-work.tmp')", "fs/invalid-name"),
    ] {
        assert_eq!(refusal(session, call).await?, code, "{call}");
    }
    session.resolved("await Desktopr.fs.data.clear()", vec![]).await?;
    assert!(!data.join("data/link").is_symlink() && fs_err::exists("/etc/hostname")?);
    assert_eq!(fs_err::read_to_string(data.join("secret.txt"))?, "secret");
    Ok(())
}
