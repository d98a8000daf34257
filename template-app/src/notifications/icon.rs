//! The picture of a notification: a file of the app's packed content, or a `data:` URL. Never a path of the computer.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bridge_contract::{BridgeError, ErrorCode};
use percent_encoding::percent_decode_str;
use runtime_settings::WEB_DIR;

use crate::state::AppState;

/// Largest icon, in bytes as a file.
const MAX_ICON: usize = 1024 * 1024;

/// An icon as a file's bytes.
pub(super) struct Icon {
    pub(super) bytes: Vec<u8>,
    /// Where it is in the pack, if it is of the content.
    #[cfg_attr(target_os = "linux", allow(dead_code, reason = "Linux takes pixels"))]
    pub(super) path: Option<String>,
}

/// Reads what the page calls an icon.
pub(super) fn read(state: &AppState, icon: &str) -> Result<Icon, BridgeError> {
    let read = match icon.strip_prefix("data:") {
        Some(data) => {
            decoded(data).map(|bytes| Icon { bytes, path: None }).ok_or("not base64 of a picture")
        }
        None => content(state, icon).ok_or("no file of the app's packed content"),
    };
    match read {
        Ok(icon) if icon.bytes.len() <= MAX_ICON => Ok(icon),
        Ok(icon) => Err(invalid(&format!("more than {MAX_ICON} bytes: {}", icon.bytes.len()))),
        Err(reason) => Err(invalid(&format!("{reason}: `{icon:.60}`"))),
    }
}

/// The manifest knows exact names only, so no path leads out of the content.
fn content(state: &AppState, path: &str) -> Option<Icon> {
    let path = percent_decode_str(path.trim_start_matches("./").trim_start_matches('/'));
    let path = format!("{WEB_DIR}/{}", path.decode_utf8().ok()?);
    Some(Icon { bytes: state.pack.read(&path).ok()?, path: Some(path) })
}

fn decoded(data: &str) -> Option<Vec<u8>> {
    let (kind, text) = data.split_once(',')?;
    let is_picture = kind.starts_with("image/") && kind.ends_with(";base64");
    // Four letters are three bytes.
    let fits = text.len() / 4 * 3 <= MAX_ICON;
    BASE64_STANDARD.decode(text).ok().filter(|_| is_picture && fits)
}

pub(super) fn invalid(reason: &str) -> BridgeError {
    BridgeError::new(ErrorCode::NotificationsInvalidIcon, format!("argument `icon`: {reason}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_data_url_is_base64_of_a_picture() {
        assert_eq!(super::decoded("image/png;base64,AQID"), Some(vec![1, 2, 3]));
        for data in [
            "text/html;base64,AQID",
            "image/png,AQID",
            "image/png;base64,?",
            "",
            "image/png;base64",
        ] {
            assert_eq!(super::decoded(data), None, "{data}");
        }
    }
}
