//! Module `clipboard`: commands over the clipboard of the desktop.

use std::io::Cursor;

use bridge_contract::{BridgeError, ClipboardPicture, ErrorCode, MAX_BYTES_AT_ONCE};
use serde_json::Value;
use tauri::{Manager as _, async_runtime};

use super::{Call, Command, Command::Later, Result, Task, bytes_of, internal, reply};
use crate::{
    clipboard::{self, Written, picture_error},
    picture::Picture,
    streams,
};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("clipboard_read_text", Later(read_text)),
    ("clipboard_write_text", Later(write_text)),
    ("clipboard_read_html", Later(read_html)),
    ("clipboard_write_html", Later(write_html)),
    ("clipboard_read_image", Later(read_image)),
    ("clipboard_write_image", Later(write_image)),
];

fn read_text(call: Call) -> Task {
    Box::pin(async move { reply(&clipboard::read_text(call.window.app_handle()).await?) })
}

fn write_text(call: Call) -> Task {
    Box::pin(async move {
        let text: String = call.arg("text")?;
        clipboard::check_text(&text)?;
        reply(&clipboard::write_text(call.window.app_handle(), text).await?)
    })
}

fn read_html(call: Call) -> Task {
    Box::pin(async move { reply(&clipboard::read_html(call.window.app_handle()).await?) })
}

fn write_html(call: Call) -> Task {
    Box::pin(async move {
        let (html, text): (String, Option<String>) = (call.arg("html")?, call.arg("text")?);
        let text = text.unwrap_or_else(|| html.clone());
        clipboard::check_text(&html)?;
        clipboard::check_text(&text)?;
        reply(&clipboard::write_html(call.window.app_handle(), html, text).await?)
    })
}

fn read_image(call: Call) -> Task {
    Box::pin(async move {
        let Some(picture) = clipboard::read_image(call.window.app_handle()).await? else {
            return reply(&Value::Null);
        };
        let Picture { width, height, rgba } = picture;
        let size = rgba.len() as u64;
        let stream = streams::open_read(&call, Cursor::new(rgba))?;
        reply(&ClipboardPicture { width, height, stream, size })
    })
}

fn write_image(call: Call) -> Task {
    Box::pin(async move {
        let app = call.window.app_handle().clone();
        // Checked before the clipboard is touched: a bad picture leaves there what was there.
        let written = async_runtime::spawn_blocking(move || written(&call)).await;
        match written.map_err(internal)?? {
            Written::Png(png) => reply(&clipboard::write_png(&app, png).await?),
            Written::Pixels(picture) => reply(&clipboard::write_pixels(&app, picture).await?),
        }
    })
}

fn written(call: &Call) -> Result<Written> {
    let bytes = bytes_of(call)?;
    if bytes.len() as u64 > MAX_BYTES_AT_ONCE {
        let message = format!("more than {MAX_BYTES_AT_ONCE} bytes: {}", bytes.len());
        return Err(BridgeError::new(ErrorCode::ClipboardTooLarge, message));
    }
    match call.arg::<Option<u32>>("width")? {
        None => {
            Picture::decode(&bytes).map_err(picture_error)?;
            Ok(Written::Png(bytes.into_owned()))
        }
        Some(width) => Picture::of(width, call.arg("height")?, bytes.into_owned())
            .map(Written::Pixels)
            .map_err(picture_error),
    }
}
