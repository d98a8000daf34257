//! Payloads of the module `fs`.

use serde::Serialize;

/// A file or folder, as it travels.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FsItem {
    pub name: String,
    pub path: String,
    pub is_file: bool,
    pub is_directory: bool,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub size: u64,
    /// Milliseconds since 1970-01-01 UTC.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub modified_ms: u64,
}

/// `usage()` of a scope: what is there, and what may be.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FsUsage {
    /// Sum of the files' sizes.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub bytes: u64,
    /// The most that `bytes` may be.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub quota: u64,
    /// Files and folders.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub entries: u64,
    /// The most that `entries` may be.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub entries_quota: u64,
}

/// What is in a folder, as it travels: there may be many.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FsListing {
    /// The folder, from the scope.
    pub path: String,
    /// Name, kind (0 a file, 1 a folder, 2 neither), size in bytes, and milliseconds since 1970-01-01 UTC.
    #[cfg_attr(feature = "typescript", ts(type = "Array<[string, number, number, number]>"))]
    pub entries: Vec<(String, u8, u64, u64)>,
}

/// A stream that was opened.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FsOpened {
    /// Its number, for the commands of streams.
    pub stream: u32,
    /// Bytes that there are to read.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub size: u64,
}

/// Something that happened in a folder that is watched.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct FsChange {
    /// `renamed` where the system tells that two names belong together, else the one is `removed` and the other `created`. A
    /// folder that is removed or renamed is told as one change.
    #[cfg_attr(
        feature = "typescript",
        ts(type = "\"created\" | \"changed\" | \"removed\" | \"renamed\"")
    )]
    pub kind: &'static str,
    /// From the scope, with `/`; the new one when `renamed`.
    pub path: String,
    /// The old path when `renamed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}
