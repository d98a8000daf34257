//! Rules of the section `web`.

use super::no_repeats;
use crate::check::Findings;
use crate::config::{AppConfig, WebSection};
use crate::problem::code;
use crate::target::{System, Target};

pub(super) fn check(config: &AppConfig, findings: &mut Findings) {
    let Some(web) = &config.web else { return };
    let files: Vec<_> = web.inject_css.iter().flatten().map(|path| path.as_str()).collect();
    no_repeats("web.injectCss", &files, findings);
    let files: Vec<_> = web.inject_js.iter().flatten().map(|path| path.as_str()).collect();
    no_repeats("web.injectJs", &files, findings);
    proxy(config, web, findings);
}

/// The webview of macOS takes one from version 14 on only; below it the app would go around the proxy without a word.
fn proxy(config: &AppConfig, web: &WebSection, findings: &mut Findings) {
    let field = "bundle.targets";
    if web.proxy.is_none() || !findings.is_sound(field) {
        return;
    }
    let written = config.bundle.as_ref().and_then(|bundle| bundle.targets.clone());
    let note = if written.is_none() { " (its default)" } else { "" };
    let targets = written.unwrap_or_else(Target::all);
    let mac = targets.iter().find(|target| target.row().system == System::Macos);
    if let Some(mac) = mac {
        let reason = format!(
            "contradiction: `proxy` is set, and `bundle.targets`{note} has `{}`, whose webview takes none",
            mac.name()
        );
        let fix = r#"list other targets: `"bundle": {"targets": ["linux-x64", "windows-x64"]}`"#;
        findings.add("web.proxy", code::CONTRADICTION, reason, fix);
    }
}
