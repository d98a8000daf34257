//! Downloads: names, places, and servers that do not do what they said.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};
use tests::{desktop::Desktop, process::Running, servers::{Page, RawSite}};

use crate::{remote::Remote, support::{App, SOON, url_config}};

async fn open(remote: &Remote, id: &str, raw: &RawSite) -> Result<(App, Desktop, Running)> {
    let mut config = url_config(id, &remote.site.url("/"));
    config["navigation"] = json!({ "internal": [raw.url("")] });
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let running = desktop.spawn(app.binary(), &[])?;
    remote.run("window.told = [];
         await Desktopr.downloads.onStart((download) => window.told.push(['start', download]));
         await Desktopr.downloads.onProgress((download) => window.told.push(['progress', download]));
         await Desktopr.downloads.onDone((download) => window.told.push(['done', download]))").await?;
    Ok((app, desktop, running))
}

async fn click(remote: &Remote, href: &str, name: Option<&str>) -> Result<()> {
    remote.run(&format!("const link = document.createElement('a'); link.href = {}; const name = {};
        if (name !== null) link.download = name; document.body.append(link); link.click(); link.remove();", json!(href), json!(name))).await?;
    Ok(())
}

async fn done(remote: &Remote) -> Result<Value> {
    let d = remote.run("const end = Date.now() + 3000; for (;;) { const d = window.told.filter(([k]) => k === 'done').at(-1); if (d) { window.told = window.told.filter(([k]) => k !== 'done'); return d[1]; } if (Date.now() > end) return ['none', window.told]; await new Promise((w) => setTimeout(w, 20)) }").await?;
    Ok(d.clone())
}

#[tokio::test]
async fn explore() -> Result<()> {
    let remote = Remote::start()?; let site = &remote.site;
    let raw = RawSite::start()?;
    raw.answer("/short", "HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\ncontent-disposition: attachment; filename=short.zip\r\ncontent-length: 1000\r\n\r\nonly this");
    raw.answer("/long", "HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\ncontent-disposition: attachment; filename=long.zip\r\ncontent-length: 4\r\n\r\nmuch more than this");
    raw.answer("/chunk", "HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\ncontent-disposition: attachment; filename=chunk.zip\r\ntransfer-encoding: chunked\r\n\r\n10\r\nabc");
    raw.answer("/file", "HTTP/1.1 302 OK\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n");
    raw.hold("/stall", "HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\ncontent-disposition: attachment; filename=stall.zip\r\ncontent-length: 1000\r\n\r\nonly this");
    site.page("/plain.csv", Page::bytes("text/csv", b"a,b\n"));
    site.redirect("/file", "file:///etc/passwd");
    site.page("/zip", Page::bytes("application/zip", b"PK123"));
    site.page("/att", Page::bytes("text/html", b"<p>hi").header("content-disposition", "attachment; filename=\"../../evil.html\""));
    let (_app, desktop, running) = open(&remote, "dl", &raw).await?;
    let folder: PathBuf = desktop.home().join("Downloads");
    let ls = || -> Vec<String> { std::fs::read_dir(&folder).map(|d| d.map(|e| { let e = e.unwrap(); format!("{}:{}", e.file_name().to_string_lossy(), e.metadata().unwrap().len())}).collect()).unwrap_or_default() };
    click(&remote, &site.url("/plain.csv"), Some("x.csv")).await?; println!("{:?} {:?} {:?}", done(&remote).await?, ls(), running.output_so_far());
    for (href, name) in [
        (site.url("/plain.csv"), Some("named.csv")),
        (site.url("/zip"), None),
        (site.url("/att"), None),
        ("data:text/plain,hello".to_owned(), Some("")),
        ("data:text/plain;base64,aGVsbG8=".to_owned(), Some("CON.txt")),
        (raw.url("/short"), None),
        (raw.url("/long"), None),
        (raw.url("/chunk"), None),
        (site.url("/file"), Some("passwd")),
        (site.url("/none"), Some("none.txt")),
        ("http://127.0.0.1:1/x".to_owned(), Some("none.txt")),
        ("file:///etc/passwd".to_owned(), Some("p.txt")),
    ] {
        click(&remote, &href, name).await?;
        println!("{href} {name:?} -> {}\n   {:?}", done(&remote).await?, ls());
    }
    remote.run("const url = URL.createObjectURL(new Blob(['blob text'], {type: 'text/csv'}));
        for (const name of ['', '../b:l.csv']) { const l = document.createElement('a'); l.href = url; l.download = name; document.body.append(l); l.click(); }").await?;
    println!("blob {:?}", done(&remote).await);
    println!("list {}", remote.run("return await Desktopr.downloads.list()").await?);
    click(&remote, &raw.url("/stall"), None).await?;
    let r = remote.wait_for("(await Desktopr.downloads.list()).find((d) => d.name === 'stall.zip' && d.received > 0)").await;
    println!("stall {r:?} {:?}", ls());
    let id = r?["id"].clone();
    println!("cancel {}", remote.run(&format!("return await Desktopr.downloads.cancel({id})")).await?);
    println!("done {:?} {:?}", done(&remote).await, ls());
    drop(running);
    Ok(())
}
