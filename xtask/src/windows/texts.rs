//! What the installer says besides NSIS' own texts, in the languages that we have; in English where we have none.

use std::collections::BTreeMap;

use anyhow::Context as _;
use config_schema::InstallerLanguage;
use serde::Serialize;

use crate::render::nsis;

/// By language and key. `{name}` is the app's name, `{installed}` the version that is there, `{url}` Microsoft's address.
const TEXTS: &str = include_str!("../../assets/installer-texts.json");
/// Where Microsoft's small installer of WebView2 is, for any processor.
/// https://learn.microsoft.com/microsoft-edge/webview2/concepts/distribution
pub(super) const WEBVIEW_URL: &str = "https://go.microsoft.com/fwlink/p/?LinkId=2124703";
/// The variable of the script that holds the installed version.
const INSTALLED_VARIABLE: &str = "$Installed";
const FALLBACK: &str = "English";

type Texts = BTreeMap<String, String>;

/// A language of the installer, with texts that are escaped for its script.
#[derive(Debug, Serialize)]
pub(super) struct LanguageTexts {
    /// Name of NSIS' language file.
    name: String,
    /// What NSIS calls the language's number.
    constant: String,
    texts: Texts,
}

/// The texts in each of the languages, for an app of this name.
pub(super) fn of(
    languages: &[InstallerLanguage],
    name: &str,
) -> anyhow::Result<Vec<LanguageTexts>> {
    let all: BTreeMap<String, Texts> = serde_json::from_str(TEXTS)?;
    let texts = |language: &InstallerLanguage| {
        let language = language.name();
        let texts = all.get(&language).or_else(|| all.get(FALLBACK)).context("no English texts")?;
        Ok(LanguageTexts {
            constant: format!("LANG_{}", language.to_uppercase()),
            texts: texts.iter().map(|(key, text)| (key.clone(), fill(text, name))).collect(),
            name: language,
        })
    };
    languages.iter().map(texts).collect()
}

/// The name comes last: what looks like a placeholder in it is none.
fn fill(text: &str, name: &str) -> String {
    let filled = text.replace("{installed}", INSTALLED_VARIABLE).replace("{url}", WEBVIEW_URL);
    filled.replace("{name}", &nsis(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_and_nothing_to_escape() {
        let all: BTreeMap<String, Texts> = serde_json::from_str(TEXTS).unwrap();
        let names: Vec<_> = all[FALLBACK].keys().collect();
        for (language, texts) in &all {
            assert!(serde_json::from_value::<InstallerLanguage>(language.as_str().into()).is_ok());
            assert_eq!(texts.keys().collect::<Vec<_>>(), names, "{language}");
            for (key, text) in texts {
                let placeholder = |name: &str| text.matches(&format!("{{{name}}}")).count();
                assert_eq!(placeholder("installed"), usize::from(key == "newer"), "{text}");
                assert_eq!(placeholder("url"), usize::from(key == "webviewFailed"), "{text}");
                assert!(!text.contains(['$', '"', '\n']), "{text}");
            }
        }
    }

    #[test]
    fn a_name_is_no_placeholder() {
        let texts = of(&[InstallerLanguage::Welsh], "{url} ${X}").unwrap();
        assert_eq!(
            texts[0].texts["running"],
            "{url} ${D}{X} is running. Close it, then try again."
        );
        assert_eq!(texts[0].constant, "LANG_WELSH");
    }
}
