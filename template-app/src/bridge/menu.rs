//! Module `menu`: the app's menu, and menus at a place in the page.

use std::time::Duration;

use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::menu::{
    FALLBACK_LANGUAGE, Interaction, ItemKind, Label, MAX_LABEL_CHARS, MenuConfig, MenuItem,
    Predefined,
};
use serde::Deserialize;
use serde_json::Value;
use tauri::Manager as _;

use super::{
    Call, Command,
    Command::{Blocking, Later},
    Reply, Task,
    argument::Sent,
    fs, fs_error, invalid, reply,
};
use crate::{
    languages,
    menu::{self, Change},
};

/// Largest menu, in bytes of JSON: far more than its items need.
const MAX_JSON_BYTES: usize = 1024 * 1024;
/// Farthest place in a page, in its own pixels.
const MAX_PLACE: f64 = 32_767.0;
/// Longest time that a menu is asked to stay open, in milliseconds: an hour.
const MAX_TIMEOUT_MS: u64 = 3_600_000;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("menu_init_from_config", Blocking(init_from_config)),
    ("menu_init_from_json", Blocking(init_from_json)),
    ("menu_init_from_json_file", Blocking(init_from_json_file)),
    ("menu_set_enabled", Blocking(set_enabled)),
    ("menu_set_checked", Blocking(set_checked)),
    ("menu_set_label", Blocking(set_label)),
    ("context_menu_show", Later(show_context_menu)),
];

fn init_from_config(call: &Call) -> Reply {
    let config: Value = call.arg("config")?;
    if !config.is_object() {
        return Err(invalid("config", "must be an object"));
    }
    init(call, MenuConfig::deserialize(Sent(&config)))
}

fn init_from_json(call: &Call) -> Reply {
    let text: String = call.arg("text")?;
    init_from_text(call, &text)
}

fn init_from_json_file(call: &Call) -> Reply {
    let file: String = call.arg("file")?;
    if file.trim_start().starts_with('{') {
        return init_from_text(call, &file);
    }
    let reader = fs::data(call)?.reader(&file, 0, None).map_err(fs_error)?;
    if reader.size() > MAX_JSON_BYTES as u64 {
        return Err(too_large(&format!("more than {MAX_JSON_BYTES} bytes: `{file}`")));
    }
    let text = String::from_utf8(reader.into_bytes(&file).map_err(fs_error)?);
    init_from_text(call, &text.map_err(|_| bad(&format!("no text in UTF-8: `{file}`")))?)
}

fn init_from_text(call: &Call, text: &str) -> Reply {
    if text.len() > MAX_JSON_BYTES {
        return Err(too_large(&format!("more than {MAX_JSON_BYTES} bytes of JSON")));
    }
    init(call, serde_json::from_str(text))
}

fn init(call: &Call, config: serde_json::Result<MenuConfig>) -> Reply {
    let config = config.map_err(|error| bad(&error.to_string()))?;
    reply(&menu::apply(call.window.app_handle(), &config)?)
}

fn set_enabled(call: &Call) -> Reply {
    change(call, Change::Enabled(call.arg("on")?))
}

fn set_checked(call: &Call) -> Reply {
    change(call, Change::Checked(call.arg("on")?))
}

fn set_label(call: &Call) -> Reply {
    let label: Label = call.arg("label")?;
    let text = label.text(&languages::of_user(), FALLBACK_LANGUAGE);
    if text.chars().count() > MAX_LABEL_CHARS {
        return Err(too_large(&format!("a label of more than {MAX_LABEL_CHARS} characters")));
    }
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(bad("an empty label, or one with control characters"));
    }
    change(call, Change::Label(text.to_owned()))
}

fn change(call: &Call, change: Change) -> Reply {
    let id: String = call.arg("id")?;
    reply(&menu::change(call.window.app_handle(), &id, change)?)
}

/// A line of a menu at a place in the page.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
enum Node {
    Item {
        id: String,
        text: Label,
        enabled: Option<bool>,
        shortcut: Option<String>,
    },
    Check {
        id: String,
        text: Label,
        enabled: Option<bool>,
        checked: Option<bool>,
        shortcut: Option<String>,
    },
    Separator {},
    Submenu {
        text: Label,
        items: Vec<Node>,
    },
    Predefined {
        kind: Predefined,
        text: Option<Label>,
    },
}

impl From<Node> for MenuItem {
    fn from(node: Node) -> MenuItem {
        match node {
            Node::Item { id, text, enabled, shortcut } => MenuItem {
                id: Some(id),
                label: Some(text),
                enabled,
                accelerator: shortcut,
                ..MenuItem::default()
            },
            Node::Check { id, text, enabled, checked, shortcut } => MenuItem {
                id: Some(id),
                label: Some(text),
                enabled,
                interaction: Some(Interaction::Check),
                checked,
                accelerator: shortcut,
                ..MenuItem::default()
            },
            Node::Separator {} => MenuItem { kind: ItemKind::Separator, ..MenuItem::default() },
            Node::Submenu { text, items } => MenuItem {
                kind: ItemKind::Submenu,
                label: Some(text),
                items: Some(items.into_iter().map(MenuItem::from).collect()),
                ..MenuItem::default()
            },
            Node::Predefined { kind, text } => MenuItem {
                kind: ItemKind::Predefined,
                item: Some(kind),
                custom_label: text,
                ..MenuItem::default()
            },
        }
    }
}

/// How such a menu opens.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PopupOptions {
    at: Option<Point>,
    timeout_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    x: f64,
    y: f64,
}

fn show_context_menu(call: Call) -> Task {
    Box::pin(async move {
        let nodes: Vec<Value> = call.arg("entries")?;
        let node = |node: Value| Node::deserialize(node).map(MenuItem::from);
        let items: serde_json::Result<Vec<_>> = nodes.into_iter().map(node).collect();
        let items = items.map_err(|error| bad(&error.to_string()))?;
        let options = call.arg::<Option<PopupOptions>>("options")?.unwrap_or_default();
        let place = options.at.map(|at| (at.x, at.y));
        if place.is_some_and(|(x, y)| !(x.abs() <= MAX_PLACE && y.abs() <= MAX_PLACE)) {
            return Err(invalid("options", format!("`at` is farther away than {MAX_PLACE}")));
        }
        let lines = menu::lines("entries", &items)?;
        if lines.is_empty() {
            return Err(bad("`entries` is empty, or has only what this system does not"));
        }
        let timeout =
            options.timeout_ms.map(|timeout| Duration::from_millis(timeout.min(MAX_TIMEOUT_MS)));
        reply(&menu::show_context_menu(&call.window, lines, place, timeout).await?)
    })
}

fn bad(reason: &str) -> BridgeError {
    BridgeError::new(ErrorCode::MenuInvalid, format!("not a menu: {reason}"))
}

fn too_large(reason: &str) -> BridgeError {
    BridgeError::new(ErrorCode::MenuTooLarge, reason)
}

#[cfg(test)]
mod tests {
    use runtime_settings::menu::check_items;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_menu_of_a_page_becomes_one_of_an_app() {
        let nodes = json!([
            { "type": "item", "id": "a", "text": "A", "enabled": false, "shortcut": "Ctrl+S" },
            { "type": "check", "id": "b", "text": "B", "checked": true },
            { "type": "separator" },
            { "type": "submenu", "text": "S", "items": [{ "type": "predefined", "kind": "selectAll" }] },
        ]);
        let nodes: Vec<Node> = serde_json::from_value(nodes).unwrap();
        let items: Vec<_> = nodes.into_iter().map(MenuItem::from).collect();
        assert_eq!(check_items("entries", &items), []);
        let expected = json!([
            { "type": "custom", "id": "a", "label": "A", "enabled": false, "accelerator": "Ctrl+S" },
            { "type": "custom", "id": "b", "label": "B", "interaction": "check", "checked": true },
            { "type": "separator" },
            { "type": "submenu", "label": "S", "items": [{ "type": "predefined", "item": "select_all" }] },
        ]);
        assert_eq!(json!(items), expected);
    }

    #[test]
    fn what_is_no_line_is_refused() {
        for node in [
            json!({}),
            json!({ "type": "item", "id": "a" }),
            json!({ "type": "item", "id": "a", "text": "A", "colour": "red" }),
            json!({ "type": "predefined", "kind": "explode" }),
            json!("item"),
        ] {
            assert!(Node::deserialize(&node).is_err(), "{node}");
        }
    }
}
