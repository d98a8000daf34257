//! The last word of an app that cannot start: a native message box, and the same text on stderr.

use std::{error::Error, io::Write as _, process::ExitCode};

use rfd::{MessageButtons, MessageDialog, MessageLevel};

/// Tells the user why the app does not start.
pub(crate) fn report(error: &dyn Error) -> ExitCode {
    let advice = "Install the app again. If that does not help, tell its publisher.";
    // Without a console, as on Windows, there is nowhere to write to, and nothing is lost.
    let _ = writeln!(std::io::stderr(), "error: {error}\nhint: {advice}");
    if has_display() {
        MessageDialog::new()
            .set_level(MessageLevel::Error)
            .set_title("This app cannot start")
            .set_description(format!("{}.\n\n{advice}", capitalised(&error.to_string())))
            .set_buttons(MessageButtons::Ok)
            .show();
    }
    ExitCode::FAILURE
}

/// There is nothing to show a window on.
#[derive(Debug, thiserror::Error)]
#[error("there is no display: neither `WAYLAND_DISPLAY` nor `DISPLAY` is set")]
pub(crate) struct NoDisplay;

/// Without a display the toolkit would end the process in its own way, by a panic.
pub(crate) fn check_display() -> Result<(), NoDisplay> {
    if has_display() { Ok(()) } else { Err(NoDisplay) }
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
