//! What is wrong with a menu, all of it at once: each problem with the place where it stands.

use std::collections::HashMap;

use super::{
    Interaction, ItemKind, Label, MAX_DEPTH, MAX_ID_CHARS, MAX_ITEMS, MAX_LABEL_CHARS,
    MAX_LANGUAGES, MenuConfig, MenuItem,
};
use crate::{Accelerator, AcceleratorError};

/// What kind of fault it is; each is an error code of the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuFault {
    Invalid,
    DuplicateId,
    TooLarge,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuProblem {
    /// Path of the field, such as `file.items[2].accelerator`; empty for the menu itself.
    pub field: String,
    pub fault: MenuFault,
    pub reason: String,
    pub fix: String,
}

impl MenuConfig {
    /// Everything that is wrong with it.
    pub fn check(&self) -> Vec<MenuProblem> {
        let mut check = Check::default();
        for (name, section) in self.standard_sections() {
            let Some(section) = section else { continue };
            let plain = |text: &str| text.replace(['_', '-', ' '], "").to_ascii_lowercase();
            if let Some(written) = &section.section
                && plain(written) != plain(name)
            {
                let reason = format!("not the name of this section: `{written}`");
                let fix = format!("write `{name}`, or leave it out");
                check.add(format!("{name}.section"), MenuFault::Invalid, reason, &fix);
            }
            check.label(&format!("{name}.label"), section.label.as_ref());
            check.items(&format!("{name}.items"), &section.items, 1);
        }
        for (index, section) in self.sections.iter().flatten().enumerate() {
            let field = format!("sections[{index}]");
            check.count(&field);
            for (name, is_there) in
                [("id", section.id.is_some()), ("label", section.label.is_some())]
            {
                if !is_there {
                    let reason = format!("missing field: `{name}` of a section");
                    check.add(field.clone(), MenuFault::Invalid, reason, &format!("add `{name}`"));
                }
            }
            if let Some(id) = &section.id {
                check.id(&format!("{field}.id"), id);
            }
            check.label(&format!("{field}.label"), section.label.as_ref());
            check.items(&format!("{field}.items"), &section.items, 1);
        }
        check.problems
    }

    fn standard_sections(&self) -> [(&'static str, Option<&super::Section>); 6] {
        [
            ("macosRoot", self.macos_root.as_ref()),
            ("file", self.file.as_ref()),
            ("edit", self.edit.as_ref()),
            ("view", self.view.as_ref()),
            ("window", self.window.as_ref()),
            ("tray", self.tray.as_ref()),
        ]
    }
}

/// Everything that is wrong with a menu that is a list of items, at `field`.
pub fn check_items(field: &str, items: &[MenuItem]) -> Vec<MenuProblem> {
    let mut check = Check::default();
    check.items(field, items, 1);
    check.problems
}

#[derive(Default)]
struct Check {
    problems: Vec<MenuProblem>,
    /// By id, where it stands first.
    ids: HashMap<String, String>,
    items: usize,
}

impl Check {
    fn add(&mut self, field: String, fault: MenuFault, reason: String, fix: &str) {
        self.problems.push(MenuProblem { field, fault, reason, fix: fix.to_owned() });
    }

    /// One item more.
    fn count(&mut self, field: &str) {
        self.items += 1;
        if self.items == MAX_ITEMS + 1 {
            let reason = format!("more than {MAX_ITEMS} items");
            self.add(field.to_owned(), MenuFault::TooLarge, reason, "make the menu smaller");
        }
    }

    fn items(&mut self, field: &str, items: &[MenuItem], depth: usize) {
        if depth > MAX_DEPTH {
            let reason = format!("more than {MAX_DEPTH} menus inside each other");
            self.add(field.to_owned(), MenuFault::TooLarge, reason, "make the menu flatter");
            return;
        }
        for (index, item) in items.iter().enumerate() {
            let field = format!("{field}[{index}]");
            self.count(&field);
            if self.items > MAX_ITEMS {
                return;
            }
            self.item(&field, item, depth);
        }
    }

    fn item(&mut self, field: &str, item: &MenuItem, depth: usize) {
        self.fields(field, item);
        if let Some(id) = &item.id {
            self.id(&format!("{field}.id"), id);
        }
        self.label(&format!("{field}.label"), item.label.as_ref());
        self.label(&format!("{field}.customLabel"), item.custom_label.as_ref());
        if let Some(error) = item.accelerator.as_deref().and_then(accelerator_error) {
            let name = item.id.as_deref().unwrap_or_default();
            let (reason, fix) = error.reason_and_fix();
            let reason = format!("accelerator of `{name}`: {reason}");
            self.add(format!("{field}.accelerator"), MenuFault::Invalid, reason, &fix);
        }
        if let Some(items) = &item.items {
            self.items(&format!("{field}.items"), items, depth + 1);
        }
    }

    /// Each kind of item has its own fields: those that it needs, and those that say something about it.
    fn fields(&mut self, field: &str, item: &MenuItem) {
        let kind = item.kind;
        let is_check = item.interaction == Some(Interaction::Check);
        let custom = kind == ItemKind::Custom;
        let submenu = kind == ItemKind::Submenu;
        let predefined = kind == ItemKind::Predefined;
        for (name, is_there, is_needed, has_meaning) in [
            ("id", item.id.is_some(), custom, custom || submenu),
            ("label", item.label.is_some(), custom || submenu, custom || submenu),
            ("enabled", item.enabled.is_some(), false, custom || submenu),
            ("interaction", item.interaction.is_some(), false, custom),
            ("checked", item.checked.is_some(), false, custom && is_check),
            ("accelerator", item.accelerator.is_some(), false, custom),
            ("item", item.item.is_some(), predefined, predefined),
            ("customLabel", item.custom_label.is_some(), false, predefined),
            ("items", item.items.is_some(), submenu, submenu),
        ] {
            let kind = match kind {
                ItemKind::Custom => "custom",
                ItemKind::Predefined => "predefined",
                ItemKind::Submenu => "submenu",
                ItemKind::Separator => "separator",
            };
            if is_needed && !is_there {
                let reason = format!("missing field: `{name}` of a `{kind}` item");
                self.add(field.to_owned(), MenuFault::Invalid, reason, &format!("add `{name}`"));
            }
            // `"checked": false` of a plain item says nothing wrong.
            let is_harmless = name == "checked" && custom && item.checked == Some(false);
            if is_there && !has_meaning && !is_harmless {
                let reason = match name {
                    "checked" => "`checked` is for items with `\"interaction\": \"check\"`".into(),
                    _ => format!("`{name}` says nothing about a `{kind}` item"),
                };
                self.add(format!("{field}.{name}"), MenuFault::Invalid, reason, "remove it");
            }
        }
    }

    fn id(&mut self, field: &str, id: &str) {
        let length = id.chars().count();
        if length == 0 || length > MAX_ID_CHARS || id.chars().any(char::is_control) {
            let reason = format!("not an id: `{}`", id.escape_debug());
            let fix = format!("write 1 to {MAX_ID_CHARS} characters, none of them a control one");
            self.add(field.to_owned(), MenuFault::Invalid, reason, &fix);
        } else if let Some(first) = self.ids.get(id) {
            let reason = format!("an id that is there already: `{id}`, at `{first}`");
            let fix = "give every item an id of its own";
            self.add(field.to_owned(), MenuFault::DuplicateId, reason, fix);
        } else {
            self.ids.insert(id.to_owned(), field.to_owned());
        }
    }

    fn label(&mut self, field: &str, label: Option<&Label>) {
        let texts: Vec<_> = match label {
            None => return,
            Some(Label::Text(text)) => vec![text],
            Some(Label::ByLanguage(texts)) => texts.values().collect(),
        };
        if texts.is_empty() {
            let reason = "a label without a text".to_owned();
            let fix = r#"write a text, or one for each language: `{"en": "Export"}`"#;
            self.add(field.to_owned(), MenuFault::Invalid, reason, fix);
        }
        let too_long = texts.iter().any(|text| text.chars().count() > MAX_LABEL_CHARS);
        if too_long || texts.len() > MAX_LANGUAGES {
            let reason =
                format!("longer than {MAX_LABEL_CHARS} characters or {MAX_LANGUAGES} languages");
            self.add(field.to_owned(), MenuFault::TooLarge, reason, "shorten it");
        }
        let is_odd = |text: &&String| text.trim().is_empty() || text.chars().any(char::is_control);
        if texts.iter().any(is_odd) {
            let reason = "an empty label, or one with control characters".to_owned();
            self.add(field.to_owned(), MenuFault::Invalid, reason, "write a line of text");
        }
    }
}

/// Why an item cannot have these keys, on one system or another.
fn accelerator_error(keys: &str) -> Option<AcceleratorError> {
    let error = |is_macos| Accelerator::parse_menu(keys, is_macos).err();
    Accelerator::IS_MACOS.into_iter().find_map(error)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(menu: Value) -> Vec<(String, MenuFault, String)> {
        let menu: MenuConfig = serde_json::from_value(menu).unwrap();
        let problems = menu.check().into_iter();
        problems.map(|problem| (problem.field, problem.fault, problem.reason)).collect()
    }

    fn item(id: &str) -> Value {
        json!({ "type": "custom", "id": id, "label": "A" })
    }

    #[test]
    fn a_menu_as_documented_is_sound() {
        let menu = json!({
            "enabled": true, "platforms": ["linux", "macos"], "fallbackLanguage": "de",
            "file": { "section": "File", "items": [
                { "type": "custom", "id": "a", "label": "A", "enabled": false, "interaction": "check", "checked": true, "accelerator": "Ctrl+A" },
                { "type": "submenu", "id": "b", "label": { "en": "B", "de": "C" }, "items": [item("c"), { "type": "separator" }] },
                { "type": "submenu", "label": "D", "items": [] },
                { "type": "predefined", "item": "quit", "customLabel": "Bye" },
            ] },
            "macosRoot": { "section": "macos_root", "items": [] },
            "sections": [{ "id": "tools", "label": "Tools", "items": [item("d")] }],
            "tray": { "items": [item("e")] },
        });
        assert_eq!(check(menu), []);
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let found = check(json!({
            "file": { "section": "Edit", "label": "\u{7}", "items": [
                { "type": "custom", "label": "A" },
                { "type": "custom", "id": "", "label": {}, "checked": true, "item": "copy" },
                { "type": "custom", "id": "x", "label": "A", "accelerator": "Ctrl+Nowhere" },
                { "type": "separator", "label": "A" },
                { "type": "submenu", "id": "y", "items": [{ "type": "predefined" }] },
            ] },
            "edit": { "items": [item("x"), item(&"i".repeat(MAX_ID_CHARS + 1))] },
            "sections": [{ "id": "y", "label": "x".repeat(MAX_LABEL_CHARS + 1), "items": [] }],
        }));
        let found: Vec<_> = found
            .iter()
            .map(|(field, fault, reason)| format!("{field}: {fault:?}: {reason:.60}"))
            .collect();
        let expected = [
            "file.section: Invalid: not the name of this section: `Edit`",
            "file.label: Invalid: an empty label, or one with control characters",
            "file.items[0]: Invalid: missing field: `id` of a `custom` item",
            "file.items[1].checked: Invalid: `checked` is for items with `\"interaction\": \"check\"`",
            "file.items[1].item: Invalid: `item` says nothing about a `custom` item",
            "file.items[1].id: Invalid: not an id: ``",
            "file.items[1].label: Invalid: a label without a text",
            "file.items[2].accelerator: Invalid: accelerator of `x`: not a key: `Nowhere`",
            "file.items[3].label: Invalid: `label` says nothing about a `separator` item",
            "file.items[4]: Invalid: missing field: `label` of a `submenu` item",
            "file.items[4].items[0]: Invalid: missing field: `item` of a `predefined` item",
            "edit.items[0].id: DuplicateId: an id that is there already: `x`, at `file.items[2].id`",
        ];
        assert_eq!(found[..expected.len()], expected);
        assert!(found[12].starts_with("edit.items[1].id: Invalid: not an id"), "{found:#?}");
        assert!(found[13].starts_with("sections[0].id: DuplicateId"), "{found:#?}");
        assert!(found[14].starts_with("sections[0].label: TooLarge"), "{found:#?}");
    }

    #[test]
    fn limits_are_told_once_and_what_is_at_them_passes() {
        let many = |count: usize| json!({ "file": { "items": (0..count).map(|index| item(&index.to_string())).collect::<Vec<_>>() } });
        assert_eq!(check(many(MAX_ITEMS)), []);
        let found = check(many(3 * MAX_ITEMS));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1), ("file.items[1000]", MenuFault::TooLarge));

        let deep = |depth: usize| {
            let mut items = json!([item("x")]);
            for _ in 1..depth {
                items = json!([{ "type": "submenu", "label": "A", "items": items }]);
            }
            json!({ "file": { "items": items } })
        };
        assert_eq!(check(deep(MAX_DEPTH)), []);
        let found = check(deep(MAX_DEPTH + 1));
        assert_eq!((found.len(), found[0].1), (1, MenuFault::TooLarge));
    }
}
