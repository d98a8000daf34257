//! What the attacks must know of single commands: as data, so that none is left out.

/// Commands that do something which a test with thousands of calls cannot have: they get only what must be refused. What they do
/// otherwise has tests of its own.
const CAREFUL: &[(&str, &str)] = &[
    ("app_exit", "ends the app"),
    ("app_relaunch", "ends the app"),
    ("diagnostics_test_test_panic_rust", "ends the app"),
    ("window_new", "opens a window each time, with what fits"),
    ("window_close", "closes the caller's window, without a label"),
    ("window_minimize", "hides the caller's page, without a label"),
    ("window_hide", "hides the caller's page, without a label"),
    ("window_print", "opens the dialog of the system"),
    ("files_open", "opens the dialog of the system"),
    ("files_save", "opens the dialog of the system"),
    ("diagnostics_export", "opens the dialog of the system"),
    ("plugins_add", "opens the dialog of the system"),
];

/// Whether a command gets only what must be refused.
pub(super) fn is_careful(command: &str) -> bool {
    CAREFUL.iter().any(|(name, _)| *name == command)
}

/// Values of arguments while another one is attacked, as JSON, by command and argument. Other arguments are left out where they
/// may be, and of their types where not.
pub(super) const BASE: &[(&str, &str, &str)] = &[
    ("navigate", "url", "http://127.0.0.1:9/"),
    ("open_browser", "url", "https://example.com/"),
    ("window_close", "label", "nobody"),
    ("window_minimize", "label", "nobody"),
    ("window_maximize_toggle", "label", "nobody"),
    ("window_fullscreen", "label", "nobody"),
    ("window_hide", "label", "nobody"),
    ("window_center", "label", "nobody"),
    ("window_set_size", "label", "nobody"),
    ("window_set_position", "label", "nobody"),
    ("plugins_call", "payload", "\"{}\""),
];

/// Further calls that must be refused, of commands whose good calls are too many: command and arguments.
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("window_new", r#"{ "options": { "title": { "make": "NUL" } } }"#),
    ("window_new", r#"{ "options": { "label": { "make": "NUL" } } }"#),
    ("window_new", r#"{ "options": { "label": "main" } }"#),
    ("window_new", r#"{ "options": { "url": "javascript:alert(1)" } }"#),
    ("window_new", r#"{ "options": { "width": { "make": "-1" } } }"#),
    ("window_new", r#"{ "options": { "x": 1 } }"#),
    ("window_set_zoom", r#"{ "factor": 1000 }"#),
];
