//! The clipboard, with another program on its other end.

use std::{io::Cursor, time::Instant};

use anyhow::{Context as _, Result, ensure};
use image::{ImageFormat, RgbaImage};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    process::Running,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, raw_call, url_config};

const CHARSET: &str = r#"<meta http-equiv="content-type" content="text/html; charset=utf-8">"#;

async fn open(id: &str) -> Result<(App, Desktop, Session)> {
    let mut config = packed_config(id);
    config["bridge"]["modules"]["clipboard"] = json!(true);
    let app = App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    Ok((app, desktop, session))
}

/// What another program gets of the clipboard.
async fn pasted(desktop: &Desktop, target: &str) -> Result<Vec<u8>> {
    let mut command = desktop.command("xclip");
    command.args(["-selection", "clipboard", "-out", "-target", target]);
    let output = tokio::process::Command::from(command).kill_on_drop(true).output();
    Ok(tokio::time::timeout(SOON, output).await.context("xclip hangs")??.stdout)
}

/// Another program copies something; it has it until the next one does, or until it ends.
async fn copied(desktop: &Desktop, target: &str, bytes: &[u8]) -> Result<Running> {
    let file = desktop.home().join("copied");
    fs_err::write(&file, bytes)?;
    let file = file.display().to_string();
    let args = ["-quiet", "-selection", "clipboard", "-in", "-target", target, file.as_str()];
    let program = desktop.spawn("xclip", &args)?;
    // It has the clipboard when it offers this.
    let deadline = Instant::now() + SOON;
    while pasted(desktop, target).await? != bytes {
        ensure!(Instant::now() < deadline, "xclip has no clipboard");
    }
    Ok(program)
}

#[tokio::test]
async fn text_and_html_go_to_other_programs_and_come_from_them() -> Result<()> {
    let (_app, desktop, session) = open("clips").await?;
    let read = |what: &'static str| session.resolved(what, vec![]);
    const TEXT: &str = "return await Desktopr.clipboard.readText()";
    const HTML: &str = "return await Desktopr.clipboard.readHtml()";
    const IMAGE: &str = "return await Desktopr.clipboard.readImage()";
    assert_eq!(
        (read(TEXT).await?, read(HTML).await?, read(IMAGE).await?),
        (json!(""), Value::Null, Value::Null),
        "nothing"
    );

    let text = "Grüße ☃\n\u{1f980} <b>";
    session.resolved("await Desktopr.clipboard.writeText(arguments[0])", vec![json!(text)]).await?;
    assert_eq!(pasted(&desktop, "UTF8_STRING").await?, text.as_bytes());
    assert_eq!(read(TEXT).await?, text);
    assert_eq!(read(HTML).await?, Value::Null);

    let html = "<b>Grüße</b> ☃";
    let write = "await Desktopr.clipboard.writeHtml(arguments[0], 'plain')";
    session.resolved(write, vec![json!(html)]).await?;
    assert_eq!(pasted(&desktop, "text/html").await?, format!("{CHARSET}{html}").as_bytes());
    assert_eq!(pasted(&desktop, "UTF8_STRING").await?, b"plain");
    assert_eq!((read(HTML).await?, read(TEXT).await?), (json!(html), json!("plain")));
    session.resolved("await Desktopr.clipboard.writeHtml('<i>x</i>')", vec![]).await?;
    assert_eq!(read(TEXT).await?, "<i>x</i>", "without a text");

    let other = copied(&desktop, "UTF8_STRING", "von außen".as_bytes()).await?;
    assert_eq!(read(TEXT).await?, "von außen");
    // It hands its text to whoever asks it for HTML or a picture.
    assert_eq!(pasted(&desktop, "image/png").await?, "von außen".as_bytes());
    assert_eq!((read(HTML).await?, read(IMAGE).await?), (Value::Null, Value::Null));
    drop(other);
    let other = copied(&desktop, "text/html", "<u>außen</u>".as_bytes()).await?;
    assert_eq!(read(HTML).await?, "<u>außen</u>");
    drop(other);

    let long = "await Desktopr.clipboard.writeText('x'.repeat(16 * 1024 * 1024 + arguments[0]))";
    session.resolved(long, vec![json!(0)]).await?;
    let refused = session.rejected(long, vec![json!(1)]).await?;
    assert_eq!(refused.code.as_deref(), Some("clipboard/too-large"));
    let length = "return (await Desktopr.clipboard.readText()).length";
    assert_eq!(session.resolved(length, vec![]).await?, 16 * 1024 * 1024);
    Ok(())
}

#[tokio::test]
async fn a_program_that_does_not_answer_is_waited_for_a_while() -> Result<()> {
    let (_app, desktop, session) = open("deaf").await?;
    let other = copied(&desktop, "UTF8_STRING", b"never").await?;
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(i32::try_from(other.pid())?).context("a process")?,
        rustix::process::Signal::STOP,
    )?;
    let script = "const read = Desktopr.clipboard.readText().catch((error) => error.code);
                  const began = performance.now();
                  await Desktopr.app.info();
                  return [performance.now() - began < 2000, await read]";
    assert_eq!(session.resolved(script, vec![]).await?, json!([true, "clipboard/failed"]));
    Ok(())
}

/// A picture whose pixels all differ, with every transparency.
fn pattern(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        image::Rgba([(x * 7) as u8, (y * 5) as u8, (x ^ y) as u8, (x + y) as u8])
    })
}

fn png(image: &RgbaImage) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// The same picture as the page draws it.
const PATTERN: &str = "const pattern = (width, height) => {
    const rgba = new Uint8Array(width * height * 4);
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 4) rgba.set([x * 7, y * 5, x ^ y, x + y], at);
    }
    return { width, height, rgba };
  };
  const same = (a, b) => a.width === b.width && a.height === b.height && a.rgba.every((byte, at) => byte === b.rgba[at]);";

#[tokio::test]
async fn pictures_keep_every_pixel() -> Result<()> {
    let (_app, desktop, session) = open("pictures").await?;
    let run = |body: &str, args: Vec<Value>| {
        let script = format!("{PATTERN} const clipboard = Desktopr.clipboard; {body}");
        let session = &session;
        async move { session.resolved(&script, args).await }
    };
    let expected = pattern(37, 19);
    run("await clipboard.writeImage(pattern(37, 19))", vec![]).await?;
    let got = image::load_from_memory(&pasted(&desktop, "image/png").await?)?.to_rgba8();
    assert!(got == expected, "what another program gets");
    let read_back = "return same(await clipboard.readImage(), pattern(37, 19))";
    assert_eq!(run(read_back, vec![]).await?, true);

    // A PNG goes as it is.
    let bytes = png(&expected)?;
    let text = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &bytes);
    let write =
        "await clipboard.writeImage(Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0)))";
    run("await clipboard.writeText('')", vec![]).await?;
    run(write, vec![json!(text)]).await?;
    assert_eq!(pasted(&desktop, "image/png").await?, bytes);
    assert_eq!(run(read_back, vec![]).await?, true);

    let other = copied(&desktop, "image/png", &bytes).await?;
    assert_eq!(run(read_back, vec![]).await?, true, "from another program");
    drop(other);
    // What is no picture leaves what was there.
    run("await clipboard.writeText('kept')", vec![]).await?;
    for (bad, code) in [
        ("new Uint8Array([1, 2, 3])", "clipboard/invalid-image"),
        ("new Uint8Array(0)", "clipboard/invalid-image"),
        ("{ width: 2, height: 2, rgba: new Uint8Array(15) }", "clipboard/invalid-image"),
        ("{ width: 0, height: 0, rgba: new Uint8Array(0) }", "clipboard/invalid-image"),
        ("{ width: 1, height: 1, rgba: 'abcd' }", "bridge/invalid-argument"),
        ("{ width: 1, rgba: new Uint8Array(4) }", "bridge/invalid-argument"),
        (
            "{ width: 4097, height: 4096, rgba: new Uint8Array(4097 * 4096 * 4) }",
            "clipboard/too-large",
        ),
        ("null", "bridge/invalid-argument"),
    ] {
        let refused = session
            .rejected(&format!("await Desktopr.clipboard.writeImage({bad})"), vec![])
            .await?;
        assert_eq!(refused.code.as_deref(), Some(code), "{bad}: {refused}");
    }
    assert_eq!(run("return await clipboard.readText()", vec![]).await?, "kept");

    // 10 MB there and back.
    let script = "const image = pattern(1600, 1640); const began = performance.now();
                  await clipboard.writeImage(image); const written = performance.now();
                  const back = await clipboard.readImage(); const read = performance.now();
                  return [same(image, back), Math.round(written - began), Math.round(read - written)]";
    let timed = run(script, vec![]).await?;
    assert_eq!(timed[0], true);
    println!("10 MB: written in {} ms, read in {} ms", timed[1], timed[2]);
    Ok(())
}

#[tokio::test]
async fn pictures_go_the_slow_way_too_and_the_module_is_off_by_default() -> Result<()> {
    let site = Site::start()?;
    site.page("/", Page::html(PLAIN_PAGE).csp("default-src 'self'"));
    let mut config = url_config("slowclip", &site.url("/"));
    config["bridge"]["modules"]["clipboard"] = json!(true);
    let (app, desktop) = (App::stamp(&config, &[]).await?, Desktop::start().await?);
    let session = app.open(&desktop).await?;
    let script = format!(
        "{PATTERN} const image = pattern(600, 500); await Desktopr.clipboard.writeImage(image);
         return same(image, await Desktopr.clipboard.readImage())"
    );
    assert_eq!(session.resolved(&script, vec![]).await?, true);
    drop(session);

    let app = App::stamp(&url_config("noclip", &site.url("/")), &[]).await?;
    let session = app.open(&desktop).await?;
    let refused = session.rejected("await Desktopr.clipboard.readText()", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("bridge/module-disabled"));
    let raw = raw_call(&session, "plugin:bridge|clipboard_read_text", json!({})).await?;
    assert_ne!(raw, "ok");
    Ok(())
}
