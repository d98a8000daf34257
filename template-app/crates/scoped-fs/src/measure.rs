//! What a folder holds, and how much more it may.

/// What is below a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Sum of the files' sizes.
    pub bytes: u64,
    /// Files and folders.
    pub entries: u64,
}

/// There is no room for what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the storage is full")]
pub struct Full;
