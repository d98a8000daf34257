//! The token: where it comes from, and that nobody sees it.

use std::{env, fmt};

use reqwest::header::HeaderValue;

use crate::{error, process};

/// Environment variables that may hold it, in the order of preference.
const VARIABLES: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];

/// A token for GitHub's API. It is printed as `***`, and leaves this type as a header only.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token of the environment, or that of `gh`.
    pub async fn find() -> anyhow::Result<Self> {
        for name in VARIABLES {
            if let Ok(value) = env::var(name)
                && !value.trim().is_empty()
            {
                return Ok(Self(value.trim().to_owned()));
            }
        }
        let token = process::gh_token().await.map(Self);
        token.ok_or_else(|| {
            error::missing(
                "there is no token for GitHub",
                "set GITHUB_TOKEN or GH_TOKEN, or log in with `gh auth login`",
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
