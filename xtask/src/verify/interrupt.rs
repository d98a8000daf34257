//! Ctrl-C during a verification: what is installed is removed before the command ends.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::{Context as _, ensure};

/// How often a wait looks whether it is still wanted.
pub(super) const INTERVAL: Duration = Duration::from_millis(200);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on an interruption is noted and does not end this process. Children are in process groups of their own, so that
/// a package manager is not cut off either.
pub(super) fn watch() -> anyhow::Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .context("failed to watch for interruptions")
}

/// Fails once somebody has interrupted.
pub(super) fn check() -> anyhow::Result<()> {
    ensure!(!INTERRUPTED.load(Ordering::Relaxed), "interrupted");
    Ok(())
}
