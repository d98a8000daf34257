//! Secrets: read once from the environment, never shown, wiped from memory at the end.

use std::{env, fmt};

use base64::Engine as _;
use config_schema::{AppModel, System, secrets};
use zeroize::Zeroizing;

use crate::error;

/// What is written in the place of a secret.
const HIDDEN: &str = "***";
/// Shortest secret (bytes) that is looked for in the output of programs: anything shorter is found everywhere.
const SHORTEST_REDACTED: usize = 4;

/// A value that must not be seen. Only [`Secret::reveal`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(value: String) -> Secret {
        Secret(Zeroizing::new(value))
    }

    /// The value, for a file or a stream that nobody else reads.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// The secrets that a build was given, by name.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<(&'static str, Secret)>);

impl Secrets {
    /// Takes what signing this app for a system needs. What is missing fails, all names at once.
    pub(crate) fn from_environment(model: &AppModel, system: System) -> anyhow::Result<Secrets> {
        Secrets::collect(model, system, |name| env::var(name).ok())
    }

    /// The same with any source. An empty value is no value: that is how a workflow hands on a secret that is not set.
    pub(super) fn collect(
        model: &AppModel,
        system: System,
        source: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Secrets> {
        let mut found = Secrets::default();
        let mut missing = Vec::new();
        for secret in secrets(model, system).into_iter().flatten() {
            match source(secret.name).filter(|value| !value.trim().is_empty()) {
                // A line break at the end comes from the file that the secret was set from.
                Some(value) => {
                    let value = Zeroizing::new(value);
                    let value = value.trim_end_matches(['\r', '\n']).to_owned();
                    found.0.push((secret.name, Secret::new(value)));
                }
                None if secret.required => missing.push(secret),
                None => {}
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let names: Vec<_> = missing.iter().map(|secret| format!("`{}`", secret.name)).collect();
        let meanings: Vec<_> =
            missing.iter().map(|secret| format!("{}: {}", secret.name, secret.purpose)).collect();
        Err(error::missing(
            format!("secrets for signing on {} are missing: {}", system.name(), names.join(", ")),
            format!(
                "set them in the environment, in a workflow as secrets of the repository ({}); docs/signing.md says how",
                meanings.join("; ")
            ),
        ))
    }

    /// The secret with this name; it is an error of ours to ask for one that the table does not name.
    pub(crate) fn get(&self, name: &'static str) -> anyhow::Result<&Secret> {
        self.find(name)
            .ok_or_else(|| error::missing(format!("a secret is missing: `{name}`"), "set it"))
    }

    /// The secret, if it was given.
    pub(crate) fn find(&self, name: &str) -> Option<&Secret> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, secret)| secret)
    }

    /// A secret that is bytes in base64, such as a certificate. Line breaks do not matter.
    pub(crate) fn bytes(&self, name: &'static str) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let text: Zeroizing<String> = Zeroizing::new(
            self.get(name)?.reveal().chars().filter(|letter| !letter.is_whitespace()).collect(),
        );
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_bytes());
        // The cause would quote a byte of the secret.
        bytes.map(Zeroizing::new).map_err(|_| {
            error::missing(
                format!("the secret is not base64: `{name}`"),
                "encode the file: `base64 < FILE`",
            )
        })
    }

    /// A text without any of these secrets, for errors that quote what a program said.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (_, secret)| redact(&text, secret))
    }
}

/// The text without this secret, in one piece or by its lines.
pub(crate) fn redact(text: &str, secret: &Secret) -> String {
    let lines = secret.reveal().lines().map(str::trim);
    lines
        .filter(|line| line.len() >= SHORTEST_REDACTED)
        .fold(text.to_owned(), |text, line| text.replace(line, HIDDEN))
}

#[cfg(test)]
mod tests {
    use super::{Secret, redact};

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new("top secret".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "*** Some(***)");
    }

    #[test]
    fn what_programs_say_is_shown_without_secrets_whole_or_by_line() {
        let secret = Secret::new("first line\n  second line\nab".to_owned());
        assert_eq!(
            redact("bad: second line, about, first line", &secret),
            "bad: ***, about, ***",
            "two letters are found everywhere"
        );
    }
}
