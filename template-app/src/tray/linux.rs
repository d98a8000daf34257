//! Linux: can there be a tray icon? The library that shows it is loaded when the first one is made, and its absence ends the
//! process; and where nobody watches for icons, nobody sees one. So both are asked before.

use std::{
    io,
    process::{Command, ExitCode, Stdio},
    sync::OnceLock,
};

use gtk::{
    gio::{self, BusType, Cancellable, DBusCallFlags},
    glib::prelude::*,
};

/// First argument of the child process that tries to load the library.
pub(crate) const PROBE_ARGUMENT: &str = "--probe-tray";
/// Who shows icons: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
/// How long the session bus may take to say who is there, in milliseconds; it does at once.
const BUS_TIMEOUT_MS: i32 = 2000;

/// Fails where no icon would be seen.
pub(super) fn check(is_shown: bool) -> io::Result<()> {
    if !is_watched()? {
        return Err(io::Error::other(format!("nobody shows tray icons: no `{WATCHER}`")));
    }
    if is_shown || *HAS_LIBRARY.get_or_init(has_library) {
        return Ok(());
    }
    Err(io::Error::other(
        "the library of tray icons is missing: install `libayatana-appindicator3-1`",
    ))
}

static HAS_LIBRARY: OnceLock<bool> = OnceLock::new();

fn is_watched() -> io::Result<bool> {
    let bus = gio::bus_get_sync(BusType::Session, Cancellable::NONE).map_err(io::Error::other)?;
    let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
    let answer = bus.call_sync(
        Some(name),
        path,
        name,
        "NameHasOwner",
        Some(&(WATCHER,).to_variant()),
        None,
        DBusCallFlags::NONE,
        BUS_TIMEOUT_MS,
        Cancellable::NONE,
    );
    Ok(answer.map_err(io::Error::other)?.get() == Some((true,)))
}

/// The loader alone knows what it finds, and the library's own crate ends the process when it finds nothing: so a child tries.
fn has_library() -> bool {
    let Ok(program) = crate::program::path() else { return false };
    #[allow(clippy::disallowed_methods, reason = "the rule is about programs of others")]
    let mut child = Command::new(program);
    child.arg(PROBE_ARGUMENT).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    child.status().is_ok_and(|status| status.success())
}

/// What that child does: it succeeds, or it fails where the app would end.
pub(crate) fn probe_child() -> ExitCode {
    // Not by a signal: that would be reported as a crash of the app.
    #[allow(clippy::exit, reason = "a panic cannot be caught where it aborts")]
    std::panic::set_hook(Box::new(|_| std::process::exit(1)));
    let _loaded = &*libappindicator_sys::LIB;
    ExitCode::SUCCESS
}
