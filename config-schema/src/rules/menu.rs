//! Rules of the sections `menu` and `tray`: those of every menu, which the runtime has too.

use runtime_settings::menu::{Label, MAX_LABEL_CHARS, MenuProblem, check_items};

use crate::check::Findings;
use crate::config::AppConfig;
use crate::problem::code;

pub(super) fn check(config: &AppConfig, findings: &mut Findings) {
    if let Some(menu) = &config.menu {
        add("menu.", menu.check(), findings);
    }
    let Some(tray) = &config.tray else { return };
    let items = tray.menu.as_deref().unwrap_or_default();
    add("", check_items("tray.menu", items), findings);
    let labels = [
        ("tooltip", &tray.tooltip),
        ("showLabel", &tray.show_label),
        ("quitLabel", &tray.quit_label),
    ];
    for (name, label) in labels {
        label.iter().for_each(|label| check_label(&format!("tray.{name}"), label, findings));
    }
    if tray.menu.is_some() && config.menu.as_ref().is_some_and(|menu| menu.tray.is_some()) {
        let reason = "contradiction: `tray.menu` and `menu.tray` are both the menu of the icon";
        findings.add("tray.menu", code::CONTRADICTION, reason, "keep one of them");
    }
}

fn add(prefix: &str, problems: Vec<MenuProblem>, findings: &mut Findings) {
    for problem in problems {
        let field = format!("{prefix}{}", problem.field);
        findings.add(&field, code::INVALID_VALUE, problem.reason, problem.fix);
    }
}

fn check_label(field: &str, label: &Label, findings: &mut Findings) {
    let texts: Vec<_> = match label {
        Label::Text(text) => vec![text],
        Label::ByLanguage(texts) => texts.values().collect(),
    };
    let is_sound = |text: &&String| {
        let is_short = text.chars().count() <= MAX_LABEL_CHARS;
        is_short && !text.trim().is_empty() && !text.chars().any(char::is_control)
    };
    if texts.is_empty() || !texts.iter().all(is_sound) {
        let reason = "not a line of text, or too long";
        let fix =
            format!("write up to {MAX_LABEL_CHARS} characters, in each language that is there");
        findings.add(field, code::INVALID_VALUE, reason, fix);
    }
}
