//! Payloads of the module `diagnostics`.

use serde::{Deserialize, Serialize};

/// What is recorded, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PrivacySettings {
    /// Whether `newRecord` records. Default: false.
    pub analytics_enabled: bool,
    /// Whether errors and crashes are recorded. Default: true.
    pub crash_reports_enabled: bool,
    /// Days that files in `logs` and `runtime` are kept, 30 to 3650. Default: 180.
    pub retention_days_logs: u32,
    /// Days that records of `newRecord` are kept, 30 to 3650. Default: 180. They are in `logs`: the smaller of the two counts.
    pub retention_days_analytics: u32,
    /// Days that files in `crashes` are kept, 90 to 3650. Default: 365.
    pub retention_days_crashes: u32,
}

impl Default for PrivacySettings {
    fn default() -> PrivacySettings {
        PrivacySettings {
            analytics_enabled: false,
            crash_reports_enabled: true,
            retention_days_logs: 180,
            retention_days_analytics: 180,
            retention_days_crashes: 365,
        }
    }
}

/// An error, as a page describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ErrorPayload {
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineno: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colno: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
}

/// A kind of records, and the folder that they are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecordsArea {
    Logs,
    Crashes,
    Runtime,
}

/// A file of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RecordsFile {
    /// Its path in the scope `diagnostics`.
    pub rel_path: String,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub bytes: u64,
    /// Milliseconds since 1970-01-01 UTC.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub modified_ms: u64,
}

/// What a run of the retention has deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RetentionRun {
    /// Files.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub deleted: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub bytes: u64,
}

/// How the app ended the last time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct LastExit {
    /// It ended in a normal way, or has never run before.
    pub clean: bool,
    /// When it was last known to run, if it did not: milliseconds since 1970-01-01 UTC, right to half a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub last_seen_ms: Option<u64>,
    /// Version of the app that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
}
