//! Who asks: a person with a token, or a GitHub App that makes tokens from its key.
//!
//! An App signs a short-lived statement with its key and gets a token for one installation, which holds for an hour:
//! <https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app>. All times in the statement are the
//! server's, so that a wrong clock here does no harm.

use std::{collections::HashMap, env, fmt, path::PathBuf, time::Duration};

use anyhow::Context as _;
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::{Method, header::HeaderValue};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    Host, RepoName, Token, error,
    github::{Repeat, Server},
};

/// The environment's names of an App's id and of the file or the text of its key.
const APP_ID: &str = "DESKWRIGHT_APP_ID";
const APP_KEY_FILE: &str = "DESKWRIGHT_APP_KEY_FILE";
const APP_KEY: &str = "DESKWRIGHT_APP_KEY";
/// Those of them that other programs must not see.
pub(crate) const KEY_VARIABLES: [&str; 2] = [APP_KEY_FILE, APP_KEY];
/// How long a statement holds, in seconds: GitHub takes ten minutes at most.
const STATEMENT_LIFE: i64 = 9 * 60;
/// Statements are dated back so much, in seconds, as GitHub advises.
const STATEMENT_LEEWAY: i64 = 60;
/// A token is renewed when it has so long to go: a large upload takes its time.
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
/// Largest key file in bytes; real ones have less than four kilobytes.
const MAX_KEY_BYTES: u64 = 64 * 1024;

/// How to sign in.
#[derive(Debug, Clone)]
pub enum SignIn {
    Token(Token),
    App(AppKey),
}

/// A GitHub App's id and private key. It is printed without the key.
#[derive(Clone)]
pub struct AppKey {
    id: String,
    key: EncodingKey,
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "App {} ***", self.id)
    }
}

impl SignIn {
    /// What the environment has for this GitHub: an App, or a token.
    pub async fn find(host: &Host) -> anyhow::Result<Self> {
        match AppKey::find()? {
            Some(app) => Ok(Self::App(app)),
            None => Ok(Self::Token(Token::find(host).await?)),
        }
    }
}

impl AppKey {
    /// The App of the environment, if there is one.
    fn find() -> anyhow::Result<Option<Self>> {
        let variable = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let Some(id) = variable(APP_ID) else { return Ok(None) };
        let text = match (variable(APP_KEY_FILE).map(PathBuf::from), variable(APP_KEY)) {
            (Some(file), None) => {
                let len = fs_err::metadata(&file)?.len();
                if len > MAX_KEY_BYTES {
                    let hint = format!("`{APP_KEY_FILE}` names the .pem file of the App's key");
                    return Err(error::usage(format!("no key is so large: {len} bytes"), hint));
                }
                fs_err::read_to_string(file)?
            }
            (None, Some(text)) => text,
            _ => {
                return Err(error::missing(
                    format!("`{APP_ID}` is set, and the App's key is not, or twice"),
                    format!("set one of `{APP_KEY_FILE}` and `{APP_KEY}`"),
                ));
            }
        };
        Self::new(&id, &text).map(Some)
    }

    /// `pem` is the key's text, as GitHub gives it.
    pub fn new(id: &str, pem: &str) -> anyhow::Result<Self> {
        // The library's own words might quote the key.
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| {
            error::usage(
                "the App's key is no RSA key in PEM form",
                "download a private key on the App's settings page",
            )
        })?;
        Ok(Self { id: id.trim().to_owned(), key })
    }

    /// A statement that this is the App, at the server's time.
    fn statement(&self, now: i64) -> anyhow::Result<HeaderValue> {
        #[derive(Serialize)]
        struct Claims<'a> {
            iss: &'a str,
            iat: i64,
            exp: i64,
        }
        let claims =
            Claims { iss: &self.id, iat: now - STATEMENT_LEEWAY, exp: now + STATEMENT_LIFE };
        let header = jsonwebtoken::Header::new(Algorithm::RS256);
        let statement = jsonwebtoken::encode(&header, &claims, &self.key)
            .context("failed to sign with the App's key")?;
        Token::new(&statement).header()
    }
}

/// Who we are, with the tokens that hold at the moment.
#[derive(Debug)]
pub(crate) enum Identity {
    Token(HeaderValue),
    App {
        key: AppKey,
        /// By owner: an App is installed once for all repositories of an owner.
        tokens: Mutex<HashMap<String, Installed>>,
    },
}

/// An installation's token.
#[derive(Debug, Clone)]
pub(crate) struct Installed {
    token: HeaderValue,
    /// On the clock of the program.
    until: Duration,
}

#[derive(Debug, Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Granted {
    token: String,
    expires_at: jiff::Timestamp,
}

impl Identity {
    pub(crate) fn new(sign_in: SignIn) -> anyhow::Result<Self> {
        Ok(match sign_in {
            SignIn::Token(token) => Self::Token(token.header()?),
            SignIn::App(key) => Self::App { key, tokens: Mutex::default() },
        })
    }

    /// The header `Authorization` for a repository.
    pub(crate) async fn token(
        &self,
        server: &Server,
        repo: Option<&RepoName>,
    ) -> anyhow::Result<HeaderValue> {
        let (key, tokens) = match self {
            Self::Token(header) => return Ok(header.clone()),
            Self::App { key, tokens } => (key, tokens),
        };
        let Some(repo) = repo else {
            return key.statement(server_time(server).await?);
        };
        let mut tokens = tokens.lock().await;
        if let Some(installed) = tokens.get(repo.owner())
            && installed.until > server.clock().elapsed()
        {
            return Ok(installed.token.clone());
        }
        let installed = install(server, key, repo).await?;
        tokens.insert(repo.owner().to_owned(), installed.clone());
        Ok(installed.token)
    }

    /// The tokens that hold at the moment, for those who must not let them pass.
    pub(crate) async fn secrets(&self) -> Vec<String> {
        let token = |header: &HeaderValue| {
            let text = header.to_str().unwrap_or_default();
            text.strip_prefix("Bearer ").unwrap_or(text).to_owned()
        };
        match self {
            Self::Token(header) => vec![token(header)],
            Self::App { tokens, .. } => {
                tokens.lock().await.values().map(|installed| token(&installed.token)).collect()
            }
        }
    }

    /// Forgets the token of a repository; whether another one can be had.
    pub(crate) async fn renew(&self, repo: Option<&RepoName>) -> bool {
        match (self, repo) {
            (Self::App { tokens, .. }, Some(repo)) => {
                tokens.lock().await.remove(repo.owner()).is_some()
            }
            _ => false,
        }
    }
}

/// A token for the installation of the App that covers the repository.
async fn install(server: &Server, key: &AppKey, repo: &RepoName) -> anyhow::Result<Installed> {
    let now = server_time(server).await?;
    let statement = key.statement(now)?;
    let ask = async |method: Method, rest: &[&str]| {
        let url = server.url(rest);
        let operation = format!("{method} {}", url.path());
        let make = async || {
            let request = server.request(method.clone(), url.clone());
            Ok(request.header("authorization", statement.clone()))
        };
        // A token more does no harm.
        server.send_as(&operation, Repeat::Allowed, make).await
    };
    let found = ask(Method::GET, &["repos", repo.owner(), repo.name(), "installation"]).await;
    let found = found.map_err(|refusal| {
        let hint = "install the App for the repository's owner, with this repository among its repositories";
        if refusal.status() == Some(reqwest::StatusCode::NOT_FOUND) {
            return error::refused(refusal, format!("the App is not installed for: {repo}"), hint);
        }
        refusal.into()
    })?;
    let installation: Installation = found.document()?;
    let id = installation.id.to_string();
    let granted = ask(Method::POST, &["app", "installations", &id, "access_tokens"]).await?;
    let granted: Granted = granted.document()?;
    let life = granted.expires_at.as_second().saturating_sub(now).max(0).unsigned_abs();
    let until = server.clock().elapsed() + Duration::from_secs(life);
    let token = Token::new(&granted.token).header()?;
    Ok(Installed { token, until: until.saturating_sub(RENEW_BEFORE) })
}

/// What time it is there, in seconds since 1970.
async fn server_time(server: &Server) -> anyhow::Result<i64> {
    let url = server.url(&["rate_limit"]);
    // Any answer has the time, a refusal too.
    let response = server.foreign(url).send().await.map_err(reqwest::Error::without_url)?;
    let date = response.headers().get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    Ok(date.map_or_else(jiff::Timestamp::now, |date| date.timestamp()).as_second())
}
