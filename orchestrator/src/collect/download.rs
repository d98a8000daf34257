//! Bytes from GitHub into a file: hashed on their way, taken up where they broke off.

use std::{
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use reqwest::{Response, StatusCode, header::CONTENT_RANGE};
use sha2::{Digest as _, Sha256};
use tokio::{sync::mpsc, task::spawn_blocking};
use tokio_util::bytes::Bytes;

use super::fault::on_disk;
use crate::{
    Event, Github, error,
    github::{ApiError, Remote, is_past},
    state::BuildId,
};

/// What goes to the disk at once, in bytes.
const BATCH_LEN: usize = 256 * 1024;
/// Batches between the network and the disk (count). With the one being filled and the one being written, at most 1 MiB is
/// lost when the process ends.
const BATCHES: usize = 2;
/// How often a download may break off without getting further (count): a server that restarts is back within seconds.
const TRIES: u32 = 5;
/// The same for refusals (count): the place that GitHub names is good for a minute, and may end just then.
const REFUSALS: u32 = 2;
/// What counts as getting further, in bytes.
const PROGRESS_LEN: u64 = 1024 * 1024;
/// The pause after the first break; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// How often a download is told of: what a terminal can show.
const TELL_EACH: Duration = Duration::from_millis(100);

/// Something to be downloaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) build: &'a BuildId,
    pub(super) name: &'a str,
    pub(super) what: Remote,
    /// In bytes, as GitHub lists it.
    pub(super) size: u64,
    /// `sha256:<hex>`; older servers tell none.
    pub(super) digest: Option<&'a str>,
}

/// Brings all bytes into `path`, whatever is there already. Gives their SHA-256.
pub(super) async fn download(
    github: &Github,
    wanted: &Wanted<'_>,
    path: &Path,
) -> anyhow::Result<String> {
    let mut damaged = false;
    loop {
        let part = complete(github, wanted, path).await?;
        let sha256 = format!("{:x}", part.hash.clone().finalize());
        let digest = format!("sha256:{sha256}");
        if wanted.digest.is_none_or(|wanted| wanted == digest) {
            return Ok(sha256);
        }
        let size = part.len;
        drop(part);
        fs_err::remove_file(path)?;
        if damaged {
            return Err(error::hinted(
                format!("not the bytes that GitHub has listed: {} ({digest})", wanted.name),
                "something on the way changes them: try another network, or a machine without a proxy",
            ));
        }
        damaged = true;
        broken(github, wanted, size, "other bytes than GitHub has listed");
    }
}

/// Fetches until nothing is missing.
async fn complete(github: &Github, wanted: &Wanted<'_>, path: &Path) -> anyhow::Result<Part> {
    let mut part = open(wanted, path).await?;
    let (mut tries, mut furthest) = (0, part.len);
    loop {
        if part.len == wanted.size && part.len > 0 {
            return Ok(part);
        }
        let (back, end) = attempt(github, wanted, part).await?;
        part = back;
        let cause = match end {
            End::Whole => return Ok(part),
            End::Broken(cause) => cause,
        };
        broken(github, wanted, part.len, &format!("{cause:#}"));
        if part.len >= furthest + PROGRESS_LEN {
            (tries, furthest) = (0, part.len);
        }
        tries += 1;
        let refused = cause.downcast_ref::<ApiError>().filter(|error| is_past(error));
        match refused {
            Some(error) if tries == REFUSALS && error.status() == Some(StatusCode::NOT_FOUND) => {
                return Err(gone(error, wanted.name));
            }
            Some(_) if tries < REFUSALS => {}
            None if tries < TRIES => {}
            _ => return Err(cause.context(format!("failed to download: {}", wanted.name))),
        }
        github.clock().sleep(FIRST_PAUSE * 2_u32.pow(tries - 1)).await;
    }
}

/// How one answer ended.
enum End {
    Whole,
    /// Another request may fare better.
    Broken(anyhow::Error),
}

/// One request, as far as its answer comes.
async fn attempt(
    github: &Github,
    wanted: &Wanted<'_>,
    mut part: Part,
) -> anyhow::Result<(Part, End)> {
    let response = match github.open(wanted.what, part.len).await {
        Ok(response) => response,
        Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => {
            part.restart()?;
            return Ok((part, End::Broken(error.into())));
        }
        Err(error) if error.status() == Some(StatusCode::GONE) => {
            return Err(gone(&error, wanted.name));
        }
        Err(error) if error.may_pass() || is_past(&error) || is_too_fast(&error) => {
            return Ok((part, End::Broken(error.into())));
        }
        Err(error) => return Err(error.into()),
    };
    if response.status() != StatusCode::PARTIAL_CONTENT {
        part.restart()?;
    } else if range_start(&response) != Some(part.len) {
        part.restart()?;
        let text = format!("another part than asked for: {}", wanted.name);
        return Ok((part, End::Broken(anyhow::anyhow!(text))));
    }
    let total = response.content_length().map_or(wanted.size, |rest| part.len + rest);
    receive(github, wanted, part, response, total).await
}

/// Takes an answer's body. Hashing and writing are on another thread, so that they do not hold up the network.
async fn receive(
    github: &Github,
    wanted: &Wanted<'_>,
    part: Part,
    mut response: Response,
    total: u64,
) -> anyhow::Result<(Part, End)> {
    let (sender, receiver) = mpsc::channel(BATCHES);
    let path = part.path.clone();
    let mut received = part.len;
    let writer = spawn_blocking(move || part.write_all(receiver));
    let (mut batch, mut len) = (Vec::new(), 0);
    let mut told = Instant::now();
    let end = loop {
        let bytes = match response.chunk().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) if received == total => break End::Whole,
            Ok(None) => break End::Broken(anyhow::anyhow!("the answer ended too early")),
            Err(error) => break End::Broken(error.without_url().into()),
        };
        received += bytes.len() as u64;
        if received > total {
            break End::Broken(anyhow::anyhow!("more came than was announced"));
        }
        len += bytes.len();
        batch.push(bytes);
        if len >= BATCH_LEN {
            len = 0;
            // The writer tells why it has stopped.
            if sender.send(std::mem::take(&mut batch)).await.is_err() {
                break End::Whole;
            }
        }
        if told.elapsed() >= TELL_EACH {
            told = Instant::now();
            github.event(&progress(wanted, received, total));
        }
    };
    let _ = sender.send(batch).await;
    drop(sender);
    let (mut part, written) = writer.await.context("writing was ended")?;
    written.map_err(|error| on_disk(error, &path, total.saturating_sub(part.len)))?;
    github.event(&progress(wanted, part.len, total));
    if received > total {
        part.restart()?;
    }
    Ok((part, end))
}

fn progress(wanted: &Wanted<'_>, received: u64, size: u64) -> Event {
    Event::ArtifactProgress {
        build: wanted.build.clone(),
        name: wanted.name.to_owned(),
        received,
        size,
    }
}

fn broken(github: &Github, wanted: &Wanted<'_>, received: u64, error: &str) {
    github.event(&Event::ArtifactBroken {
        build: wanted.build.clone(),
        name: wanted.name.to_owned(),
        received,
        error: error.to_owned(),
    });
}

/// Where the bytes of an answer begin: `bytes 5-9/10`.
fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// What GitHub itself asks for is waited for below; this is the place that it has named.
fn is_too_fast(error: &ApiError) -> bool {
    error.status() == Some(StatusCode::TOO_MANY_REQUESTS)
}

fn gone(cause: &ApiError, name: &str) -> anyhow::Error {
    error::hinted(
        format!("GitHub has it no more: {name} ({cause})"),
        "artifacts are kept for as many days as the repository's settings say: build again, and collect sooner",
    )
}

/// A file that is being filled. Nobody else fills it meanwhile.
#[derive(Debug)]
struct Part {
    file: fs_err::File,
    path: std::path::PathBuf,
    hash: Sha256,
    /// Of what is there, in bytes.
    len: u64,
}

async fn open(wanted: &Wanted<'_>, path: &Path) -> anyhow::Result<Part> {
    let (path, limit) = (path.to_owned(), wanted.size);
    spawn_blocking(move || Part::open(&path, limit).map_err(|error| on_disk(error, &path, limit)))
        .await?
}

impl Part {
    /// Opens what there is, or makes it. What is longer than it should be is not the beginning of it.
    fn open(path: &Path, limit: u64) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder)?;
        }
        // A link leads to what is not ours.
        if fs_err::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            super::place::remove(path)?;
        }
        let file = fs_err::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        // A caller that gave up may have a thread that still writes; where there are no locks, there are no such callers.
        let _ = file.file().lock();
        let mut part = Self { file, path: path.to_owned(), hash: Sha256::new(), len: 0 };
        if part.file.metadata()?.len() > limit {
            part.restart()?;
            return Ok(part);
        }
        let mut buffer = vec![0; BATCH_LEN];
        loop {
            let read = part.file.read(&mut buffer)?;
            if read == 0 {
                return Ok(part);
            }
            part.hash.update(&buffer[..read]);
            part.len += read as u64;
        }
    }

    fn restart(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.hash = Sha256::new();
        self.len = 0;
        Ok(())
    }

    /// Appends what comes, until nothing comes any more.
    fn write_all(mut self, mut batches: mpsc::Receiver<Vec<Bytes>>) -> (Self, io::Result<()>) {
        while let Some(batch) = batches.blocking_recv() {
            for bytes in batch {
                if let Err(error) = self.file.write_all(&bytes) {
                    return (self, Err(error));
                }
                self.hash.update(&bytes);
                self.len += bytes.len() as u64;
            }
        }
        (self, Ok(()))
    }
}
