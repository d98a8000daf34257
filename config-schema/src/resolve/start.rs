//! What starts the app besides its icon, resolved.

use crate::config::{AutostartSection, DeepLinksSection, FileAssociationSection};
use crate::model::{Autostart, DeepLinks, FileAssociation};
use crate::values::Slug;

pub(super) fn deep_links(section: DeepLinksSection) -> DeepLinks {
    let schemes = section.schemes.unwrap_or_default();
    DeepLinks { schemes: schemes.into_iter().map(String::from).collect() }
}

/// None only where a rule found that the extensions are missing.
pub(super) fn file_association(
    section: FileAssociationSection,
    slug: &Slug,
) -> Option<FileAssociation> {
    let ext: Vec<String> = section.ext?.into_iter().map(String::from).collect();
    let first = ext.first()?;
    let name = section.name.map_or_else(|| format!("{} file", first.to_uppercase()), String::from);
    Some(FileAssociation {
        mime_type: section
            .mime_type
            .map_or_else(|| format!("application/x-{slug}-{first}"), String::from),
        description: section.description.map_or_else(|| name.clone(), String::from),
        role: section.role.unwrap_or_default(),
        name,
        ext,
    })
}

/// Where the module is on there is a mode, whether the section is written or not.
pub(super) fn autostart(section: Option<AutostartSection>, is_on: bool) -> Option<Autostart> {
    is_on.then(|| Autostart { mode: section.unwrap_or_default().mode.unwrap_or_default() })
}
