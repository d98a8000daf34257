//! A server that says exactly what it is told, byte by byte: what no proper server sends.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::{Context, Result};

/// What a path is answered with.
#[derive(Debug, Clone)]
struct Answer {
    bytes: Vec<u8>,
    holds: bool,
}

#[derive(Debug, Default)]
struct Shared {
    answers: Mutex<BTreeMap<String, Answer>>,
    /// Connections that are held, by path.
    held: Mutex<BTreeMap<String, TcpStream>>,
    is_over: AtomicBool,
}

/// A server on a port of its own, with a thread for each connection. It ends on drop.
#[derive(Debug)]
pub struct RawSite {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl RawSite {
    /// Starts a server that answers nothing yet.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to listen")?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if own.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), shared) = (stream, Arc::clone(&own)) else { continue };
                // A visitor who goes away is no failure of the server.
                std::thread::spawn(move || answer(&shared, stream));
            }
        });
        Ok(Self { port, shared, thread: Some(thread) })
    }

    /// Sends these bytes, head and all, and closes the connection.
    pub fn answer(&self, path: &str, bytes: impl Into<Vec<u8>>) -> &Self {
        self.set(path, Answer { bytes: bytes.into(), holds: false })
    }

    /// Sends these bytes, and then nothing, until the visitor goes away or [`RawSite::hang_up`].
    pub fn hold(&self, path: &str, bytes: impl Into<Vec<u8>>) -> &Self {
        self.set(path, Answer { bytes: bytes.into(), holds: true })
    }

    /// Ends the connection that was held last for a path.
    pub fn hang_up(&self, path: &str) -> Result<()> {
        let mut held = self.shared.held.lock().unwrap_or_else(PoisonError::into_inner);
        let stream = held.remove(path).with_context(|| format!("nobody waits at: {path}"))?;
        Ok(stream.shutdown(Shutdown::Both)?)
    }

    fn set(&self, path: &str, answer: Answer) -> &Self {
        let mut answers = self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(path.to_owned(), answer);
        drop(answers);
        self
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}:{}{path}", Ipv4Addr::LOCALHOST, self.port)
    }
}

impl Drop for RawSite {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits for visitors.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn answer(shared: &Shared, mut stream: TcpStream) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    while !lines.next()?.ok()?.is_empty() {}
    let answer = shared.answers.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
    let answer = answer.unwrap_or_else(|| Answer {
        bytes: b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec(),
        holds: false,
    });
    if answer.holds {
        let mut held = shared.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(path, stream.try_clone().ok()?);
    }
    stream.write_all(&answer.bytes).ok()?;
    if answer.holds {
        let _ = stream.read(&mut [0]);
    }
    Some(())
}
