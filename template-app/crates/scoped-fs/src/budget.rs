//! How much a folder may hold: whoever keeps the count is asked before anything is written.

use crate::Usage;

/// What still may come into a folder. A plugin's own writes and the page's are counted by one budget.
pub trait Budget: Send + Sync {
    /// Takes room for so many more bytes, files and folders.
    fn reserve(&self, bytes: u64, entries: u64) -> Result<(), Full>;

    /// What room was taken for is there now, and so much has gone for it, or by itself.
    fn settled(&self, _reserved: Usage, gone: Usage) {
        if gone != Usage::default() {
            self.changed();
        }
    }

    /// What room was taken for has not come.
    fn cancelled(&self, _reserved: Usage) {
        self.changed();
    }

    /// Something was removed or shrank, nobody knows by how much: the count is no longer right, and is taken anew.
    fn changed(&self);

    /// So much is there, as somebody has just counted.
    fn counted(&self, _found: Usage) {}

    /// The most that the folder may hold.
    fn quota(&self) -> Usage;
}

/// The budget of a folder that nothing comes into.
pub(crate) struct NoRoom;

impl Budget for NoRoom {
    fn reserve(&self, _: u64, _: u64) -> Result<(), Full> {
        Err(Full)
    }

    fn changed(&self) {}

    fn quota(&self) -> Usage {
        Usage::default()
    }
}

/// There is no room for what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the storage is full")]
pub struct Full;
