//! Secrets in text: known ones by their value, others by their form or by the name before them.
//!
//! GitHub masks what it knows as a secret. This is for what it cannot know: a secret that was encoded, cut, read from a file,
//! or that belongs to somebody's own service. A word too many that is hidden does less harm than one too few.

use std::{borrow::Cow, env};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use regex::{Captures, Regex, RegexSet};

use super::{lines::without_time, pem::Pem};

/// What stands in a secret's place.
pub(super) const MASK: &str = "***";
/// Shorter values are left alone (characters): hiding each `a` of a text would leave none.
const SHORTEST: usize = 4;
/// A line of nothing but base64 that is so long (characters) is a part of a key or certificate.
const BLOB: usize = 60;

/// What secrets look like. Groups named `keep` and `rest` stay.
const FORMS: &[&str] = &[
    // GitHub's tokens: https://github.blog/engineering/behind-githubs-new-authentication-token-formats
    r"\bgh[pousr]_[A-Za-z0-9_.\-]{10,}|\bgithub_pat_[A-Za-z0-9_]{10,}",
    // Statements that are signed (JWT).
    r"\beyJ[A-Za-z0-9_\-]{6,}\.[A-Za-z0-9_\-]{6,}(?:\.[A-Za-z0-9_\-]*)*",
    // A key in one line; those with several are the business of `Pem`.
    r"(?P<keep>-----BEGIN [A-Z0-9 ]+-----).+",
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
    // Client secrets of Azure.
    r"\b[A-Za-z0-9_~.\-]{3}\dQ~[A-Za-z0-9_~.\-]{31,}",
    // Tokens of package registries and services, by their first letters.
    r"\b(?:npm_[A-Za-z0-9]{30,}|pypi-[\w\-]{16,}|cio[A-Za-z0-9]{32}|glpat-[\w\-]{20,}|xox[abeoprs]-[\w\-]{10,}|AIza[\w\-]{35}|[rs]k_live_\w{16,}|sk-[\w\-]{20,}|SG\.[\w\-]{16,}\.[\w\-]{16,}|ya29\.[\w\-]{20,}|hf_[A-Za-z0-9]{30,}|dop_v1_[a-f0-9]{64})",
    // Apple's app-specific passwords.
    r"\b[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}\b",
    // Private keys of minisign, whose first line in base64 says so.
    r"dW50cnVzdGVkIGNvbW1lbnQ6IHJzaWduIGVuY3J5cHRlZCBzZWNyZXQga2V5[A-Za-z0-9+/=]*",
    r"dW50cnVzdGVkIGNvbW1lbnQ6IG1pbmlzaWduIGVuY3J5cHRlZCBzZWNyZXQga2V5[A-Za-z0-9+/=]*",
    // Whole files in base64.
    r"[A-Za-z0-9+/]{200,}={0,2}",
    r#"(?i)(?P<keep>\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:[a-z]+\s+)?[^\s"',]+"#,
    r"(?i)(?P<keep>\bbearer\s+)[A-Za-z0-9._~+/\-]{16,}=*",
    r"(?i)(?P<keep>\bbasic\s+)[A-Za-z0-9+/]{24,}=*",
    r"(?i)(?P<keep>\b(?:set-)?cookie:\s*).+",
    // Passwords and tokens in addresses.
    r#"(?i)(?P<keep>\b[a-z][a-z0-9+.\-]*://)[^\s/"'@:]*:[^\s/"']+(?P<rest>@)"#,
    r#"(?i)(?P<keep>\b[a-z][a-z0-9+.\-]*://)[^\s/"'@:]{16,}(?P<rest>@)"#,
    r#"(?i)(?P<keep>[?&](?:sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|x-goog-credential|(?:[a-z_]*_)?token|api_?key|key|(?:[a-z_]*_)?secret|password|code|jwt)=)[^&\s"']+"#,
];

/// Words by which things that hold secrets are called.
const NAMES: &str = r"password|passwd|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|account[_-]?key|signing[_-]?key|auth|credentials?";

/// Takes secrets out of text.
#[derive(Debug)]
pub struct Redactor {
    known: Option<Regex>,
    /// All forms at once: most lines have none.
    any: Option<RegexSet>,
    forms: Vec<Regex>,
    /// A name, what stands between, and a value.
    named: Vec<Regex>,
    pem: Pem,
}

impl Redactor {
    /// `known` are values that must not be seen, whatever their form. What the environment has under the names of a
    /// build's secrets is always among them.
    pub fn new(known: &[String]) -> Self {
        let of_environment =
            config_schema::all_secrets().filter_map(|secret| env::var(secret.name).ok());
        let mut values: Vec<_> =
            known.iter().cloned().chain(of_environment).flat_map(|value| shapes(&value)).collect();
        // The longest first, or a part of it would be found and the rest be seen.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        let values: Vec<_> = values.iter().map(|value| regex::escape(value)).collect();
        let named = names();
        let every = FORMS.iter().copied().chain(named.iter().map(String::as_str));
        Self {
            known: (!values.is_empty()).then(|| Regex::new(&values.join("|")).ok()).flatten(),
            // The patterns are constants, and a test compiles them.
            any: RegexSet::new(every).ok(),
            forms: FORMS.iter().filter_map(|form| Regex::new(form).ok()).collect(),
            named: named.iter().filter_map(|form| Regex::new(form).ok()).collect(),
            pem: Pem::default(),
        }
    }

    /// A line without secrets, with or without GitHub's time before it. The lines of a text are given in their order, since
    /// keys have several.
    pub fn line<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        let said = without_time(line);
        if self.pem.covers(said) || is_blob(said) {
            return Cow::Owned(format!("{}{MASK}", &line[..line.len() - said.len()]));
        }
        let mut text = Cow::Borrowed(line);
        if let Some(known) = &self.known
            && known.is_match(&text)
        {
            text = Cow::Owned(known.replace_all(&text, MASK).into_owned());
        }
        if self.any.as_ref().is_some_and(|any| !any.is_match(&text)) {
            return text;
        }
        let mut text = text.into_owned();
        for form in &self.forms {
            text = form.replace_all(&text, format!("${{keep}}{MASK}${{rest}}")).into_owned();
        }
        for named in &self.named {
            text = named.replace_all(&text, hide_value).into_owned();
        }
        Cow::Owned(text)
    }

    /// Lines without secrets.
    pub(crate) fn lines(&mut self, lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| self.line(line).into_owned()).collect()
    }
}

/// Values by the names before them.
fn names() -> [String; 3] {
    let ours: Vec<_> = config_schema::all_secrets().map(|secret| secret.name).collect();
    let value = r#"(?:"(?P<quoted>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"',;]+))"#;
    [
        format!(r#"(?P<keep>\b(?:{})["']?(?P<between>\s*[:=]\s*)){value}"#, ours.join("|")),
        format!(r#"(?i)(?P<keep>\b[\w.\-]*(?:{NAMES})["']?(?P<between>\s*(?:=>|[:=])\s*)){value}"#),
        format!(r"(?i)(?P<keep>(?:^|\s)--[\w\-]*(?:{NAMES})(?P<between>[ =])){value}"),
    ]
}

/// The name stays, and the value only when it cannot be a secret.
fn hide_value(found: &Captures<'_>) -> String {
    let group = |name: &str| found.name(name).map(|text| text.as_str());
    let quoted = group("quoted").or_else(|| group("single"));
    let value = quoted.or_else(|| group("bare")).unwrap_or_default();
    // In prose a word follows the colon. Nobody writes prose with an equals sign.
    let prose = quoted.is_none() && group("between").is_some_and(|between| between.contains(": "));
    let harmless = value.len() < SHORTEST
        || value.contains(MASK)
        || value.starts_with(['$', '<', '-'])
        || matches!(value, "true" | "false" | "null" | "none" | "None" | "undefined")
        || (prose && !value.chars().any(|c| c.is_ascii_digit()));
    match harmless {
        true => found[0].to_owned(),
        false => format!("{}{MASK}", group("keep").unwrap_or_default()),
    }
}

/// The ways in which a value may be written.
fn shapes(value: &str) -> Vec<String> {
    let value = value.trim();
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut shapes = vec![
        value.to_owned(),
        json.trim_matches('"').to_owned(),
        BASE64.encode(value),
        url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
    ];
    // What has several lines is seen in lines.
    shapes.extend(value.lines().map(|line| line.trim().to_owned()));
    shapes.retain(|shape| shape.len() >= SHORTEST);
    shapes
}

/// Whether a line is nothing but base64, and too mixed for a hash in digits and letters of one case.
fn is_blob(line: &str) -> bool {
    let line = line.trim();
    let base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    line.len() >= BLOB
        && line.chars().all(base64)
        && line.contains(|c: char| c.is_ascii_uppercase())
        && line.contains(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::{FORMS, Redactor, names};

    #[test]
    fn every_form_is_a_pattern() {
        let names = names();
        for form in FORMS.iter().copied().chain(names.iter().map(String::as_str)) {
            Regex::new(form).unwrap();
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        let mut redactor = Redactor::new(&["abc".to_owned()]);
        for line in [
            "error: secrets are missing: GPG_PRIVATE_KEY, GPG_PASSPHRASE",
            "SECRETS: GPG_PRIVATE_KEY=true GPG_PASSPHRASE=false",
            "  GPG_PRIVATE_KEY: ***",
            "unexpected token: expected `,`",
            "Error: Mac verify error: invalid password?",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "npm error integrity sha512-1ZXkhQ6vMZ9v0yQn6mC1oR7Yk8m5kF2hGd0cXn8Q1WvM2x0r3K4u5J6L7N8P9q0R1s2T3u4V5w6X7y8Z9a0b1A==",
            "   --> /home/runner/work/notes/notes/src/main.rs:3:5",
            "fetching https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz",
            "git@github.com:owner/name.git and https://github.com/owner/name",
            "xtask plan --secrets-env SECRETS --out plan.json",
            "abc",
        ] {
            assert_eq!(redactor.line(line), line);
        }
    }
}
