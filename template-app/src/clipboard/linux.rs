//! GTK's clipboard. It is asked on the window's thread, where it lives, and answers later: nothing waits there. Pictures are decoded
//! elsewhere.

use std::{rc::Rc, time::Duration};

use gtk::{
    Clipboard, TargetEntry, TargetFlags,
    gdk::{Atom, SELECTION_CLIPBOARD},
    gdk_pixbuf::Pixbuf,
    glib::Bytes,
};
use tauri::{AppHandle, async_runtime};
use tokio::sync::oneshot::{self, Sender};

use super::{Result, failed, fitting, picture_error};
use crate::picture::Picture;

/// How long the program that has what is on the clipboard may take to hand it over.
const OWNER_TIMEOUT: Duration = Duration::from_secs(5);

/// Names what else the clipboard can be asked for (ICCCM, section 2.6.2).
const OFFERED: &str = "TARGETS";
const PNG: &str = "image/png";
const HTML: &str = "text/html";
/// How programs ask for text.
const TEXTS: &[&str] =
    &["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT", "COMPOUND_TEXT"];
/// Stands before HTML that is written, as browsers write it: some programs take it for Latin-1 otherwise.
const CHARSET: &str = r#"<meta http-equiv="content-type" content="text/html; charset=utf-8">"#;
/// Numbers of what is offered.
const INFO_MAIN: u32 = 0;
const INFO_TEXT: u32 = 1;

/// Asks on the window's thread, and waits for the answer elsewhere.
async fn ask<T: Send + 'static>(
    app: &AppHandle,
    question: impl FnOnce(Clipboard, Sender<T>) + Send + 'static,
) -> Result<T> {
    let (sender, answer) = oneshot::channel();
    app.run_on_main_thread(move || question(Clipboard::get(&SELECTION_CLIPBOARD), sender))
        .map_err(failed)?;
    match tokio::time::timeout(OWNER_TIMEOUT, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(failed("no answer")),
        Err(_) => Err(failed(format!(
            "the program that has its content did not answer in {OWNER_TIMEOUT:?}"
        ))),
    }
}

pub(crate) async fn read_text(app: &AppHandle) -> Result<String> {
    let text = ask(app, |clipboard, answer| {
        clipboard.request_text(|_, text| {
            // Whoever asked may have stopped waiting; so below.
            let _ = answer.send(text.map(ToOwned::to_owned));
        });
    });
    fitting(text.await?.unwrap_or_default())
}

pub(crate) async fn read_html(app: &AppHandle) -> Result<Option<String>> {
    let Some(bytes) = contents(app, HTML).await? else { return Ok(None) };
    fitting(html_of(&bytes)).map(Some)
}

/// What there is of a kind. Some programs answer with what they have whatever they are asked for, so what they offer counts.
async fn contents(app: &AppHandle, target: &'static str) -> Result<Option<Vec<u8>>> {
    ask(app, move |clipboard, answer| {
        clipboard.request_contents(&Atom::intern(OFFERED), move |clipboard, offered| {
            let target = Atom::intern(target);
            if !offered.targets().unwrap_or_default().contains(&target) {
                let _ = answer.send(None);
                return;
            }
            clipboard.request_contents(&target, |_, data| {
                let _ = answer.send((data.length() > 0).then(|| data.data()));
            });
        });
    })
    .await
}

/// Programs write UTF-8, or UTF-16 with a mark, and some a zero at the end.
fn html_of(bytes: &[u8]) -> String {
    let units = |of: fn([u8; 2]) -> u16| {
        let units: Vec<_> =
            bytes.chunks_exact(2).skip(1).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let text = text.trim_end_matches('\0');
    text.strip_prefix(CHARSET).unwrap_or(text).to_owned()
}

/// What programs offer as PNG as it is; of other formats what GTK makes of them.
pub(crate) async fn read_image(app: &AppHandle) -> Result<Option<Picture>> {
    if let Some(png) = contents(app, PNG).await? {
        let decoded = async_runtime::spawn_blocking(move || Picture::decode(&png));
        return decoded.await.map_err(failed)?.map(Some).map_err(picture_error);
    }
    let pixels = ask(app, |clipboard, answer| {
        clipboard.request_contents(&Atom::intern(OFFERED), |clipboard, offered| {
            if !offered.targets_include_image(false) {
                let _ = answer.send(None);
                return;
            }
            clipboard.request_image(|_, pixbuf| {
                let _ = answer.send(pixbuf.map(Pixels::of));
            });
        });
    });
    let Some(pixels) = pixels.await? else { return Ok(None) };
    let picture = async_runtime::spawn_blocking(move || pixels.picture());
    picture.await.map_err(failed)?.map(Some).map_err(picture_error)
}

/// Pixels as GDK has them: three or four bytes each, and something behind each row.
struct Pixels {
    width: u32,
    height: u32,
    channels: usize,
    row: usize,
    bytes: Bytes,
}

impl Pixels {
    fn of(pixbuf: &Pixbuf) -> Pixels {
        let size = |number: i32| u32::try_from(number).unwrap_or_default();
        Pixels {
            width: size(pixbuf.width()),
            height: size(pixbuf.height()),
            channels: size(pixbuf.n_channels()) as usize,
            row: size(pixbuf.rowstride()) as usize,
            bytes: pixbuf.read_pixel_bytes(),
        }
    }

    fn picture(&self) -> std::result::Result<Picture, crate::picture::PictureError> {
        let used = self.width as usize * self.channels;
        let rows = self.bytes.chunks(self.row.max(1)).take(self.height as usize);
        let pixels =
            rows.flat_map(|row| row.get(..used).unwrap_or_default().chunks(self.channels.max(1)));
        let rgba = pixels.flat_map(|pixel| match pixel {
            [r, g, b, a] => [*r, *g, *b, *a],
            [r, g, b, ..] => [*r, *g, *b, u8::MAX],
            _ => [0; 4],
        });
        Picture::of(self.width, self.height, rgba.collect())
    }
}

pub(crate) async fn write_text(app: &AppHandle, text: String) -> Result<()> {
    ask(app, move |clipboard, answer| {
        clipboard.set_text(&text);
        let _ = answer.send(());
    })
    .await
}

pub(crate) async fn write_html(app: &AppHandle, html: String, text: String) -> Result<()> {
    offer(app, HTML, format!("{CHARSET}{html}").into_bytes(), Some(text)).await
}

pub(crate) async fn write_png(app: &AppHandle, png: Vec<u8>) -> Result<()> {
    offer(app, PNG, png, None).await
}

/// Offered as PNG, which every program takes. GTK would encode it on the window's thread.
pub(crate) async fn write_pixels(app: &AppHandle, picture: Picture) -> Result<()> {
    let Picture { width, height, rgba } = picture;
    let encoded = async_runtime::spawn_blocking(move || Picture::encode(width, height, &rgba));
    write_png(app, encoded.await.map_err(failed)?.map_err(picture_error)?).await
}

/// Offers bytes in a format, and a text to programs that take nothing else.
async fn offer(
    app: &AppHandle,
    target: &'static str,
    bytes: Vec<u8>,
    text: Option<String>,
) -> Result<()> {
    let taken = ask(app, move |clipboard, answer| {
        let entry = |name: &&str, info| TargetEntry::new(name, TargetFlags::empty(), info);
        let mut offered = vec![entry(&target, INFO_MAIN)];
        if text.is_some() {
            offered.extend(TEXTS.iter().map(|name| entry(name, INFO_TEXT)));
        }
        let content = Rc::new((bytes, text.unwrap_or_default()));
        let taken = clipboard.set_with_data(&offered, move |_, asked, info| match info {
            INFO_MAIN => asked.set(&asked.target(), 8, &content.0),
            _ => drop(asked.set_text(&content.1)),
        });
        let _ = answer.send(taken);
    });
    match taken.await? {
        true => Ok(()),
        false => Err(failed("another program has it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_read_however_programs_write_it() {
        let utf16 = |text: &str, of: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(of).collect()
        };
        for bytes in [
            "<b>é</b>".as_bytes().to_vec(),
            "<b>é</b>\0".as_bytes().to_vec(),
            format!("{CHARSET}<b>é</b>").into_bytes(),
            utf16("<b>é</b>", u16::to_le_bytes),
            utf16("<b>é</b>", u16::to_be_bytes),
        ] {
            assert_eq!(html_of(&bytes), "<b>é</b>", "{bytes:?}");
        }
    }

    #[test]
    fn pixels_of_gdk_lose_what_is_behind_their_rows() {
        let bytes = Bytes::from_static(&[1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12]);
        let pixels = Pixels { width: 2, height: 2, channels: 3, row: 8, bytes };
        let rgba = vec![1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255];
        assert_eq!(pixels.picture(), Ok(Picture { width: 2, height: 2, rgba }));
    }
}
