//! Waiting for files: what other processes leave behind is looked at again whenever something
//! changes in its directory.

use std::path::Path;

use anyhow::{Context, Result};
use async_io::Async;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

/// An inotify event with the longest file name, in bytes, is below this.
const EVENT_BUFFER_LEN: usize = 4096;

/// Asks `look` now, and again after each change in the directory, until it finds what it looks for.
pub async fn until<T>(directory: &Path, look: impl Fn() -> Result<Option<T>>) -> Result<T> {
    // The watch begins before the first look, so that no change can slip between them.
    let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let changes = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::MOVED_TO;
    inotify::add_watch(&watch, directory, changes)
        .with_context(|| format!("failed to watch: `{}`", directory.display()))?;
    let watch = Async::new_nonblocking(watch)?;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        let mut events = [0; EVENT_BUFFER_LEN];
        watch.read_with(|watch| Ok(rustix::io::read(watch, &mut events)?)).await?;
    }
}
