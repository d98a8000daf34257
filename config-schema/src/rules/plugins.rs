//! Rules of the section `plugins`, and of the bridge's module that leads to it.

use super::{no_repeats, require};
use crate::check::Findings;
use crate::config::{AppConfig, LimitsSection, ModulesSection, PluginsSection};
use crate::defaults;
use crate::problem::code;
use crate::values::{Milliseconds, PluginFile};

/// A section that makes plugins possible, for hints.
pub(super) const EXAMPLE: &str = r#""plugins": {"bundled": [{"file": "plugins/math.wasm"}]}"#;

pub(super) fn check(config: &AppConfig, findings: &mut Findings) {
    let bridge = config.bridge.clone().unwrap_or_default();
    let modules = bridge.modules.unwrap_or_default();
    module(config.plugins.as_ref(), &modules, findings);
    if let Some(section) = &config.plugins {
        entries(section, findings);
        additions(section, findings);
        limits(section, findings);
    }
}

/// Plugins that no page can call, and a module without anything to call, are slips.
fn module(section: Option<&PluginsSection>, modules: &ModulesSection, findings: &mut Findings) {
    let field = "bridge.modules.plugins";
    if section.is_some() && modules.plugins != Some(true) && findings.is_sound(field) {
        let reason =
            "contradiction: there are plugins, and the bridge's module `plugins` is not on";
        let fix = r#"write `"bridge": {"modules": {"plugins": true}}`, or remove the plugins"#;
        let at = if modules.plugins.is_some() { field } else { "plugins" };
        findings.add(at, code::CONTRADICTION, reason, fix);
    }
    if section.is_none() && modules.plugins == Some(true) && findings.is_sound("plugins") {
        let reason = "contradiction: the module `plugins` is on, and there is no section `plugins`";
        let fix = format!("add `{EXAMPLE}`, or turn the module off");
        findings.add(field, code::CONTRADICTION, reason, fix);
    }
}

fn entries(section: &PluginsSection, findings: &mut Findings) {
    let entries = section.bundled.as_deref().unwrap_or_default();
    let mut seen: Vec<(String, usize)> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let field = format!("plugins.bundled[{index}].file");
        require(entry.file.as_ref(), &field, r#""file": "plugins/math.wasm""#, findings);
        let Some(name) = entry.file.as_ref().and_then(PluginFile::module) else { continue };
        // Two names that differ in their capitals only are one file on some systems.
        let folded = name.as_str().to_ascii_lowercase();
        match seen.iter().find(|(other, _)| *other == folded) {
            Some((_, first)) => {
                let reason = format!(
                    "two plugins of one name: `{name}` is already `plugins.bundled[{first}]`"
                );
                let fix = "rename one of the files: a plugin is called by its file's name";
                findings.add(&field, code::CONTRADICTION, reason, fix);
            }
            None => seen.push((folded, index)),
        }
    }
    let decided = ["plugins.bundled", "plugins.allowInstall"];
    if entries.is_empty()
        && section.allow_install != Some(true)
        && decided.iter().all(|field| findings.is_sound(field))
    {
        let reason = "contradiction: no plugin is bundled, and none may be added";
        let fix = r#"add `"bundled": [{"file": "plugins/math.wasm"}]` or `"allowInstall": true`, or remove the section"#;
        findings.add("plugins", code::CONTRADICTION, reason, fix);
    }
}

fn additions(section: &PluginsSection, findings: &mut Findings) {
    let trusted: Vec<_> = section.trusted.iter().flatten().collect();
    no_repeats("plugins.trusted", &trusted, findings);
    if !trusted.is_empty()
        && section.allow_install != Some(true)
        && findings.is_sound("plugins.allowInstall")
    {
        let reason = "contradiction: modules are trusted, and none may be added";
        let fix =
            r#"write `"allowInstall": true`, or remove the list: a bundled plugin needs no trust"#;
        findings.add("plugins.trusted", code::CONTRADICTION, reason, fix);
    }
}

fn limits(section: &PluginsSection, findings: &mut Findings) {
    let granted = section.limits.clone().unwrap_or_default().of_each();
    let nothing = LimitsSection::default();
    is_ordered("plugins.limits", &granted, &nothing, findings);
    for (index, entry) in section.bundled.iter().flatten().enumerate() {
        if let Some(own) = &entry.limits {
            is_ordered(&format!("plugins.bundled[{index}].limits"), own, &granted, findings);
        }
    }
}

/// The usual time of a call is one that a call may name.
fn is_ordered(field: &str, own: &LimitsSection, granted: &LimitsSection, findings: &mut Findings) {
    let defaults = defaults::plugin_limits();
    let value =
        |own: Option<Milliseconds>, granted: Option<Milliseconds>, default| match (own, granted) {
            (Some(own), _) => (own.get(), ""),
            (None, Some(granted)) => (granted.get(), " (of `plugins.limits`)"),
            (None, None) => (default, " (its default)"),
        };
    let (usual, usual_note) = value(own.timeout_ms, granted.timeout_ms, defaults.timeout_ms);
    let (most, most_note) =
        value(own.max_timeout_ms, granted.max_timeout_ms, defaults.max_timeout_ms);
    let names = [format!("{field}.timeoutMs"), format!("{field}.maxTimeoutMs")];
    let written = own.timeout_ms.is_some() || own.max_timeout_ms.is_some();
    if !written || usual <= most || !names.iter().all(|name| findings.is_sound(name)) {
        return;
    }
    let reason = format!(
        "contradiction: `timeoutMs` {usual}{usual_note} is larger than `maxTimeoutMs` {most}{most_note}"
    );
    let fix = format!("lower `{}` or raise `{}`", names[0], names[1]);
    let at = if own.max_timeout_ms.is_some() { &names[1] } else { &names[0] };
    findings.add(at, code::CONTRADICTION, reason, fix);
}
