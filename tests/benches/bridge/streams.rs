//! Streams: a file that is much larger than what the app may keep of it in memory.

use anyhow::{Context as _, Result};
use procfs::process::Process;
use serde_json::json;

use crate::{apps::Apps, figures::Figure};

/// Bytes that the page hands over at once, which is what the runtime hands out at once too.
const CHUNK: u64 = 1024 * 1024;
/// Chunks of the whole file, and of one script: a script has its time limit.
const CHUNKS: u64 = 1024;
const AT_ONCE: u64 = 64;
/// The most that the process may grow, in chunks.
const GOAL: f64 = 2.0;

/// 1 GiB into a file and out again; the first part is not counted, since it warms up allocators.
pub(crate) async fn measure(apps: &Apps) -> Result<Vec<Figure>> {
    let written = grown(
        apps,
        "window.stream = (await Desktopr.fs.data.writeStream('long.bin')).getWriter();
         window.chunk = bytes.slice(0, arguments[0])",
        "for (let index = 0; index < arguments[0]; index += 1) await stream.write(chunk)",
    )
    .await?;
    apps.ours.resolved("await stream.close()", vec![]).await?;
    let length = fs_err::metadata(apps.data.join("long.bin"))?.len();
    anyhow::ensure!(length == CHUNK * CHUNKS, "the file has another length: {length}");
    let read = grown(
        apps,
        "window.stream = (await Desktopr.fs.data.readStream('long.bin')).getReader(); window.seen = 0",
        "for (let index = 0; index < arguments[0]; index += 1) seen += (await stream.read()).value.length",
    )
    .await?;
    let seen = apps.ours.eval("return seen", vec![]).await?;
    anyhow::ensure!(seen == json!(CHUNK * CHUNKS), "the page has read another length: {seen}");
    let figure = |name, value| Figure { name, value, unit: "chunks", baseline: None, goal: GOAL };
    Ok(vec![
        figure("memory that writing a stream of 1 GiB takes", written),
        figure("memory that reading a stream of 1 GiB takes", read),
    ])
}

/// Chunks by which the app's process grows at most, after the first part.
async fn grown(apps: &Apps, begin: &str, part: &str) -> Result<f64> {
    apps.ours.resolved(begin, vec![json!(CHUNK)]).await?;
    apps.ours.resolved(part, vec![json!(AT_ONCE)]).await?;
    let app = Process::new(i32::try_from(apps.ours.app_pid()?)?)?;
    let memory = || anyhow::Ok(app.status()?.vmrss.context("a process has memory")?);
    let (first, mut most) = (memory()?, 0);
    for _ in 1..CHUNKS / AT_ONCE {
        apps.ours.resolved(part, vec![json!(AT_ONCE)]).await?;
        most = most.max(memory()?.saturating_sub(first));
    }
    Ok((most * 1024) as f64 / CHUNK as f64)
}
