//! The pages that a window shows when it cannot show what it should: no connection, no trust, a crash. Made of `page.html` and
//! `texts.json`; `failures_linux` knows when. Other systems' webviews have pages of their own.

use std::collections::BTreeMap;

use serde_json::json;
use url::Url;

use crate::background;

const PAGE: &str = include_str!("failures/page.html");
/// By language, then by name of the text.
const TEXTS: &str = include_str!("failures/texts.json");
/// The language of those whose own there is not.
const FALLBACK_LANGUAGE: &str = "en";

/// Outlines of 24 by 24 for each kind of failure.
const CLOUD_ICON: &str =
    r#"<path d="M7 18a4 4 0 0 1-.6-8A6 6 0 0 1 18 9.5a4 4 0 0 1 2 7M3 3l18 18"/>"#;
const LOCK_ICON: &str = r#"<path d="M5 11h14v9H5zM8 11V7a4 4 0 0 1 7.6-1.7M12 14.5v2"/>"#;
const CRASH_ICON: &str =
    r#"<path d="M4 5h16v14H4zM4 9h16M9 13l1 1m0-1-1 1m5-1 1 1m0-1-1 1m-5 3h5"/>"#;

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    /// Nobody answered; with the system's own words for it.
    Unreachable(String),
    Untrusted(Certificate),
    /// Again and again.
    Crashed,
}

/// What is wrong with a certificate, and what it says. What it does not say is absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Certificate {
    /// Names of texts.
    pub(crate) faults: Vec<&'static str>,
    pub(crate) subject: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) valid_from: Option<String>,
    pub(crate) valid_until: Option<String>,
}

/// The page about a failure at `url`, on these colours for light and dark, for a user of these languages (`de_DE.UTF-8`, `de`), the favourite first.
pub(crate) fn page(
    failure: &Failure,
    url: &Url,
    (light, dark): (&str, &str),
    languages: &[String],
) -> String {
    let texts = Texts::of(languages);
    let host = url.host_str().map_or_else(|| url.to_string(), str::to_owned);
    let text = |name: &str| escaped(&texts.get(name).replace("{host}", &host));
    let paragraph = |name: &str| format!("<p>{}</p>", text(name));
    let (kind, icon, body) = match failure {
        Failure::Unreachable(error) => {
            let detail = format!("<p class=detail>{}</p>", escaped(error));
            ("offline", CLOUD_ICON, paragraph("offlineText") + &paragraph("offlineNote") + &detail)
        }
        Failure::Untrusted(certificate) => {
            let faults = certificate.faults.iter().map(|fault| paragraph(fault));
            let facts = certificate.facts(&texts);
            ("tls", LOCK_ICON, paragraph("tlsText") + &faults.collect::<String>() + &facts)
        }
        Failure::Crashed => ("crashed", CRASH_ICON, paragraph("crashedText")),
    };
    let button = if *failure == Failure::Crashed { "reload" } else { "retry" };
    let retries = matches!(failure, Failure::Unreachable(_));
    let script_url = json!(url.as_str()).to_string().replace('<', "\\u003c");
    let values = [
        ("{lang}", texts.language.to_owned()),
        ("{kind}", kind.to_owned()),
        ("{title}", text(&format!("{kind}Title"))),
        ("{light}", escaped(light)),
        ("{lightInk}", ink(light).to_owned()),
        ("{dark}", escaped(dark)),
        ("{darkInk}", ink(dark).to_owned()),
        ("{icon}", icon.to_owned()),
        ("{body}", body),
        ("{button}", text(button)),
        ("{url}", script_url),
        ("{retries}", retries.to_string()),
    ];
    fill(PAGE, &values)
}

/// Puts values in place of their names, in one pass: what a value says is never taken for a name.
fn fill(mut template: &str, values: &[(&str, String)]) -> String {
    let mut page = String::with_capacity(2 * template.len());
    while let Some(at) = template.find('{') {
        let (before, rest) = template.split_at(at);
        page.push_str(before);
        let found = values.iter().find(|(name, _)| rest.starts_with(name));
        let (value, length) = found.map_or(("{", 1), |(name, value)| (value, name.len()));
        page.push_str(value);
        template = rest.get(length..).unwrap_or_default();
    }
    page + template
}

impl Certificate {
    fn facts(&self, texts: &Texts) -> String {
        let fact = |name: &str, value: &Option<String>| {
            let value = value.as_ref()?;
            Some(format!("<dt>{}</dt><dd>{}</dd>", escaped(texts.get(name)), escaped(value)))
        };
        let facts = [
            fact("issuedTo", &self.subject),
            fact("issuedBy", &self.issuer),
            fact("validFrom", &self.valid_from),
            fact("validUntil", &self.valid_until),
        ];
        format!("<dl>{}</dl>", facts.into_iter().flatten().collect::<String>())
    }
}

/// The texts of one language.
struct Texts {
    language: &'static str,
    texts: BTreeMap<&'static str, &'static str>,
}

impl Texts {
    /// The first of the languages that there is.
    fn of(languages: &[String]) -> Texts {
        // A test reads the whole table.
        let mut all: BTreeMap<&str, BTreeMap<&str, &str>> =
            serde_json::from_str(TEXTS).unwrap_or_default();
        let wanted = languages.iter().map(|language| {
            language.split(['_', '-', '.', '@']).next().unwrap_or_default().to_lowercase()
        });
        let found = wanted
            .chain([FALLBACK_LANGUAGE.to_owned()])
            .find_map(|language| all.remove_entry(language.as_str()));
        let (language, texts) = found.unwrap_or((FALLBACK_LANGUAGE, BTreeMap::new()));
        Texts { language, texts }
    }

    fn get(&self, name: &str) -> &'static str {
        self.texts.get(name).copied().unwrap_or_default()
    }
}

/// Black or white, whichever can be read better on this colour.
/// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
fn ink(color: &str) -> &'static str {
    /// From here on black has more contrast than white.
    const MIDDLE: f64 = 0.179;
    let Some(color) = background::parse(color) else { return "CanvasText" };
    let linear = |channel: u8| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2);
    if luminance > MIDDLE { "#000000" } else { "#ffffff" }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(failure: &Failure, url: &str, language: &str) -> String {
        let colors = ("#ffffff", "#102030");
        page(failure, &Url::parse(url).unwrap(), colors, &[language.to_owned()])
    }

    #[test]
    fn every_language_has_every_text_and_no_other() {
        let all: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(TEXTS).unwrap();
        let names: Vec<_> = all[FALLBACK_LANGUAGE].keys().collect();
        for (language, texts) in &all {
            assert_eq!(texts.keys().collect::<Vec<_>>(), names, "{language}");
            assert!(
                texts.values().all(|text| !text.is_empty() && !text.contains('<')),
                "{language}"
            );
        }
        assert!(all.contains_key("de"));
    }

    #[test]
    fn a_page_is_in_the_users_language_or_english() {
        for (language, lang, title) in [
            ("de_DE.UTF-8", "lang=\"de\"", "Diese Seite lässt sich nicht laden"),
            ("de-AT", "lang=\"de\"", "Diese Seite lässt sich nicht laden"),
            ("C", "lang=\"en\"", "This page cannot be loaded"),
            ("tlh", "lang=\"en\"", "This page cannot be loaded"),
        ] {
            let page =
                made(&Failure::Unreachable("refused".into()), "https://example.com/", language);
            assert!(page.contains(lang) && page.contains(title), "{language}: {page}");
            assert!(page.contains("example.com"), "{page}");
        }
    }

    #[test]
    fn nothing_that_others_say_becomes_markup_or_script() {
        let certificate = Certificate {
            faults: vec!["tlsUnknownCa"],
            subject: Some("<img src=x onerror=alert(1)> {url}".into()),
            ..Certificate::default()
        };
        let page =
            made(&Failure::Untrusted(certificate), "https://e.example/?</script>{body}", "en");
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt; {url}</dd>"), "{page}");
        assert_eq!(page.matches("</script>").count(), 1, "{page}");
        assert!(!page.contains("{kind}") && !page.contains("{title}"), "{page}");
        assert!(
            page.contains("}, false);") || page.contains(", false);"),
            "no retries by itself: {page}"
        );
    }

    #[test]
    fn text_can_be_read_on_any_colour() {
        for (color, expected) in [
            ("#ffffff", "#000000"),
            ("#000000", "#ffffff"),
            ("#102030", "#ffffff"),
            ("#ffcc00", "#000000"),
            ("#0000ff", "#ffffff"),
            ("odd", "CanvasText"),
        ] {
            assert_eq!(ink(color), expected, "{color}");
        }
    }
}
