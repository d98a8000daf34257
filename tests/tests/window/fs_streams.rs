//! What streams and watches cost the app: memory, open files, and what is left when a page goes.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use tests::{desktop::Desktop, servers::Site, webdriver::Session};

use crate::{
    fs::{config, folders, names_in},
    plugin_support::both_pages,
    support::{App, SOON, plain_site},
};

/// Bytes in a MiB.
const MIB: u64 = 1024 * 1024;

/// A line of `/proc/<pid>/status`, in bytes.
fn status(pid: u32, name: &str) -> Result<u64> {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok());
    number.map(|kib: u64| kib * 1024).with_context(|| format!("no {name} in {status}"))
}

/// What the app has open below its folders, and how many watchers of the system.
pub(crate) fn open_files(pid: u32) -> Result<Vec<String>> {
    let mut open = Vec::new();
    for entry in fs_err::read_dir(format!("/proc/{pid}/fd"))? {
        // It may be closed just now.
        let Ok(target) = fs_err::read_link(entry?.path()) else { continue };
        let target = target.display().to_string();
        let is_ours = target.contains("com.example.") && !target.ends_with("/lock");
        if is_ours && !target.ends_with("/data") || target.contains("inotify") {
            open.push(target);
        }
    }
    open.sort();
    Ok(open)
}

#[tokio::test]
async fn memory_stays_flat_whatever_a_stream_carries() -> Result<()> {
    for (kind, page) in both_pages() {
        let site = Site::start()?;
        site.page("/", page);
        let fs = json!({ "scopes": ["data"], "quotaMb": 1024 });
        let app = App::stamp(&config(&format!("flat-{kind}"), &site.url("/"), fs), &[]).await?;
        let desktop = Desktop::start().await?;
        let session = app.open(&desktop).await?;
        // The slow way carries a third as text beside it, and takes its time.
        let (first, mib, most) = if kind == "free" { (64, 256, 8) } else { (16, 64, 24) };
        carry(&session, first).await?;
        let pid = session.app_pid()?;
        fs_err::write(format!("/proc/{pid}/clear_refs"), "5")?;
        let before = status(pid, "VmHWM")?;
        carry(&session, mib).await?;
        let grown = status(pid, "VmHWM")?.saturating_sub(before);
        println!("{kind}: {} KiB more for {mib} MiB", grown / 1024);
        assert!(grown < most * MIB, "{kind}: {grown} bytes for {mib} MiB");
    }
    Ok(())
}

/// Writes so many MiB as a stream, and reads them.
async fn carry(session: &Session, mib: u64) -> Result<()> {
    let script = "const { data } = Desktopr.fs;
        const writer = (await data.writeStream('large')).getWriter();
        const piece = new Uint8Array(1024 * 1024).fill(7);
        for (let index = 0; index < arguments[0]; index += 1) await writer.write(piece);
        await writer.close();
        const reader = (await data.readStream('large')).getReader();
        let size = 0;
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return size;
            size += value.length;
        }";
    let carried = session.resolved(script, vec![json!(mib)]).await?;
    assert_eq!(carried, json!(mib * MIB));
    Ok(())
}

#[tokio::test]
async fn what_a_page_has_open_ends_with_it() -> Result<()> {
    let site = plain_site()?;
    let fs = json!({ "scopes": ["data"] });
    let app = App::stamp(&config("leaks", &site.url("/"), fs), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    session
        .resolved("await Desktopr.fs.data.writeBytes('file', new Uint8Array(5000000))", vec![])
        .await?;
    let pid = session.app_pid()?;
    let before = open_files(pid)?;
    let work = folders(&desktop, "leaks").0.join("data/.deskwright-work.tmp");
    for round in 0..5 {
        session
            .resolved(
                "const { data } = Desktopr.fs;
                 for (let index = 0; index < 10; index += 1) {
                     (await data.readStream('file')).getReader().read();
                     const writer = (await data.writeStream(`new/${index}`)).getWriter();
                     writer.write(new Uint8Array(1500000));
                     await data.watch('', () => {}, { recursive: index % 2 === 0 });
                 }
                 await data.exists('file')",
                vec![],
            )
            .await?;
        let open = open_files(pid)?;
        assert!(open.len() >= before.len() + 20, "round {round}: {open:?}");
        session.goto(&site.url("/")).await?;
        until_closed(pid, &before).await?;
    }
    assert_eq!(names_in(&work)?, ["lock"], "nothing is left of what was not finished");
    let told =
        session.resolved("return (await Desktopr.fs.data.listContent('new')).length", vec![]);
    assert_eq!(told.await?, json!(0));
    // A call of the page that has gone leaves nothing to the next one either.
    let racing = "for (let index = 0; index < 50; index += 1) Desktopr.fs.data.readStream('file').catch(() => {});
                  location.reload()";
    session.eval(racing, vec![]).await?;
    session.wait_for("Desktopr.isAvailable", SOON).await?;
    until_closed(pid, &before).await
}

/// Streams end away from the window's thread, so a moment after the page.
async fn until_closed(pid: u32, before: &[String]) -> Result<()> {
    let limit = Instant::now() + SOON;
    loop {
        let open = open_files(pid)?;
        if open == before {
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < limit, "still open: {open:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What a page sends, seen where Tauri hands it over.
const WATCH_BODIES: &str = r#"
    const bodies = [];
    const send = window.fetch;
    window.fetch = (url, init) => {
        bodies.push([decodeURIComponent(url).split("|").pop(), typeof init?.body]);
        return send(url, init);
    };
    await Desktopr.fs.data.writeBytes("bytes", new Uint8Array(9));
    window.fetch = send;
    return bodies.filter(([command]) => command === "fs_write_bytes");"#;

#[tokio::test]
async fn bytes_are_no_text_on_their_way() -> Result<()> {
    let site = plain_site()?;
    let app =
        App::stamp(&config("fs-bytes", &site.url("/"), json!({ "scopes": ["data"] })), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let bodies = session.resolved(WATCH_BODIES, vec![]).await?;
    assert_eq!(bodies, json!([["fs_write_bytes", "object"]]));
    Ok(())
}
