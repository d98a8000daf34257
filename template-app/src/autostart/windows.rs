//! Windows: an entry in the user's registry, and what the Task Manager says about it.
//! https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys

use std::{env, io};

use runtime_settings::settings::App;
use windows_registry::CURRENT_USER;

use super::ARGUMENT;

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// Where the Task Manager keeps what the user has switched off.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
/// The lowest bit of its first byte is off.
const OFF: u8 = 1;

pub(super) fn enable(app: &App) -> io::Result<()> {
    let program = env::current_exe()?;
    let program = program.to_str().ok_or_else(|| {
        io::Error::new(io::ErrorKind::Unsupported, "the path of the program is no plain text")
    })?;
    CURRENT_USER.create(RUN)?.set_string(&app.id, format!("\"{program}\" {ARGUMENT}"))?;
    forget(APPROVED, &app.id)
}

pub(super) fn disable(app: &App) -> io::Result<()> {
    forget(RUN, &app.id)
}

pub(super) fn is_enabled(app: &App) -> io::Result<bool> {
    let is_there = CURRENT_USER.open(RUN).is_ok_and(|key| key.get_string(&app.id).is_ok());
    let approved = CURRENT_USER.open(APPROVED).and_then(|key| key.get_value(&app.id));
    Ok(is_there && approved.ok().and_then(|value| value.first().copied()).unwrap_or(0) & OFF == 0)
}

/// Removes a value. One that is not there is fine, and so is a key.
fn forget(key: &str, name: &str) -> io::Result<()> {
    let Ok(key) = CURRENT_USER.options().read().write().open(key) else { return Ok(()) };
    if key.get_value(name).is_ok() {
        key.remove_value(name)?;
    }
    Ok(())
}
