//! The server that a browser comes back to: on this machine only, for one answer, and deaf to everything else.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use tauri::async_runtime::{self, JoinHandle};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time,
};
use url::Url;

use super::{page, request::Expected};

/// Connections at a time (count): a browser opens a few, and nobody else has business here.
const MAX_CONNECTIONS: usize = 16;
/// Bytes of a request: far above what browsers send with a long code.
const MAX_REQUEST_BYTES: usize = 32 * 1024;
/// How long a connection may take to say what it wants, and to take the answer.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);
/// The end of a request's head.
const HEAD_END: &[u8] = b"\r\n\r\n";

/// Listens on a port that the system chooses.
pub(super) async fn listen() -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// A server that waits. It ends when it is dropped.
pub(super) struct Server {
    task: JoinHandle<()>,
    came: mpsc::Receiver<Url>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Serves what is expected; the page that says so names the app.
    pub(super) fn start(listener: TcpListener, expected: Expected, app: &str) -> Server {
        let (tell, came) = mpsc::channel(1);
        let shared = Arc::new((expected, app.to_owned()));
        let task = async_runtime::spawn(async move {
            let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
            while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
                // A connection that broke off before it was taken concerns no other.
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (shared, tell) = (Arc::clone(&shared), tell.clone());
                async_runtime::spawn(async move {
                    let (expected, app) = &*shared;
                    let answered = time::timeout(CONNECTION_TIMEOUT, serve(stream, expected, app));
                    if let Ok(Ok(Some(url))) = answered.await {
                        // Nobody waits any more when the first answer is there.
                        let _ = tell.try_send(url);
                    }
                    drop(permit);
                });
            }
        });
        Server { task, came }
    }

    /// The address that the browser came back to.
    pub(super) async fn came(&mut self) -> Option<Url> {
        self.came.recv().await
    }
}

/// Answers one request; gives its address if it is the expected one.
async fn serve(mut stream: TcpStream, expected: &Expected, app: &str) -> io::Result<Option<Url>> {
    let head = read_head(&mut stream).await?;
    let verdict = judge(&head, expected);
    let answer = match &verdict {
        Ok(_) => page::done(app, header(&head, "accept-language").unwrap_or_default()),
        Err(status) => page::refusal(status),
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(verdict.ok())
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.windows(HEAD_END.len()).any(|window| window == HEAD_END) {
        if head.len() > MAX_REQUEST_BYTES || stream.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    String::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The address of a request that is the expected one, else the status that it is answered with.
fn judge(head: &str, expected: &Expected) -> Result<Url, &'static str> {
    let line = head.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next())
    else {
        return Err("400 Bad Request");
    };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Err("400 Bad Request");
    }
    let origin = expected.redirect.origin().ascii_serialization();
    // A page on the web whose name was given this machine's address says its own name.
    let host = origin.trim_start_matches("http://");
    if header(head, "host").is_none_or(|named| !named.eq_ignore_ascii_case(host)) {
        return Err("421 Misdirected Request");
    }
    let url = Url::parse(&format!("{origin}{target}")).map_err(|_| "400 Bad Request")?;
    if url.path() != expected.redirect.path() {
        return Err("404 Not Found");
    }
    match method {
        "GET" if expected.fits(&url) => Ok(url),
        "GET" => Err("403 Forbidden"),
        _ => Err("405 Method Not Allowed"),
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_expected_request_is_taken() {
        let redirect = Url::parse("http://127.0.0.1:4321/secret").unwrap();
        let expected = Expected { redirect, state: "right".to_owned() };
        let judged = |head: &str| match judge(head, &expected) {
            Ok(url) => url.to_string(),
            Err(status) => status.to_owned(),
        };
        let from = |line: &str, host: &str| judged(&format!("{line}\r\nhost: {host}\r\n\r\n"));
        let here = "127.0.0.1:4321";
        let good = "GET /secret?code=1&state=right HTTP/1.1";
        assert_eq!(from(good, here), "http://127.0.0.1:4321/secret?code=1&state=right");
        for (line, host, status) in [
            (good, "evil.example.com:4321", "421 Misdirected Request"),
            (good, "127.0.0.1", "421 Misdirected Request"),
            ("GET /?code=1&state=right HTTP/1.1", here, "404 Not Found"),
            ("GET /favicon.ico HTTP/1.1", here, "404 Not Found"),
            ("GET /secret/?state=right HTTP/1.1", here, "404 Not Found"),
            ("GET /secret?code=1&state=wrong HTTP/1.1", here, "403 Forbidden"),
            ("GET /secret HTTP/1.1", here, "403 Forbidden"),
            ("POST /secret?state=right HTTP/1.1", here, "405 Method Not Allowed"),
            ("GET http://127.0.0.1:4321/secret?state=right HTTP/1.1", here, "400 Bad Request"),
            ("GET /secret?state=right", here, "400 Bad Request"),
            ("GET /secret?state=right HTTP/2", here, "400 Bad Request"),
            ("", here, "400 Bad Request"),
        ] {
            assert_eq!(from(line, host), status, "{line} {host}");
        }
        assert_eq!(judged(&format!("{good}\r\n\r\n")), "421 Misdirected Request");
    }
}
