//! Windows that come and go, and pages that reload, leave nothing behind in the app's own process.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use procfs::process::Process;
use serde_json::json;
use tests::{desktop::Desktop, servers::Page, servers::Site, webdriver::Session};

use crate::{
    support::{App, PLAIN_PAGE},
    window_new::opening_config,
};

/// Windows of each kind that are opened and closed (count).
const WINDOWS: usize = 100;
/// Times that the main page is loaded again (count).
const RELOADS: usize = 1000;
/// What comes before counting: caches fill, threads start.
const WARM_UP: usize = 5;
/// How long the app may take to give back what waits for more work: Tokio's and GLib's threads go after 10 to 15 s.
const REST: Duration = Duration::from_secs(20);
/// WebKit begins to watch the machine's memory some seconds after its first page, with files and a thread of its own, and tells
/// nobody.
const SETTLE: Duration = Duration::from_secs(20);
/// Memory that a window or a reload may cost for good, in bytes: what allocators keep.
const GROWTH_PER_WINDOW: u64 = 100_000;
const GROWTH_PER_RELOAD: u64 = 20_000;

/// What a process has.
#[derive(Debug, Clone, Copy)]
struct Usage {
    files: usize,
    threads: usize,
    memory: u64,
}

impl Usage {
    fn of(pid: u32) -> Result<Usage> {
        let process = Process::new(pid.try_into()?)?;
        let memory = process.statm()?.resident * procfs::page_size();
        Ok(Usage { files: process.fd_count()?, threads: process.tasks()?.count(), memory })
    }

    /// Waits until the process has no more threads and files than before.
    async fn back_to(pid: u32, before: Usage) -> Result<Usage> {
        let deadline = Instant::now() + REST;
        loop {
            let now = Usage::of(pid)?;
            if now.files <= before.files && now.threads <= before.threads {
                return Ok(now);
            }
            ensure!(Instant::now() < deadline, "more than before: {now:?}, before: {before:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Opens and closes windows one after another.
async fn windows(session: &Session, count: usize, cache_only: bool) -> Result<()> {
    let script = "const { window: win } = Desktopr;
        const { label } = await win.new({ url: '/', width: 200, height: 100, cacheOnly: arguments[0] });
        await win.close(label);
        while ((await win.list()).length > 1) await new Promise((resolve) => setTimeout(resolve, 5));";
    for _ in 0..count {
        session.resolved(script, vec![json!(cache_only)]).await?;
    }
    Ok(())
}

async fn reloads(session: &Session, url: &str, count: usize) -> Result<()> {
    for _ in 0..count {
        session.goto(url).await?;
        session.resolved("await Desktopr.events.on('test:a', () => {})", vec![]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn windows_and_reloads_leave_nothing_behind() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE));
    let url = site.url("/");
    let app = App::stamp(&opening_config("leaks", &url), &[]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    let pid = session.app_pid()?;
    for cache_only in [false, true] {
        windows(&session, WARM_UP, cache_only).await?;
    }
    reloads(&session, &url, WARM_UP).await?;
    tokio::time::sleep(SETTLE).await;
    let rested = Usage::of(pid)?;

    let rounds = [
        ("windows", WINDOWS, GROWTH_PER_WINDOW),
        ("cacheOnly windows", WINDOWS, GROWTH_PER_WINDOW),
        ("reloads", RELOADS, GROWTH_PER_RELOAD),
    ];
    for (what, count, growth) in rounds {
        // Threads that wait for work come and go: as many as after the warm-up are none too many.
        let before = Usage { threads: rested.threads, ..Usage::of(pid)? };
        let began = Instant::now();
        match what {
            "reloads" => reloads(&session, &url, count).await?,
            _ => windows(&session, count, what != "windows").await?,
        }
        let took = began.elapsed();
        let after = Usage::back_to(pid, before).await?;
        let each = after.memory.saturating_sub(before.memory) / count as u64;
        println!("{count} {what} in {took:?}: {before:?} -> {after:?}, {each} bytes each");
        ensure!(each <= growth, "{what}: {each} bytes each, {before:?}, {after:?}");
    }
    Ok(())
}
