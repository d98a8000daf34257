//! How much a folder may hold: whoever keeps the count is asked before anything is written.

use crate::Usage;

/// What still may come into a folder. A plugin's own writes and the page's are counted by one budget.
pub trait Budget: Send + Sync {
    /// Takes room for so many more bytes, files and folders.
    fn reserve(&self, bytes: u64, entries: u64) -> Result<(), Full>;

    /// Something was removed or shrank, or what was reserved was not used: the count is no longer right, and is taken anew.
    fn changed(&self);

    /// The most that the folder may hold.
    fn quota(&self) -> Usage;
}

/// There is no room for what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the storage is full")]
pub struct Full;
