//! Rules of the sections `signing` and `updates`.

use super::require;
use crate::check::Findings;
use crate::config::{AppConfig, UpdatesSection, WindowsSigningSection};
use crate::problem::code;
use crate::values::WindowsRoute;

/// Stands for the file in a signing command.
const FILE_MARK: &str = "%1";

pub(super) fn check(config: &AppConfig, findings: &mut Findings) {
    if let Some(windows) = config.signing.as_ref().and_then(|signing| signing.windows.as_ref()) {
        windows_signing(windows, findings);
    }
    if let Some(section) = &config.updates {
        updates(section, findings);
    }
    updates_module(config, findings);
}

fn windows_signing(section: &WindowsSigningSection, findings: &mut Findings) {
    require(section.route.as_ref(), "signing.windows.route", r#""route": "pfx""#, findings);
    let Some(route) = section.route else {
        return;
    };
    if route == WindowsRoute::Azure {
        let at = |name: &str| format!("signing.windows.{name}");
        let endpoint = r#""endpoint": "https://eus.codesigning.azure.net""#;
        require(section.endpoint.as_ref(), &at("endpoint"), endpoint, findings);
        require(section.account.as_ref(), &at("account"), r#""account": "NAME""#, findings);
        require(section.profile.as_ref(), &at("profile"), r#""profile": "NAME""#, findings);
    }
    if route == WindowsRoute::Command {
        command(section, findings);
    }
    let belongs_elsewhere = [
        ("endpoint", section.endpoint.is_some() && route != WindowsRoute::Azure),
        ("account", section.account.is_some() && route != WindowsRoute::Azure),
        ("profile", section.profile.is_some() && route != WindowsRoute::Azure),
        ("command", section.command.is_some() && route != WindowsRoute::Command),
        ("timestampUrl", section.timestamp_url.is_some() && route == WindowsRoute::Command),
    ];
    for (name, _) in belongs_elsewhere.into_iter().filter(|(_, wrong)| *wrong) {
        let reason = format!("contradiction: `{name}` belongs to another route");
        findings.add(
            &format!("signing.windows.{name}"),
            code::CONTRADICTION,
            reason,
            "remove it, or change `signing.windows.route`",
        );
    }
}

fn command(section: &WindowsSigningSection, findings: &mut Findings) {
    let field = "signing.windows.command";
    let example = r#""command": ["sign-tool", "--file", "%1"]"#;
    require(section.command.as_ref(), field, example, findings);
    let Some(words) = &section.command else {
        return;
    };
    if !words.iter().skip(1).any(|word| word.as_str().contains(FILE_MARK)) {
        let reason = "a signing command that is not told the file";
        let fix = format!("add an argument with `{FILE_MARK}`, which stands for the file");
        findings.add(field, code::INVALID_VALUE, reason, fix);
    }
}

/// Who looks for updates must be able to install them, and have a place where they are.
fn updates_module(config: &AppConfig, findings: &mut Findings) {
    let modules = config.bridge.as_ref().and_then(|bridge| bridge.modules.as_ref());
    let is_on = modules.and_then(|modules| modules.updates) == Some(true);
    let check = config.updates.as_ref().and_then(|updates| updates.check.clone());
    let looks =
        check.is_some_and(|check| check.on_start == Some(true) || check.every_hours.is_some());
    if is_on && config.updates.is_none() && findings.is_sound("updates") {
        let reason = "contradiction: the module `updates` is on, and there is no section `updates`";
        let fix = r#"add `"updates": { "github": true, "publicKey": "KEY" }`"#;
        findings.add("bridge.modules.updates", code::CONTRADICTION, reason, fix);
    }
    if !is_on && looks && findings.is_sound("bridge.modules.updates") {
        let reason = "contradiction: the app looks for updates, and its page cannot install them";
        let fix = r#"add `"updates": true` to `bridge.modules`"#;
        findings.add("updates.check", code::CONTRADICTION, reason, fix);
    }
}

fn updates(section: &UpdatesSection, findings: &mut Findings) {
    require(section.public_key.as_ref(), "updates.publicKey", r#""publicKey": "KEY""#, findings);
    let github = section.github == Some(true);
    if github && section.endpoint.is_some() {
        let reason = "contradiction: `endpoint` and `github` are both set";
        let fix =
            "keep `endpoint` for a place of your own, or `github` for the repository that builds";
        findings.add("updates.github", code::CONTRADICTION, reason, fix);
    }
    let decided = findings.is_sound("updates.endpoint") && findings.is_sound("updates.github");
    if !github && section.endpoint.is_none() && decided {
        let reason = "missing field: `endpoint` or `github`";
        let fix = r#"add `"github": true`, or `"endpoint": "https://…"` for a place of your own"#;
        findings.add("updates", code::MISSING_FIELD, reason, fix);
    }
}
