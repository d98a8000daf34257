//! What starts the app besides its icon: links, files, and the user's sign-in.

use serde::{Deserialize, Serialize};

/// The section `deepLinks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeepLinks {
    /// In lower case, at least one.
    pub schemes: Vec<String>,
}

/// The section `autostart`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Autostart {
    /// Until the page says otherwise.
    pub mode: AutostartMode,
}

/// How the app appears when the system starts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AutostartMode {
    Shown,
    Minimized,
    Hidden,
}
