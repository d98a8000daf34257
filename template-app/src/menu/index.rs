//! Where each item of a menu stands, by its id: what events say about it besides.

use std::collections::HashMap;

use runtime_settings::menu::{Entry, Tree, plain};

/// Where an item stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Place {
    pub(super) section: String,
    /// The menu that it stands in, as it is read.
    pub(super) parent_label: Option<String>,
    pub(super) parent_id: Option<String>,
    pub(super) is_check: bool,
}

/// The items of the bar. `title` names a section that has no label of its own.
pub(super) fn of_bar(
    tree: &Tree,
    title: impl Fn(&runtime_settings::menu::Group) -> String,
) -> HashMap<String, Place> {
    let mut places = HashMap::new();
    for group in &tree.bar {
        let place = Place {
            section: group.name.clone(),
            parent_label: Some(plain(&title(group))),
            parent_id: group.is_custom.then(|| group.name.clone()),
            is_check: false,
        };
        if group.is_custom {
            places.insert(
                group.name.clone(),
                Place { section: group.name.clone(), ..Place::default() },
            );
        }
        add(group.items.as_deref().unwrap_or_default(), &place, &mut places);
    }
    places
}

/// The items of a menu that is no part of the bar.
pub(super) fn of_items(section: &str, items: &[Entry]) -> HashMap<String, Place> {
    let mut places = HashMap::new();
    add(items, &Place { section: section.to_owned(), ..Place::default() }, &mut places);
    places
}

fn add(items: &[Entry], place: &Place, places: &mut HashMap<String, Place>) {
    for item in items {
        match item {
            Entry::Command { id, .. } => drop(places.insert(id.clone(), place.clone())),
            Entry::Check { id, .. } => {
                places.insert(id.clone(), Place { is_check: true, ..place.clone() });
            }
            Entry::Submenu { id, label, items, .. } => {
                if let Some(id) = id {
                    places.insert(id.clone(), place.clone());
                }
                let inside = Place {
                    section: place.section.clone(),
                    parent_label: Some(plain(label)),
                    parent_id: id.clone(),
                    is_check: false,
                };
                add(items, &inside, places);
            }
            Entry::Separator | Entry::Predefined { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use runtime_settings::menu::{MenuConfig, MenuPlatform};
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_knows_its_section_and_the_menu_around_it() {
        let menu: MenuConfig = serde_json::from_value(json!({
            "file": { "items": [
                { "id": "a", "label": "A" },
                { "type": "submenu", "id": "s", "label": "&More", "items": [
                    { "id": "b", "label": "B", "interaction": "check" },
                    { "type": "submenu", "label": "Most", "items": [{ "id": "c", "label": "C" }] },
                ] },
            ] },
            "sections": [{ "id": "tools", "label": "Tools", "items": [{ "id": "d", "label": "D" }] }],
        }))
        .unwrap();
        let places = of_bar(&menu.tree(MenuPlatform::Linux, &[]), |group| {
            group.label.clone().unwrap_or("&File".into())
        });
        let place = |section: &str, label: Option<&str>, id: Option<&str>, is_check| Place {
            section: section.into(),
            parent_label: label.map(str::to_owned),
            parent_id: id.map(str::to_owned),
            is_check,
        };
        for (id, expected) in [
            ("a", place("file", Some("File"), None, false)),
            ("s", place("file", Some("File"), None, false)),
            ("b", place("file", Some("More"), Some("s"), true)),
            ("c", place("file", Some("Most"), None, false)),
            ("d", place("tools", Some("Tools"), Some("tools"), false)),
            ("tools", place("tools", None, None, false)),
        ] {
            assert_eq!(places.get(id), Some(&expected), "{id}");
        }
        assert_eq!(places.len(), 6);
    }
}
