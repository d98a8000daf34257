//! The words of menus that an app did not write: titles of the usual sections, and what predefined items are called.

use std::collections::BTreeMap;

use runtime_settings::menu::{FALLBACK_LANGUAGE, Group, Label, Predefined};

/// By language, then by name. `{name}` is the app's.
const TEXTS: &str = include_str!("texts.json");

/// The words of one user.
pub(super) struct Texts {
    texts: BTreeMap<String, BTreeMap<String, String>>,
    languages: Vec<String>,
    app: String,
}

impl Texts {
    /// For a user of these languages, the favourite first, and an app of this name.
    pub(super) fn of(languages: Vec<String>, app: &str) -> Texts {
        // They are compiled in, and a test reads them.
        let texts = serde_json::from_str(TEXTS).unwrap_or_default();
        // A name is no label: its `&` is one.
        Texts { texts, languages, app: app.replace('&', "&&") }
    }

    /// Those of the user's languages that labels are looked up by.
    pub(super) fn languages(&self) -> &[String] {
        &self.languages
    }

    /// What a predefined item is called.
    pub(super) fn item(&self, action: Predefined) -> String {
        self.get(name(action))
    }

    /// The title of a menu in the bar.
    pub(super) fn title(&self, group: &Group) -> String {
        group.label.clone().unwrap_or_else(|| self.get(&group.name))
    }

    fn get(&self, name: &str) -> String {
        let by_language = self.texts.iter().filter_map(|(language, texts)| {
            Some((language.clone(), texts.get(name)?.replace("{name}", &self.app)))
        });
        let label = Label::ByLanguage(by_language.collect());
        label.text(&self.languages, FALLBACK_LANGUAGE).to_owned()
    }
}

/// The name of a predefined item in the texts, and of what it does in native ids.
pub(super) fn name(action: Predefined) -> &'static str {
    match action {
        Predefined::About => "about",
        Predefined::CloseWindow => "closeWindow",
        Predefined::Copy => "copy",
        Predefined::Cut => "cut",
        Predefined::Fullscreen => "fullscreen",
        Predefined::Hide => "hide",
        Predefined::HideOthers => "hideOthers",
        Predefined::Maximize => "maximize",
        Predefined::Minimize => "minimize",
        Predefined::Paste => "paste",
        Predefined::Quit => "quit",
        Predefined::Redo => "redo",
        Predefined::SelectAll => "selectAll",
        Predefined::Separator => "separator",
        Predefined::Services => "services",
        Predefined::ShowAll => "showAll",
        Predefined::Undo => "undo",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        let texts: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_str(TEXTS).unwrap();
        let names = |language: &str| texts[language].keys().collect::<Vec<_>>();
        for language in texts.keys() {
            assert_eq!(names(language), names("en"), "{language}");
        }
        assert_eq!(texts.keys().collect::<Vec<_>>(), ["de", "en", "es", "fr"]);
    }

    #[test]
    fn words_are_the_users_and_name_the_app() {
        let texts = Texts::of(vec!["de_AT".into()], "A & B");
        assert_eq!(texts.item(Predefined::About), "Ü&ber A && B");
        assert_eq!(texts.item(Predefined::SelectAll), "A&lles auswählen");
        assert_eq!(Texts::of(Vec::new(), "A").item(Predefined::Quit), "&Quit");
        let group = Group { name: "file".into(), is_custom: false, label: None, items: None };
        assert_eq!(texts.title(&group), "&Datei");
        assert_eq!(texts.title(&Group { label: Some("Akte".into()), ..group }), "Akte");
    }
}
