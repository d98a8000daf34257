//! The client: addresses, headers, what is repeated, and the calls that releases need.
//!
//! What may be repeated is decided here, by kind of request (`Repeat`). A request that must not be repeated and whose
//! answer did not come ends as `ApiError::Unclear`: its caller looks what is there and goes on from that.

mod api;
mod calls;
mod failure;
mod rate;

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc, time::Duration};

use reqwest::{
    Body, Client, Method, RequestBuilder, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

pub(crate) use api::{Asset, Release};
pub(crate) use calls::{BranchFile, NewRelease};
pub use failure::ApiError;
use rate::Governor;

use crate::{Event, Progress, Token, error};

/// GitHub's own API.
pub const DEFAULT_API: &str = "https://api.github.com";
/// The version of the API that this is written for. GitHub keeps a version for two years after the next one.
const API_VERSION: &str = "2022-11-28";
const USER_AGENT: &str = concat!("deskwright/", env!("CARGO_PKG_VERSION"));
/// How long a connection may take to be made: a server that is there answers within a second or two.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// How long nothing may arrive. Answers to large uploads take a while, since GitHub hashes them.
const SILENCE_LIMIT: Duration = Duration::from_secs(120);
/// How often a request that may be repeated is sent (count).
const ATTEMPTS: u32 = 5;
/// The pause before the second attempt; it doubles with each. A restart of a server takes seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Whether a request may be sent again when nobody knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// It changes nothing, or leaves the same state however often it arrives.
    Allowed,
    /// Each arrival has an effect of its own.
    Never,
}

/// `owner/name` of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoName {
    owner: String,
    name: String,
}

impl FromStr for RepoName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let part = |part: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty() && part.chars().all(known) && part.chars().any(|c| c != '.')
        };
        match text.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => {
                Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
            }
            _ => Err("a repository is written `owner/name`".to_owned()),
        }
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// A repository on GitHub, and the right to change it.
pub struct Github {
    client: Client,
    api: Url,
    repo: RepoName,
    governor: Mutex<Governor>,
    progress: Arc<dyn Progress>,
}

impl Github {
    /// `api` is the address of the API.
    pub fn new(
        api: &str,
        repo: RepoName,
        token: &Token,
        progress: Arc<dyn Progress>,
    ) -> anyhow::Result<Self> {
        let api = api_address(api)?;
        // Another part of the program may have chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, token.header()?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert(
            HeaderName::from_static("x-github-api-version"),
            HeaderValue::from_static(API_VERSION),
        );
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .connect_timeout(CONNECT_LIMIT)
            .read_timeout(SILENCE_LIMIT)
            // No call here is redirected, so a redirect could only carry the token elsewhere.
            .redirect(Policy::none())
            // Repeating is decided in this file alone.
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self { client, api, repo, governor: Mutex::default(), progress })
    }

    /// The repository's name.
    pub fn repo(&self) -> &RepoName {
        &self.repo
    }

    /// The address of something in the repository; `rest` is a list of path segments.
    fn url(&self, rest: &[&str]) -> Url {
        let mut url = self.api.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["repos", &self.repo.owner, &self.repo.name]);
            // Names that have slashes, such as a branch's, are several segments.
            segments.extend(rest.iter().flat_map(|part| part.split('/')));
        }
        url
    }

    /// Whether the token may be sent there: to the API itself, or to its host for uploads.
    fn may_have_token(&self, url: &Url) -> bool {
        let host = self.api.host_str().unwrap_or_default();
        let uploads = host.strip_prefix("api.").map(|rest| format!("uploads.{rest}"));
        let known = url.host_str() == Some(host) || url.host_str() == uploads.as_deref();
        known && url.scheme() == self.api.scheme() && url.port() == self.api.port()
    }

    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, ApiError> {
        let response = self.json_request(Method::GET, url, None, Repeat::Allowed).await?;
        read(response, "GET").await
    }

    /// Every item of a list, whatever the pages.
    async fn all<T: DeserializeOwned>(&self, url: Url) -> Result<Vec<T>, ApiError> {
        let mut items = Vec::new();
        let mut next = Some(url);
        while let Some(url) = next.take() {
            let response = self.json_request(Method::GET, url, None, Repeat::Allowed).await?;
            next = next_page(response.headers()).filter(|url| self.may_have_token(url));
            items.extend(read::<Vec<T>>(response, "GET").await?);
        }
        Ok(items)
    }

    async fn json_request(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        repeat: Repeat,
    ) -> Result<Response, ApiError> {
        let operation = format!("{method} {}", url.path());
        self.send(&operation, repeat, async || {
            let request = self.client.request(method.clone(), url.clone());
            Ok(match body {
                Some(body) => request.json(body),
                None => request,
            })
        })
        .await
    }

    /// Sends bytes; `make` makes them anew for each attempt.
    async fn upload(
        &self,
        url: Url,
        size: u64,
        make: impl AsyncFn() -> anyhow::Result<Body>,
    ) -> Result<Response, ApiError> {
        let operation = format!("POST {}", url.path());
        self.send(&operation, Repeat::Never, async || {
            let request = self.client.post(url.clone());
            let request = request
                .header("content-type", "application/octet-stream")
                .header("content-length", size);
            Ok(request.body(make().await?))
        })
        .await
    }

    /// Sends a request, again where that is right: when the server says that it did not look at it and when to come back,
    /// and, if the request may be repeated, when no answer came or the server failed.
    async fn send(
        &self,
        operation: &str,
        repeat: Repeat,
        make: impl AsyncFn() -> anyhow::Result<RequestBuilder>,
    ) -> Result<Response, ApiError> {
        let mut attempt = 1;
        loop {
            if !operation.starts_with("GET") {
                let pause = self.governor.lock().await.content_pause();
                self.pause(pause, "GitHub allows so many changes in a minute").await;
            }
            let request = make()
                .await
                .map_err(|source| ApiError::Prepare { operation: operation.to_owned(), source })?;
            let error = match request.send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    let (refusal, asked) = failure::refusal(operation, response).await;
                    if let Some(asked) = asked {
                        let pause = self.governor.lock().await.asked_pause(asked);
                        let Some(pause) = pause else { return Err(refusal) };
                        self.pause(pause, "GitHub asks for fewer requests").await;
                        continue;
                    }
                    refusal
                }
                Err(source) => ApiError::Unclear { operation: operation.to_owned(), source },
            };
            if repeat == Repeat::Never || attempt == ATTEMPTS || !error.may_pass() {
                return Err(error);
            }
            let pause = FIRST_PAUSE * 2_u32.pow(attempt - 1);
            self.pause(pause, &error.to_string()).await;
            attempt += 1;
        }
    }

    /// Tells whoever watches.
    pub(crate) fn event(&self, event: &Event) {
        self.progress.event(event);
    }

    /// The same for what outlives a call.
    pub(crate) fn progress(&self) -> Arc<dyn Progress> {
        Arc::clone(&self.progress)
    }

    async fn pause(&self, pause: Duration, reason: &str) {
        if pause.is_zero() {
            return;
        }
        let seconds = pause.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
        self.event(&Event::Waiting { seconds, reason: reason.to_owned() });
        tokio::time::sleep(pause).await;
    }
}

/// The document of an answer.
async fn read<T: DeserializeOwned>(response: Response, method: &str) -> Result<T, ApiError> {
    let operation = format!("{method} {}", response.url().path());
    let bytes = response.bytes().await;
    let bytes =
        bytes.map_err(|source| ApiError::Unclear { operation: operation.clone(), source })?;
    serde_json::from_slice(&bytes).map_err(|source| ApiError::Document { operation, source })
}

/// A missing thing as none.
fn found<T>(result: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The next page of a list, by the header `Link`.
fn next_page(headers: &HeaderMap) -> Option<Url> {
    let links = headers.get("link")?.to_str().ok()?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, rest) = next.split_once('<')?;
    Url::parse(rest.split_once('>')?.0).ok()
}

/// The token goes there, so nobody on the way may read it.
fn api_address(text: &str) -> anyhow::Result<Url> {
    let hint = "write the address of the API, such as `https://api.github.com`";
    let url =
        Url::parse(text).map_err(|_| error::usage(format!("not an address: {text}"), hint))?;
    let host = url.host_str().unwrap_or_default();
    let loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if url.scheme() == "https" || (url.scheme() == "http" && loopback) {
        return Ok(url);
    }
    Err(error::usage(format!("not a safe address for a token: {text}"), hint))
}

#[cfg(test)]
mod tests {
    use super::{RepoName, api_address};

    #[test]
    fn names_of_repositories_are_checked() {
        assert_eq!("a-b/c.d".parse::<RepoName>().unwrap().to_string(), "a-b/c.d");
        for wrong in ["", "a", "a/", "/b", "a/b/c", "a/..", "a/b?c"] {
            assert!(wrong.parse::<RepoName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_token_goes_over_tls_or_stays_here() {
        assert!(api_address("https://api.github.com").is_ok());
        assert!(api_address("http://127.0.0.1:4000").is_ok());
        for wrong in [
            "http://api.github.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "api.github.com",
        ] {
            assert!(api_address(wrong).is_err(), "{wrong}");
        }
    }
}
