//! Rules of the sections `deepLinks`, `fileAssociations` and `autostart`.

use super::{no_repeats, require};
use crate::check::Findings;
use crate::config::{AppConfig, ModulesSection};
use crate::problem::code;

pub(super) fn check(config: &AppConfig, findings: &mut Findings) {
    let modules = config.bridge.clone().unwrap_or_default().modules.unwrap_or_default();
    deep_links(config, &modules, findings);
    file_associations(config, &modules, findings);
    if config.autostart.is_some() && modules.autostart != Some(true) {
        let reason = "contradiction: there is a section `autostart`, and the bridge's module `autostart` is not on";
        module_is_off("autostart", "autostart", modules.autostart, reason, findings);
    }
}

fn deep_links(config: &AppConfig, modules: &ModulesSection, findings: &mut Findings) {
    let Some(section) = &config.deep_links else { return };
    let field = "deepLinks.schemes";
    require(section.schemes.as_ref(), field, r#""schemes": ["notes"]"#, findings);
    let Some(schemes) = &section.schemes else { return };
    not_empty(field, schemes, findings);
    no_repeats(field, &schemes.iter().collect::<Vec<_>>(), findings);
    if modules.events == Some(false) && modules.auth != Some(true) {
        let reason = "contradiction: links open the app, and the bridge's module `events`, which tells pages of them, is off";
        module_is_off("deepLinks", "events", modules.events, reason, findings);
    }
}

fn file_associations(config: &AppConfig, modules: &ModulesSection, findings: &mut Findings) {
    let Some(entries) = &config.file_associations else { return };
    let mut seen: Vec<(&str, usize)> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let field = format!("fileAssociations[{index}].ext");
        require(entry.ext.as_ref(), &field, r#""ext": ["md"]"#, findings);
        let Some(extensions) = &entry.ext else { continue };
        not_empty(&field, extensions, findings);
        for (place, extension) in extensions.iter().enumerate() {
            match seen.iter().find(|(known, _)| *known == extension.as_str()) {
                Some((_, first)) => {
                    let reason = format!(
                        "repeated entry: `{extension}` is already of `fileAssociations[{first}]`"
                    );
                    let field = format!("{field}[{place}]");
                    findings.add(&field, code::INVALID_VALUE, reason, "remove it");
                }
                None => seen.push((extension.as_str(), index)),
            }
        }
    }
    if entries.is_empty() {
        return;
    }
    if modules.files != Some(true) {
        let reason = "contradiction: files open the app, and the bridge's module `files`, which gives them to pages, is not on";
        module_is_off("fileAssociations", "files", modules.files, reason, findings);
    }
    if modules.events == Some(false) {
        let reason = "contradiction: files open the app, and the bridge's module `events`, which tells pages of them, is off";
        module_is_off("fileAssociations", "events", modules.events, reason, findings);
    }
}

fn not_empty<T>(field: &str, entries: &[T], findings: &mut Findings) {
    if entries.is_empty() && findings.is_sound(field) {
        findings.add(field, code::INVALID_VALUE, "empty list", "add an entry");
    }
}

/// A section that has no effect without a module is a slip.
fn module_is_off(
    section: &str,
    module: &str,
    written: Option<bool>,
    reason: &str,
    findings: &mut Findings,
) {
    let field = format!("bridge.modules.{module}");
    if findings.is_sound(&field) {
        let fix = format!(
            r#"write `"bridge": {{"modules": {{"{module}": true}}}}`, or remove `{section}`"#
        );
        let at = if written.is_some() { field.as_str() } else { section };
        findings.add(at, code::CONTRADICTION, reason, fix);
    }
}
