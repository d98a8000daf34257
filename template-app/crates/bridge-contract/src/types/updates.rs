//! Payloads of the module `updates`.

use serde::Serialize;

/// A newer version of the app: `updates.check()` and the event `update:available`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct UpdateInfo {
    #[cfg_attr(feature = "typescript", ts(type = "true"))]
    pub available: bool,
    pub version: String,
    /// What is new, when the manifest says it.
    pub notes: Option<String>,
    /// When it was published, as the manifest has it (RFC 3339).
    pub date: Option<String>,
}

/// How far a download is: `updates.download()` and the event `update:progress`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct UpdateProgress {
    /// In bytes.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub received: u64,
    /// In bytes; null when the server does not tell.
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub total: Option<u64>,
}
