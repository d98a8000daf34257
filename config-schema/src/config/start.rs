//! What starts the app besides its icon: links, files, and the user's sign-in.

use schemars::JsonSchema;
use serde::Deserialize;

use super::MAX_ENTRIES;
use crate::values::{AutostartMode, Extension, FileRole, Line, MimeType, Scheme};

/// The `deepLinks` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeepLinksSection {
    /// Schemes of links that open the app: `notes` for `notes://page/1`. Installers register them.
    #[schemars(required, length(min = 1, max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub schemes: Option<Vec<Scheme>>,
}

/// An entry of `fileAssociations`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileAssociationSection {
    /// Extensions of the type's files, without a dot: `["md", "markdown"]`.
    #[schemars(required, length(min = 1, max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub ext: Option<Vec<Extension>>,
    /// The media type. Left out, the type is the app's own: `application/x-SLUG-EXT`.
    pub mime_type: Option<MimeType>,
    /// What the type is called. `MD file` and the like if left out.
    pub name: Option<Line<100>>,
    /// What the system's file manager shows for such a file. The name if left out.
    pub description: Option<Line<200>>,
    /// What the app does with such a file; macOS tells the user.
    #[schemars(extend("default" = FileRole::default()))]
    pub role: Option<FileRole>,
}

/// The `autostart` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AutostartSection {
    /// How the app appears when the system starts it at sign-in, until the page says otherwise. `hidden` needs an icon in the tray; without one the window is minimised.
    #[schemars(extend("default" = AutostartMode::default()))]
    pub mode: Option<AutostartMode>,
}
