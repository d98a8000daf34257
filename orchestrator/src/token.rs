//! The token: where it comes from, and that nobody sees it.

use std::{env, fmt};

use reqwest::header::HeaderValue;

use crate::{Host, error, process, sign_in};

/// Environment variables that may hold it, in the order of preference.
const VARIABLES: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];
/// Those that are only for servers other than github.com, and go first there, as in GitHub's own command line.
const SERVER_VARIABLES: [&str; 2] = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
/// Every environment variable that may hold something that opens a GitHub.
pub(crate) fn secret_variables() -> impl Iterator<Item = &'static str> {
    VARIABLES.into_iter().chain(SERVER_VARIABLES).chain(sign_in::KEY_VARIABLES)
}

/// What a GitHub on loopback takes when nothing else is said: it guards nothing.
const LOOPBACK: &str = "fake-token";

/// A token for GitHub's API. It is printed as `***`, and leaves this type as a header only.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The token of the environment for this GitHub, or that of `gh`.
    pub async fn find(host: &Host) -> anyhow::Result<Self> {
        let of_servers: &[&str] = if host.is_cloud() { &[] } else { &SERVER_VARIABLES };
        for name in of_servers.iter().chain(&VARIABLES) {
            if let Ok(value) = env::var(name)
                && !value.trim().is_empty()
            {
                return Ok(Self::new(&value));
            }
        }
        if host.is_loopback() {
            return Ok(Self::new(LOOPBACK));
        }
        let token = process::gh_token(host.name()).await.map(|token| Self::new(&token));
        token.ok_or_else(|| {
            error::missing(
                format!("there is no token for {host}"),
                format!(
                    "set GITHUB_TOKEN or GH_TOKEN, or log in with `gh auth login --hostname {host}`"
                ),
            )
        })
    }

    /// The value of the header `Authorization`, which its own debug output hides too.
    pub(crate) fn header(&self) -> anyhow::Result<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).map_err(|_| {
            error::usage(
                "the token has characters that no token has",
                "copy it again, without line breaks and quotes",
            )
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn nobody_sees_it() {
        let token = Token("secret".to_owned());
        assert_eq!(format!("{token:?} {:?}", token.header().unwrap()), "*** Sensitive");
        assert!(Token("two\nlines".to_owned()).header().is_err());
    }
}
