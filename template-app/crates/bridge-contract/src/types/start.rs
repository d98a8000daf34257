//! Payloads about how the app was started. Field names are camelCase.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FilePicked, FileRejected};

/// A link that opened the app.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Deeplink {
    /// The whole link.
    pub raw: String,
    /// Without the colon, in lower case.
    pub scheme: String,
    pub segments: DeeplinkSegments,
    /// The values of the query; of a key that is there twice, the first.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, string>"))]
    pub query: BTreeMap<String, String>,
    /// The values of the query, all of them.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, string[]>"))]
    pub query_all: BTreeMap<String, Vec<String>>,
}

/// The parts of a link: of `notes://page/1`, `page` and `1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DeeplinkSegments {
    /// Null in a link that has none.
    pub first: Option<String>,
    pub last: Option<String>,
    /// Host and path, split at slashes and decoded.
    pub list: Vec<String>,
    pub scheme: String,
    /// The list, joined by slashes.
    pub path: String,
    /// As it stands in the link, without the question mark.
    pub query: String,
    /// Without the hash sign.
    pub fragment: String,
}

/// Files that opened the app, as they travel.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FilesOpened {
    pub files: Vec<FilePicked>,
    pub rejected: Vec<FileRejected>,
}

/// How the app appears when the system has started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AutostartMode {
    Shown,
    Minimized,
    Hidden,
}

/// A change of a global variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct VariableChange {
    pub key: String,
    /// Null when it was removed.
    pub value: Option<String>,
    /// Label of the window that changed it.
    pub source: String,
}
