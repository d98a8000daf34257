//! The clipboard of the desktop: text, HTML and pictures.
//!
//! On Linux it is GTK's, which is there anyway and knows X11 and Wayland; elsewhere `arboard` (tauri-plugin-clipboard-manager
//! uses it too, and reads no HTML).

#[cfg_attr(target_os = "linux", path = "clipboard/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "clipboard/by_arboard.rs")]
mod system;

use bridge_contract::{BridgeError, ErrorCode};

use crate::picture::{Picture, PictureError};

pub(crate) use system::{
    read_html, read_image, read_text, write_html, write_pixels, write_png, write_text,
};

type Result<T> = std::result::Result<T, BridgeError>;

/// Largest text, in bytes: it is one message on its way, and more than that is a file.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// Refuses a text that is too long.
pub(crate) fn check_text(text: &str) -> Result<()> {
    if text.len() <= MAX_TEXT {
        return Ok(());
    }
    let message = format!("more than {MAX_TEXT} bytes of text: {}", text.len());
    Err(BridgeError::new(ErrorCode::ClipboardTooLarge, message))
}

fn fitting(text: String) -> Result<String> {
    check_text(&text).map(|()| text)
}

fn failed(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::ClipboardFailed, format!("the clipboard refuses: {error}"))
}

pub(crate) fn picture_error(error: PictureError) -> BridgeError {
    let code = match error {
        PictureError::TooLarge(..) => ErrorCode::ClipboardTooLarge,
        _ => ErrorCode::ClipboardInvalidImage,
    };
    BridgeError::new(code, error.to_string())
}

/// A picture that a page writes.
pub(crate) enum Written {
    /// Bytes of a PNG.
    Png(Vec<u8>),
    Pixels(Picture),
}
