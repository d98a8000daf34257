//! Bytes that were uploaded. They lie in files: some of them are larger than a test should hold in memory.

use std::{
    collections::HashMap,
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Context as _, Result};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Bytes that are read from a file and sent at once.
const CHUNK_LEN: usize = 1024 * 1024;
/// Chunks that are read before the one that is sent has gone (count).
const READ_AHEAD: usize = 4;

/// A file that has arrived.
#[derive(Debug, Clone)]
pub struct StoredFile {
    pub path: PathBuf,
    pub size: u64,
    /// Hexadecimal.
    pub sha256: String,
}

/// What became of an upload.
pub(crate) enum Received {
    Whole(StoredFile),
    /// The connection broke off.
    Broken,
}

/// The folder of all files.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    next: AtomicU64,
    /// Files of tests and bytes of tests, which many artifacts may share: by path, or by hash.
    known: Mutex<HashMap<PathBuf, StoredFile>>,
}

impl Store {
    pub(crate) fn new(dir: &Path) -> Result<Self> {
        fs_err::create_dir_all(dir)?;
        Ok(Self { dir: dir.to_owned(), next: AtomicU64::new(1), known: Mutex::default() })
    }

    fn path(&self) -> PathBuf {
        self.dir.join(format!("{:08}", self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// Bytes at hand as a file; the same bytes are the same file.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Result<StoredFile> {
        let sha256 = hex(&Sha256::digest(bytes));
        let path = self.dir.join(&sha256);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = known.get(&path) {
            return Ok(file.clone());
        }
        fs_err::write(&path, bytes)?;
        let file = StoredFile { path: path.clone(), size: bytes.len() as u64, sha256 };
        known.insert(path, file.clone());
        Ok(file)
    }

    /// A file that somebody else keeps. It is read once, for its hash.
    pub(crate) fn borrow(&self, path: &Path) -> Result<StoredFile> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = known.get(path) {
            return Ok(file.clone());
        }
        let (mut opened, mut hash, mut size) = (fs_err::File::open(path)?, Sha256::new(), 0);
        let mut buffer = vec![0; CHUNK_LEN];
        loop {
            let len = opened.read(&mut buffer)?;
            if len == 0 {
                break;
            }
            hash.update(&buffer[..len]);
            size += len as u64;
        }
        let file = StoredFile { path: path.to_owned(), size, sha256: hex(&hash.finalize()) };
        known.insert(path.to_owned(), file.clone());
        Ok(file)
    }

    /// Writes a body to a file of its own.
    pub(crate) async fn receive(&self, body: Body) -> Result<Received> {
        let path = self.path();
        let mut file = fs_err::tokio::File::create(&path).await?;
        let mut stream = body.into_data_stream();
        let mut hash = Sha256::new();
        let mut size = 0;
        while let Some(chunk) = stream.next().await {
            let Ok(chunk) = chunk else { return Ok(Received::Broken) };
            hash.update(&chunk);
            size += chunk.len() as u64;
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        Ok(Received::Whole(StoredFile { path, size, sha256: hex(&hash.finalize()) }))
    }

    /// Puts files together to one, in this order.
    pub(crate) async fn join(&self, parts: &[StoredFile]) -> Result<StoredFile> {
        let path = self.path();
        let mut file = fs_err::tokio::File::create(&path).await?;
        let mut hash = Sha256::new();
        let mut size = 0;
        let mut buffer = vec![0; CHUNK_LEN];
        for part in parts {
            let mut from = fs_err::tokio::File::open(&part.path).await?;
            loop {
                let len = from.read(&mut buffer).await?;
                if len == 0 {
                    break;
                }
                hash.update(&buffer[..len]);
                size += len as u64;
                file.write_all(&buffer[..len]).await?;
            }
        }
        file.flush().await?;
        Ok(StoredFile { path, size, sha256: hex(&hash.finalize()) })
    }
}

/// Answers with a file, or the part of it that is asked for.
pub(crate) async fn send(
    file: &StoredFile,
    content_type: &str,
    asked: &HeaderMap,
) -> Result<Response> {
    let tag = format!("\"{}\"", &file.sha256[..16]);
    let text = |name: &str| asked.get(name).and_then(|value| value.to_str().ok());
    if text("if-match").is_some_and(|wanted| wanted != tag) {
        return Ok(StatusCode::PRECONDITION_FAILED.into_response());
    }
    // Azure's own clients ask by a header of theirs.
    let range = text("x-ms-range").or_else(|| text("range"));
    // Who has a part of another file gets the whole of this one.
    let range = range.filter(|_| text("if-range").is_none_or(|wanted| wanted == tag));
    let range = range.and_then(|text| parse_range(text, file.size));
    let (start, end) = range.unwrap_or((0, file.size));
    if range.is_some() && start >= end {
        let whole = format!("bytes */{}", file.size);
        let headers = [(header::CONTENT_RANGE, whole)];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
    }
    let mut opened = fs_err::File::open(&file.path)?;
    opened.seek(SeekFrom::Start(start))?;
    let mut response = Body::from_stream(read_ahead(opened, end - start)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, (end - start).into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(content_type)?);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag)?);
    if range.is_some() {
        let text = format!("bytes {start}-{}/{}", end.saturating_sub(1), file.size);
        headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&text)?);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The next bytes of a file, read by a thread of their own while those before them are sent.
fn read_ahead(file: fs_err::File, len: u64) -> impl Stream<Item = std::io::Result<Bytes>> {
    let (sender, receiver) = tokio::sync::mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut file = file.take(len);
        loop {
            let mut chunk = Vec::with_capacity(CHUNK_LEN);
            let read = file.by_ref().take(CHUNK_LEN as u64).read_to_end(&mut chunk);
            let chunk = match read {
                Ok(0) => return,
                Ok(_) => Ok(Bytes::from(chunk)),
                Err(error) => Err(error),
            };
            // Nobody listens any more when the connection is gone.
            if sender.blocking_send(chunk).is_err() {
                return;
            }
        }
    });
    futures_util::stream::unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    })
}

/// `bytes=from-to`, `bytes=from-` or `bytes=-last` as start and end (exclusive), within the size.
fn parse_range(text: &str, size: u64) -> Option<(u64, u64)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    if from.is_empty() {
        return Some((size.saturating_sub(to.parse().ok()?), size));
    }
    let start: u64 = from.parse().ok()?;
    let end = to.parse::<u64>().map_or(size, |last| size.min(last.saturating_add(1)));
    Some((start, end))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a stored file, for tests.
impl StoredFile {
    pub fn read(&self) -> Result<Vec<u8>> {
        fs_err::read(&self.path).context("the fake has lost a file")
    }
}
