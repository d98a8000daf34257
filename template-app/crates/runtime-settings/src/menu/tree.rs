//! What one system shows of a menu to a user of some languages: nothing is optional any more.

use super::{
    FALLBACK_LANGUAGE, Interaction, ItemKind, Label, MenuConfig, MenuItem, MenuPlatform,
    Predefined, Section, StandardSection,
};
use crate::Accelerator;

/// A whole menu.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    /// The bar, from left to right; empty: there is none.
    pub bar: Vec<Group>,
    /// The tray icon's items, if the menu says something about them.
    pub tray: Option<Vec<Entry>>,
}

/// One menu of the bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What events call it: `file`, or an app's own id.
    pub name: String,
    /// It is the app's own, so that its name is an id.
    pub is_custom: bool,
    /// None: the usual word.
    pub label: Option<String>,
    /// None: the usual items.
    pub items: Option<Vec<Entry>>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    Separator,
    Command {
        id: String,
        label: String,
        enabled: bool,
        accelerator: Option<Accelerator>,
    },
    Check {
        id: String,
        label: String,
        enabled: bool,
        checked: bool,
        accelerator: Option<Accelerator>,
    },
    Predefined {
        action: Predefined,
        /// None: the usual text.
        label: Option<String>,
    },
    Submenu {
        id: Option<String>,
        label: String,
        enabled: bool,
        items: Vec<Entry>,
    },
}

impl MenuConfig {
    /// What a system shows of a menu that is sound.
    pub fn tree(&self, platform: MenuPlatform, languages: &[String]) -> Tree {
        let has_it = self.platforms.as_ref().is_none_or(|all| all.contains(&platform));
        if self.enabled == Some(false) || !has_it {
            return Tree::default();
        }
        let fallback = self.fallback_language.as_deref().unwrap_or(FALLBACK_LANGUAGE);
        let entries = |items: &[MenuItem]| entries(items, platform, languages, fallback);
        let mut bar = Vec::new();
        let is_mac = platform == MenuPlatform::Macos;
        let group = |name: &str, section: Option<&Section>| Group {
            name: name.to_owned(),
            is_custom: false,
            label: section.and_then(|section| text(section.label.as_ref(), languages, fallback)),
            items: section.map(|section| entries(&section.items)),
        };
        let is_bare = [&self.file, &self.edit, &self.view, &self.window, &self.macos_root]
            .iter()
            .all(|section| section.is_none())
            && self.sections.iter().flatten().next().is_none();
        if is_mac && !is_bare {
            bar.push(group("macosroot", self.macos_root.as_ref()));
        }
        for (name, standard, section) in [
            ("file", StandardSection::File, &self.file),
            ("edit", StandardSection::Edit, &self.edit),
            ("view", StandardSection::View, &self.view),
            ("window", StandardSection::Window, &self.window),
        ] {
            let is_needed = is_mac && !is_bare && standard == StandardSection::Edit;
            if section.is_some() || is_needed {
                bar.push(group(name, section.as_ref()));
            }
            let own = self.sections.iter().flatten();
            bar.extend(own.filter(|own| own.after.unwrap_or_default() == standard).map(|own| {
                Group {
                    name: own.id.clone().unwrap_or_default(),
                    is_custom: true,
                    label: text(own.label.as_ref(), languages, fallback),
                    items: Some(entries(&own.items)),
                }
            }));
        }
        Tree { bar, tray: self.tray.as_ref().map(|section| entries(&section.items)) }
    }
}

/// The lines of a list that is sound.
pub fn entries(
    items: &[MenuItem],
    platform: MenuPlatform,
    languages: &[String],
    fallback: &str,
) -> Vec<Entry> {
    let text = |label: &Option<Label>| text(label.as_ref(), languages, fallback);
    let entry = |item: &MenuItem| {
        let id = item.id.clone();
        let label = text(&item.label).unwrap_or_default();
        let enabled = item.enabled.unwrap_or(true);
        let keys = item.accelerator.as_deref();
        let is_macos = platform == MenuPlatform::Macos;
        let accelerator = keys.and_then(|keys| Accelerator::parse_menu(keys, is_macos).ok());
        Some(match (item.kind, item.item) {
            (ItemKind::Separator, _) | (_, Some(Predefined::Separator)) => Entry::Separator,
            (ItemKind::Predefined, action) => {
                let action = action.filter(|action| action.exists_on(platform))?;
                Entry::Predefined { action, label: text(&item.custom_label) }
            }
            (ItemKind::Submenu, _) => {
                let items = item.items.as_deref().unwrap_or_default();
                let items = entries(items, platform, languages, fallback);
                Entry::Submenu { id, label, enabled, items }
            }
            (ItemKind::Custom, _) if item.interaction == Some(Interaction::Check) => Entry::Check {
                id: id?,
                label,
                enabled,
                checked: item.checked.unwrap_or_default(),
                accelerator,
            },
            (ItemKind::Custom, _) => Entry::Command { id: id?, label, enabled, accelerator },
        })
    };
    items.iter().filter_map(entry).collect()
}

fn text(label: Option<&Label>, languages: &[String], fallback: &str) -> Option<String> {
    label.map(|label| label.text(languages, fallback).to_owned())
}

/// A label as it is read: without the signs of its letter for Alt.
pub fn plain(label: &str) -> String {
    let mut plain = String::with_capacity(label.len());
    let mut letters = label.chars();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '&' { letters.next() } else { Some(letter) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn menu() -> MenuConfig {
        serde_json::from_value(json!({
            "fallbackLanguage": "de",
            "macosRoot": { "items": [{ "type": "predefined", "item": "services" }] },
            "file": { "items": [
                { "type": "custom", "id": "a", "label": { "de": "&Sichern", "fr": "Enregistrer" }, "accelerator": "Ctrl+S" },
                { "type": "predefined", "item": "hide_others" },
                { "type": "predefined", "item": "separator" },
                { "type": "custom", "id": "b", "label": "B", "interaction": "check", "checked": true, "accelerator": "F5" },
            ] },
            "window": { "label": "Fenster", "items": [] },
            "sections": [
                { "id": "tools", "label": "Tools", "items": [] },
                { "id": "help", "label": "Help", "after": "window", "items": [] },
            ],
        }))
        .unwrap()
    }

    fn names(tree: &Tree) -> Vec<&str> {
        tree.bar.iter().map(|group| group.name.as_str()).collect()
    }

    #[test]
    fn each_system_shows_what_it_has() {
        let linux = menu().tree(MenuPlatform::Linux, &["fr".into()]);
        assert_eq!(names(&linux), ["file", "tools", "window", "help"]);
        let accelerator = |keys| Accelerator::parse_menu(keys, false).ok();
        let file = [
            Entry::Command {
                id: "a".into(),
                label: "Enregistrer".into(),
                enabled: true,
                accelerator: accelerator("Ctrl+S"),
            },
            Entry::Separator,
            Entry::Check {
                id: "b".into(),
                label: "B".into(),
                enabled: true,
                checked: true,
                accelerator: accelerator("F5"),
            },
        ];
        assert_eq!(linux.bar[0].items.as_deref(), Some(&file[..]));
        assert_eq!(linux.bar[2].label.as_deref(), Some("Fenster"));

        let mac = menu().tree(MenuPlatform::Macos, &[]);
        assert_eq!(names(&mac), ["macosroot", "file", "edit", "tools", "window", "help"]);
        assert_eq!(mac.bar[1].items.as_ref().map(Vec::len), Some(4));
        assert_eq!(mac.bar[2].items, None, "the usual ones");
        let Some([Entry::Command { label, .. }, ..]) = mac.bar[1].items.as_deref() else {
            panic!("{mac:#?}");
        };
        assert_eq!(label, "&Sichern", "the menu's own fallback");
    }

    #[test]
    fn a_menu_that_is_off_or_for_others_shows_nothing() {
        let off = MenuConfig { enabled: Some(false), ..menu() };
        assert_eq!(off.tree(MenuPlatform::Linux, &[]), Tree::default());
        let others = MenuConfig { platforms: Some(vec![MenuPlatform::Macos]), ..menu() };
        assert_eq!(others.tree(MenuPlatform::Linux, &[]), Tree::default());
        assert_eq!(MenuConfig::default().tree(MenuPlatform::Macos, &[]), Tree::default());
    }

    #[test]
    fn a_label_is_read_without_its_signs() {
        for (label, expected) in [("&File", "File"), ("A && B", "A & B"), ("x&", "x"), ("x", "x")] {
            assert_eq!(plain(label), expected);
        }
    }
}
