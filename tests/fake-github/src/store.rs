//! Bytes that were uploaded. They lie in files: some of them are larger than a test should hold in memory.

use std::{
    collections::HashMap,
    io::Read as _,
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
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

/// Bytes that are read from a file and sent at once.
const CHUNK_LEN: usize = 64 * 1024;

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
    // Azure's own clients ask by a header of theirs.
    let range = asked.get("x-ms-range").or_else(|| asked.get(header::RANGE));
    let range =
        range.and_then(|value| value.to_str().ok()).and_then(|text| parse_range(text, file.size));
    let (start, end) = range.unwrap_or((0, file.size));
    let mut opened = fs_err::tokio::File::open(&file.path).await?;
    opened.seek(std::io::SeekFrom::Start(start)).await?;
    let stream =
        futures_util::stream::unfold((opened, end - start), |(mut file, left)| async move {
            let mut buffer = vec![0; CHUNK_LEN.min(usize::try_from(left).unwrap_or(CHUNK_LEN))];
            match file.read(&mut buffer).await {
                Ok(0) => None,
                Ok(len) => {
                    buffer.truncate(len);
                    Some((Ok(buffer), (file, left - len as u64)))
                }
                Err(error) => Some((Err(error), (file, 0))),
            }
        });
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, (end - start).into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(content_type)?);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, HeaderValue::from_str(&format!("\"{}\"", &file.sha256[..16]))?);
    if range.is_some() {
        let text = format!("bytes {start}-{}/{}", end.saturating_sub(1), file.size);
        headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&text)?);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// `bytes=from-to` as start and end (exclusive), within the size.
fn parse_range(text: &str, size: u64) -> Option<(u64, u64)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let start: u64 = from.parse().ok()?;
    let end = to.parse::<u64>().map_or(size, |last| size.min(last.saturating_add(1)));
    (start < end).then_some((start, end))
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
