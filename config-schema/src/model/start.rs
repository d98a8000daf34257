//! What starts the app besides its icon, resolved.

use serde::Serialize;

use crate::values::{AutostartMode, FileRole};

/// Links that open the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeepLinks {
    /// At least one, none twice, in lower case.
    pub schemes: Vec<String>,
}

/// A type of files that the app opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileAssociation {
    /// At least one, none twice in all of them, in lower case.
    pub ext: Vec<String>,
    pub mime_type: String,
    pub name: String,
    pub description: String,
    pub role: FileRole,
}

/// How the app appears when the system starts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Autostart {
    pub mode: AutostartMode,
}
