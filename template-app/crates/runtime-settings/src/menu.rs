//! Menus as they are written: in a config, in the pack, and by a page. `check` says what is wrong with one, `tree` is what a
//! system shows of it.

mod check;
mod tree;

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

pub use check::{MenuFault, MenuProblem, check_items};
pub use tree::{Entry, Group, Tree, entries, plain};

/// Items of a menu with all its submenus (count): each is a handful of native objects, and nobody reads as many.
pub const MAX_ITEMS: usize = 1000;
/// Menus inside each other (count), the section's own included: a screen has room for fewer.
pub const MAX_DEPTH: usize = 20;
/// Longest label, in characters: systems cut far shorter ones.
pub const MAX_LABEL_CHARS: usize = 200;
/// Longest id, in characters: it is a key, not data.
pub const MAX_ID_CHARS: usize = 128;
/// Languages of one label (count).
pub const MAX_LANGUAGES: usize = 100;

/// The language of labels for a user whose own they do not have, unless the menu names another.
pub const FALLBACK_LANGUAGE: &str = "en";

/// The `menu` section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MenuConfig {
    /// Whether there is a menu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("default" = true)))]
    pub enabled: Option<bool>,
    /// The systems that have it; all if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub platforms: Option<Vec<MenuPlatform>>,
    /// The language of labels for a user whose own they do not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("default" = FALLBACK_LANGUAGE)))]
    pub fallback_language: Option<String>,
    /// The menu with the app's name, on macOS only. There it has the usual items if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub macos_root: Option<Section>,
    /// The menu "File".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Section>,
    /// The menu "Edit". On macOS it has the usual items if left out, since keys such as Cmd+C come from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Section>,
    /// The menu "View".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<Section>,
    /// The menu "Window".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Section>,
    /// Menus of the app's own beside them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sections: Option<Vec<CustomSection>>,
    /// The menu of the icon in the system's tray.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tray: Option<Section>,
}

/// A system, as menus name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "lowercase")]
pub enum MenuPlatform {
    Macos,
    Windows,
    Linux,
}

/// One of the menus that most apps have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Section {
    /// The section's name once more, as documents from elsewhere have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The title; the system's usual word in the user's language if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// What is in it, from top to bottom.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = [])))]
    pub items: Vec<MenuItem>,
}

/// A menu of the app's own in the bar.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomSection {
    /// What events call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(required))]
    pub id: Option<String>,
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(required))]
    pub label: Option<Label>,
    /// The section that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("default" = "view")))]
    pub after: Option<StandardSection>,
    /// What is in it, from top to bottom.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = [])))]
    pub items: Vec<MenuItem>,
}

/// The sections that every system with a bar can have, from left to right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "lowercase")]
pub enum StandardSection {
    File,
    Edit,
    #[default]
    View,
    Window,
}

/// One line of a menu.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MenuItem {
    /// `custom` is the app's own, `predefined` what the system does itself.
    #[serde(default, rename = "type")]
    #[cfg_attr(feature = "schema", schemars(extend("default" = ItemKind::default())))]
    pub kind: ItemKind,
    /// What events and calls name the item by; `custom` must have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The text of `custom` and `submenu`; `&` stands before the letter that Alt goes with, and `&&` is an ampersand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Whether `custom` or `submenu` can be chosen; `true` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `check` gives `custom` a mark that each click sets or takes away; `click` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction: Option<Interaction>,
    /// Whether the mark of `check` is set at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<bool>,
    /// Keys that choose `custom`, such as `CmdOrCtrl+Shift+S`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerator: Option<String>,
    /// Which one of `predefined` it is. What a system does not have is left out there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Predefined>,
    /// The text of `predefined`; the system's usual one in the user's language if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_label: Option<Label>,
    /// What is in `submenu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<MenuItem>>,
}

/// What a line of a menu is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    #[default]
    Custom,
    Predefined,
    Submenu,
    Separator,
}

/// What a click on an item of the app's own does to the item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "lowercase")]
pub enum Interaction {
    #[default]
    Click,
    Check,
}

/// What the system, or the runtime in its place, does by itself. Menus at a place in the page write the names in camelCase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "snake_case")]
pub enum Predefined {
    About,
    #[serde(alias = "closeWindow")]
    CloseWindow,
    Copy,
    Cut,
    Fullscreen,
    Hide,
    #[serde(alias = "hideOthers")]
    HideOthers,
    Maximize,
    Minimize,
    Paste,
    Quit,
    Redo,
    #[serde(alias = "selectAll")]
    SelectAll,
    Separator,
    Services,
    #[serde(alias = "showAll")]
    ShowAll,
    Undo,
}

impl Predefined {
    /// Does a system have it? What is about all apps of the desktop is macOS's.
    pub fn exists_on(self, platform: MenuPlatform) -> bool {
        use Predefined::{HideOthers, Services, ShowAll};
        platform == MenuPlatform::Macos || !matches!(self, HideOthers | Services | ShowAll)
    }
}

/// A text, or one text for each language.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(untagged)]
pub enum Label {
    /// The same in every language.
    Text(String),
    /// By language, such as `{"en": "Export", "pt-BR": "Exportar"}`.
    ByLanguage(BTreeMap<String, String>),
}

impl Label {
    /// The text for a user of these languages (`de_DE.UTF-8`, `de`), the favourite first: a language's own text, that of the
    /// language without its country, then the fallback's.
    pub fn text(&self, languages: &[String], fallback: &str) -> &str {
        let texts = match self {
            Label::Text(text) => return text,
            Label::ByLanguage(texts) => texts,
        };
        let find = |wanted: &str| {
            let wanted = tag(wanted);
            let language = wanted.split('-').next().unwrap_or_default();
            let by = |fits: &dyn Fn(&str) -> bool| {
                texts.iter().find(|(known, _)| fits(&tag(known))).map(|(_, text)| text.as_str())
            };
            by(&|known| known == wanted).or_else(|| by(&|known| known == language))
        };
        let own = languages.iter().find_map(|language| find(language));
        let any = || texts.values().next().map(String::as_str);
        own.or_else(|| find(fallback)).or_else(any).unwrap_or_default()
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Label {
        Label::Text(text.to_owned())
    }
}

/// A language as the web writes it, in small letters: systems add encodings and underscores.
fn tag(language: &str) -> String {
    let end = language.find(['.', '@']).unwrap_or(language.len());
    language.get(..end).unwrap_or(language).replace('_', "-").to_ascii_lowercase()
}

// Serde's own `untagged` forgets which alternative was meant and where it went wrong; a visitor keeps both.
impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Label, D::Error> {
        struct LabelVisitor;

        impl<'de> Visitor<'de> for LabelVisitor {
            type Value = Label;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or an object with a text for each language")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Label, E> {
                Ok(Label::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Label, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Label::ByLanguage)
            }
        }

        deserializer.deserialize_any(LabelVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_in_the_users_language_else_in_the_menus_own() {
        let label: Label = serde_json::from_str(
            r#"{"en": "Colour", "en-US": "Color", "de": "Farbe", "pt-BR": "Cor"}"#,
        )
        .unwrap();
        for (languages, expected) in [
            (&["de_DE.UTF-8", "de", "C"][..], "Farbe"),
            (&["de-AT"], "Farbe"),
            (&["en_US.UTF-8"], "Color"),
            (&["en_GB"], "Colour"),
            (&["fr_FR", "de"], "Farbe"),
            (&["pt_BR"], "Cor"),
            (&["pt_PT"], "Colour"),
            (&["C"], "Colour"),
            (&[], "Colour"),
        ] {
            let languages: Vec<_> = languages.iter().map(ToString::to_string).collect();
            assert_eq!(label.text(&languages, "en"), expected, "{languages:?}");
        }
        assert_eq!(label.text(&[], "de"), "Farbe");
        assert_eq!(label.text(&[], "fr"), "Farbe", "any, when there is no fallback: the first");
        assert_eq!(Label::from("A").text(&["de".into()], "en"), "A");
    }

    #[test]
    fn a_menu_is_written_as_it_was_read() {
        let text = r#"{"file":{"items":[{"type":"custom","id":"a","label":{"de":"A"},"interaction":"check"},{"type":"predefined","item":"select_all"}]},"sections":[{"id":"tools","label":"Tools","after":"edit","items":[]}]}"#;
        let menu: MenuConfig = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&menu).unwrap(), text);
        let camel = r#"{"type": "predefined", "item": "selectAll"}"#;
        let item: MenuItem = serde_json::from_str(camel).unwrap();
        assert_eq!(item.item, Some(Predefined::SelectAll));
    }
}
