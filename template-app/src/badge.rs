//! A number at the app's icon: at its launcher on Linux, in the dock on macOS, over its button in the taskbar on Windows.

#[cfg(any(windows, test))]
mod draw;
#[cfg_attr(target_os = "linux", path = "badge/linux.rs")]
#[cfg_attr(windows, path = "badge/overlay.rs")]
#[cfg_attr(target_os = "macos", path = "badge/dock.rs")]
mod system;

use bridge_contract::{BridgeError, ErrorCode};

pub(crate) use system::show;

fn unsupported(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::BadgeUnsupported, format!("the badge cannot be shown: {error}"))
}
