//! Payloads of the module `files`. Field names are camelCase.

use serde::Serialize;

/// A file or folder that a page was given; the script makes a handle of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FilePicked {
    /// Its number, for the commands of files.
    pub id: u32,
    pub name: String,
    /// As the user picked it.
    pub path: String,
    /// In bytes, when it was picked; 0 for a folder.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub size: u64,
    pub is_directory: bool,
}

/// A file that the user chose and the page does not get.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FileRejected {
    pub name: String,
    /// `type`: not one of `allowed`; `too-large`: more than `maxBytes`; `unreadable`: gone, or neither file nor folder; `too-many`:
    /// more than a page may have open.
    #[cfg_attr(
        feature = "typescript",
        ts(type = "\"type\" | \"too-large\" | \"unreadable\" | \"too-many\"")
    )]
    pub reason: &'static str,
}

/// What the user chose.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FilesPicked {
    pub picked: Vec<FilePicked>,
    pub rejected: Vec<FileRejected>,
}

/// What is dragged over a window, as it travels.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FileDrop {
    #[cfg_attr(feature = "typescript", ts(type = "\"enter\" | \"hover\" | \"drop\" | \"cancel\""))]
    pub kind: &'static str,
    /// Of all that is dragged, when it enters and when it is dropped.
    pub names: Vec<String>,
    /// Where what was dropped is; empty before.
    pub paths: Vec<String>,
    /// What was dropped; empty before.
    pub files: Vec<FilePicked>,
    pub rejected: Vec<FileRejected>,
    /// Absent when it has left the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub position: Option<DropPosition>,
}

/// A place in the page, in its pixels, from the upper left corner.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DropPosition {
    pub x: f64,
    pub y: f64,
}
