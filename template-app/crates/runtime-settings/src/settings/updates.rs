//! Where newer versions of the app are.

use serde::{Deserialize, Serialize};

/// The section `updates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Updates {
    /// Address of the updater manifest; absent in an app that shall find it in the repository that builds, and was built in none.
    pub endpoint: Option<String>,
    /// A minisign public key, in base64 around its whole file.
    pub public_key: String,
    pub channel: String,
    pub check_on_start: bool,
    /// Absent: only when the page asks.
    pub check_every_hours: Option<u32>,
}
