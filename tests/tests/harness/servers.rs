//! Sites, by plain sockets; what a browser makes of them is in `webdriver`.

use anyhow::{Context, Result, ensure};
use tests::servers::{Gate, Page, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{LIMIT, SHORT};

async fn exchange(site: &Site, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", site.port())).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

async fn get(site: &Site, target: &str) -> Result<String> {
    exchange(site, &format!("GET {target} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")).await
}

#[tokio::test]
async fn pages_are_served_and_requests_recorded() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html("<p>hi").csp("default-src 'self'"))
        .redirect("/from", "/to?x=1")
        .handler("/echo", |request| Page::text(&String::from_utf8_lossy(&request.body)));

    let page = get(&site, "/?q=a%20b").await?;
    ensure!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.ends_with("\r\n\r\n<p>hi"), "{page}");
    ensure!(page.contains("\r\ncontent-security-policy: default-src 'self'\r\n"), "{page}");
    let redirect = get(&site, "/from").await?;
    ensure!(
        redirect.starts_with("HTTP/1.1 302 Found\r\n") && redirect.contains("location: /to?x=1")
    );
    let absent = get(&site, "/none").await?;
    ensure!(
        absent.starts_with("HTTP/1.1 404 ") && absent.ends_with("no page at: /none"),
        "{absent}"
    );
    let body = "POST /echo HTTP/1.1\r\nhost: h\r\nX-Two: 2\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody";
    ensure!(exchange(&site, body).await?.ends_with("\r\n\r\nbody"));

    let seen: Vec<String> = site.requests().iter().map(ToString::to_string).collect();
    ensure!(seen == ["GET /?q=a%20b", "GET /from", "GET /none", "POST /echo"], "{seen:?}");
    let echo = site.wait_for_request("echo", |request| request.path == "/echo", LIMIT).await?;
    ensure!(
        (echo.header("x-two"), echo.body.as_slice()) == (Some("2"), b"body".as_slice()),
        "{echo:?}"
    );
    let error = site.wait_for_request("login", |request| request.path == "/login", SHORT).await;
    let error = error.err().context("no error")?.to_string();
    ensure!(
        error.starts_with("waited 300ms in vain for a request: login; requests: [")
            && error.contains("GET /from"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn a_gate_holds_a_page_back() -> Result<()> {
    let site = Site::start()?;
    let gate = Gate::default();
    site.page("/slow", Page::text("late").behind(&gate));
    let mut answer = std::pin::pin!(get(&site, "/slow"));
    ensure!(tokio::time::timeout(SHORT, &mut answer).await.is_err(), "the gate lets pages through");
    site.wait_for_request("slow page", |request| request.path == "/slow", LIMIT).await?;
    gate.open();
    ensure!(answer.await?.ends_with("late"));
    Ok(())
}

#[tokio::test]
async fn a_site_ends_on_drop() -> Result<()> {
    let site = Site::start_tls()?;
    let port = site.port();
    ensure!(site.origin() == format!("https://127.0.0.1:{port}"));
    ensure!(site.localhost_url("/x") == format!("https://localhost:{port}/x"));
    TcpStream::connect(("127.0.0.1", port)).await?;
    drop(site);
    ensure!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "the port still answers");
    Ok(())
}
