//! Rules of the section `shortcuts`.

use super::require;
use crate::check::Findings;
use crate::config::{AppConfig, ShortcutSection};
use crate::problem::code;
use crate::values::ShortcutScope;

pub(super) fn check(config: &AppConfig, findings: &mut Findings) {
    let Some(shortcuts) = &config.shortcuts else { return };
    for (index, shortcut) in shortcuts.iter().enumerate() {
        let field = format!("shortcuts[{index}].accelerator");
        let example = r#""accelerator": "CmdOrCtrl+Shift+K""#;
        require(shortcut.accelerator.as_ref(), &field, example, findings);
        global(shortcut, &field, findings);
        earlier(shortcut, &shortcuts[..index], index, findings);
    }
    let bridge = config.bridge.clone().unwrap_or_default();
    let events = bridge.modules.unwrap_or_default().events;
    if events == Some(false) && !shortcuts.is_empty() {
        let reason =
            "contradiction: shortcuts are told by events, and the bridge's module `events` is off";
        let fix = r#"remove the shortcuts, or write `"bridge": {"modules": {"events": true}}`"#;
        findings.add("shortcuts", code::CONTRADICTION, reason, fix);
    }
}

fn global(shortcut: &ShortcutSection, field: &str, findings: &mut Findings) {
    let is_global = shortcut.scope == Some(ShortcutScope::Global);
    let accelerator = shortcut.accelerator.as_ref().filter(|_| is_global);
    let Some(accelerator) = accelerator else { return };
    if accelerator.as_str().split_whitespace().count() > 1 {
        let reason = "contradiction: a sequence of keys, and the scope is `global`";
        let fix = "write one accelerator, or the scope `window`";
        findings.add(field, code::CONTRADICTION, reason, fix);
    } else if let Some(error) = accelerator.not_global() {
        let message = error.to_string();
        let (reason, fix) = message.split_once("; ").unwrap_or((&message, ""));
        findings.add(field, code::CONTRADICTION, reason, fix);
    }
}

/// Two of one scope with the same keys or the same id.
fn earlier(
    shortcut: &ShortcutSection,
    before: &[ShortcutSection],
    index: usize,
    findings: &mut Findings,
) {
    let scope = |shortcut: &ShortcutSection| shortcut.scope.unwrap_or_default();
    for (first, other) in before.iter().enumerate() {
        if let (Some(here), Some(there)) = (&shortcut.accelerator, &other.accelerator)
            && scope(shortcut) == scope(other)
            && here.clashes(there)
        {
            let reason = format!("the same keys as `shortcuts[{first}]`: `{here}`");
            let field = format!("shortcuts[{index}].accelerator");
            findings.add(&field, code::CONTRADICTION, reason, "choose other keys");
        }
        if shortcut.id.is_some() && shortcut.id == other.id {
            let reason = format!("the id of `shortcuts[{first}]` too");
            let fix = "choose another one: pages tell shortcuts apart by it";
            findings.add(&format!("shortcuts[{index}].id"), code::CONTRADICTION, reason, fix);
        }
    }
}
