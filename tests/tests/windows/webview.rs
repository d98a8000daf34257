//! WebView2 where it is missing: fetched from Microsoft, and done without when it cannot be had.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use serde_json::json;
use tests::wine::Wine;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::support::{EXECUTABLE, SOON, config, default_folder, nsis};

/// Where Windows learns of a proxy.
const PROXY_KEY: &str = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
/// Where WebView2 says which version is there.
const WEBVIEW_KEY: &str =
    "HKCU\\Software\\Microsoft\\EdgeUpdate\\Clients\\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";

/// A proxy on loopback that refuses everything, and notes the first line of what was asked for.
async fn refusing_proxy() -> Result<(u16, Arc<Mutex<Vec<String>>>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = [0; 1024];
            let count = stream.read(&mut bytes).await.unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
            if let Ok(mut notes) = notes.lock() {
                notes.push(text.lines().next().unwrap_or_default().to_owned());
            }
            let refusal =
                b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(refusal).await;
        }
    });
    Ok((port, asked))
}

#[tokio::test]
async fn a_missing_webview_is_asked_for_and_its_lack_survived() -> Result<()> {
    let mut config = config("0.1.0");
    config["bundle"]["windows"]["webview"] = json!("downloadBootstrapper");
    let (_app, installer) = nsis(&config, &[]).await?;
    let (port, asked) = refusing_proxy().await?;
    let mut wine = Wine::start().await?;
    wine.set(PROXY_KEY, "ProxyServer", &format!("http://127.0.0.1:{port}")).await?;
    wine.set_number(PROXY_KEY, "ProxyEnable", 1).await?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    assert!(wine.path(&default_folder(&wine)?).join(EXECUTABLE).exists());
    let first = asked.lock().unwrap().first().cloned();
    assert_eq!(first.as_deref(), Some("CONNECT go.microsoft.com:443 HTTP/1.1"));

    asked.lock().unwrap().clear();
    wine.set(WEBVIEW_KEY, "pv", "130.0.2849.80").await?;
    wine.run(&installer, &["/S"], SOON).await?.expect_code(0)?;
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
    Ok(())
}
