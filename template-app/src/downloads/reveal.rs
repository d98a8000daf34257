//! Shows a file in the system's file manager.

use std::{io, path::Path};

use tauri::AppHandle;

/// Shows the file, selected where the file manager can do that.
#[cfg(target_os = "linux")]
pub(crate) async fn reveal(app: &AppHandle, file: &Path) -> io::Result<()> {
    let (sender, mut answer) = tauri::async_runtime::channel(1);
    let shown = file.to_owned();
    let ask = move || linux::show_item(&shown, sender);
    app.run_on_main_thread(ask).map_err(io::Error::other)?;
    if answer.recv().await == Some(true) {
        return Ok(());
    }
    open::that_detached(file.parent().unwrap_or(file))
}

#[cfg(windows)]
#[allow(clippy::disallowed_methods, reason = "the runtime has no module that makes commands")]
pub(crate) async fn reveal(_: &AppHandle, file: &Path) -> io::Result<()> {
    use std::os::windows::process::CommandExt as _;
    let mut explorer = std::process::Command::new("explorer.exe");
    // Its own way to read a command line: the path in quotes, which no path has in it, and the option outside of them.
    explorer.raw_arg(format!("/select,\"{}\"", file.display()));
    explorer.spawn().map(drop)
}

#[cfg(target_os = "macos")]
#[allow(clippy::disallowed_methods, reason = "the runtime has no module that makes commands")]
pub(crate) async fn reveal(_: &AppHandle, file: &Path) -> io::Result<()> {
    let mut open = std::process::Command::new("/usr/bin/open");
    open.arg("-R").arg(file).spawn().map(drop)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    use gtk::gio::{self, prelude::*};
    use tauri::async_runtime::Sender;

    /// <https://www.freedesktop.org/wiki/Specifications/file-manager-interface/>
    const NAME: &str = "org.freedesktop.FileManager1";
    const PATH: &str = "/org/freedesktop/FileManager1";
    /// Time for a file manager to start, in milliseconds.
    const TIMEOUT_MS: i32 = 10_000;

    /// Asks the desktop's file manager; whether it did is the answer. A drop is a no.
    pub(super) fn show_item(file: &Path, answer: Sender<bool>) {
        let uri = gio::File::for_path(file).uri().to_string();
        gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| {
            let Ok(bus) = bus else { return };
            let arguments = (vec![uri], "").to_variant();
            bus.call(
                Some(NAME),
                PATH,
                NAME,
                "ShowItems",
                Some(&arguments),
                None,
                gio::DBusCallFlags::NONE,
                TIMEOUT_MS,
                gio::Cancellable::NONE,
                move |shown| {
                    let _ = answer.try_send(shown.is_ok());
                },
            );
        });
    }
}
