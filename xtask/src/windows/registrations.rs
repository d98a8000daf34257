//! What Windows is told that the app opens: links and types of files.

use serde::Serialize;

use super::Bundling;
use crate::render::{is_own_type, one_line};

/// Entries of the registry, below `Software\Classes`.
#[derive(Debug, Serialize)]
pub(super) struct Registrations {
    pub(super) schemes: Vec<String>,
    pub(super) file_types: Vec<FileType>,
}

/// One ending of files.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileType {
    /// Without a dot.
    pub(super) ext: String,
    /// The name by which the ending finds the program.
    /// https://learn.microsoft.com/windows/win32/shell/fa-progids
    pub(super) prog_id: String,
    pub(super) mime_type: String,
    /// Nobody else has such files.
    pub(super) is_own: bool,
    /// What the Explorer shows as the type.
    pub(super) description: String,
}

impl Registrations {
    pub(super) fn of(bundling: &Bundling<'_>) -> Registrations {
        let model = bundling.model;
        let links = model.deep_links.as_ref();
        let file_types = model.file_associations.iter().flat_map(|association| {
            association.ext.iter().map(|ext| FileType {
                ext: ext.clone(),
                prog_id: format!("{}.{ext}", bundling.identity.id),
                is_own: is_own_type(association),
                mime_type: association.mime_type.clone(),
                description: one_line(&association.description),
            })
        });
        Registrations {
            schemes: links.map(|links| links.schemes.clone()).unwrap_or_default(),
            file_types: file_types.collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.schemes.is_empty() && self.file_types.is_empty()
    }
}
