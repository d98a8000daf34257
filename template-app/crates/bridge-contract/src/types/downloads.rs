//! Payloads of the module `downloads`. Field names are camelCase.

use serde::Serialize;

/// A download, as `downloads.list()` and the events of downloads have it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Download {
    pub id: u32,
    /// What was asked for; of a `data:` URL only what stands before the data.
    pub url: String,
    /// Name of the file: until it is there, the one that it shall have.
    pub name: String,
    /// Where the file is, only where the user chose the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub path: Option<String>,
    /// `asking`: the user chooses a place.
    #[cfg_attr(
        feature = "typescript",
        ts(type = "\"asking\" | \"running\" | \"done\" | \"failed\" | \"cancelled\"")
    )]
    pub state: DownloadState,
    /// In bytes.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub received: u64,
    /// In bytes, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub total: Option<u64>,
    /// Milliseconds since 1970-01-01 UTC.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub started_at: u64,
    /// A sentence for people, when `state` is `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub error: Option<String>,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DownloadState {
    Asking,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl DownloadState {
    /// Does nothing happen to it any more?
    pub fn has_ended(self) -> bool {
        matches!(self, DownloadState::Done | DownloadState::Failed | DownloadState::Cancelled)
    }
}
