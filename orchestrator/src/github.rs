//! A repository on GitHub: addresses, pages of lists, and the calls below.

mod actions;
mod answer;
mod api;
mod calls;
mod download;
mod failure;
mod rate;
mod server;
mod settings;

use std::{fmt, str::FromStr, sync::Arc};

use reqwest::{
    Body, Method, StatusCode,
    header::{ETAG, HeaderMap, IF_NONE_MATCH},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

pub use actions::{Conclusion, Job, Run, RunStatus, Step};
pub(crate) use actions::{Dispatched, RemoteArtifact, Workflow};
pub(crate) use answer::Answer;
pub(crate) use api::{Asset, Release};
pub(crate) use calls::{BranchFile, NewRelease};
pub(crate) use download::{Remote, is_past};
pub use failure::ApiError;
pub(crate) use server::Repeat;
pub use server::{Connection, LONG_PATIENCE, Requests, SHORT_PATIENCE, Server};
pub(crate) use settings::{
    ActionsPolicy, Branch, Details, Environment, Retention, SecretsOf, SelectedActions, Standing,
    Usage,
};

use crate::{Clock, Event, Host, Progress};

/// `owner/name` of a repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoName {
    owner: String,
    name: String,
}

impl RepoName {
    pub fn owner(&self) -> &str {
        &self.owner
    }

    pub fn name(&self) -> &str {
        &self.name
    }
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

/// A document, or the word that it is the one of the last time.
#[derive(Debug, Clone)]
pub(crate) enum Fresh<T> {
    /// With what the next request names it by.
    New(T, Option<String>),
    NotModified,
}

/// A repository on GitHub, and the right to change it.
#[derive(Clone)]
pub struct Github {
    server: Arc<Server>,
    repo: RepoName,
}

impl Github {
    /// The repository's name.
    pub fn repo(&self) -> &RepoName {
        &self.repo
    }

    pub fn server(&self) -> &Arc<Server> {
        &self.server
    }

    pub(crate) fn host(&self) -> &Host {
        self.server.host()
    }

    pub(crate) fn clock(&self) -> Clock {
        self.server.clock()
    }

    /// Tells whoever watches.
    pub(crate) fn event(&self, event: &Event) {
        self.server.event(event);
    }

    /// The same for what outlives a call.
    pub(crate) fn progress(&self) -> Arc<dyn Progress> {
        self.server.progress()
    }

    /// The address of something in the repository; `rest` is a list of path segments.
    pub(crate) fn address(&self, rest: &[&str]) -> Url {
        self.server.url(&[&["repos", &self.repo.owner, &self.repo.name], rest].concat())
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, ApiError> {
        self.json_request(Method::GET, url, None, Repeat::Allowed).await?.document()
    }

    /// The same, unless it is what the caller knows. Such an answer costs nothing of the hour's quota.
    pub(crate) async fn get_fresh<T: DeserializeOwned>(
        &self,
        url: Url,
        known: Option<&str>,
    ) -> Result<Fresh<T>, ApiError> {
        let operation = format!("GET {}", url.path());
        let make = async || {
            let request = self.server.request(Method::GET, url.clone());
            Ok(match known {
                Some(tag) => request.header(IF_NONE_MATCH, tag),
                None => request,
            })
        };
        let answer = self.server.send(Some(&self.repo), &operation, Repeat::Allowed, make).await?;
        if answer.status() == StatusCode::NOT_MODIFIED {
            return Ok(Fresh::NotModified);
        }
        let tag = answer.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
        let tag = tag.map(str::to_owned);
        Ok(Fresh::New(answer.document()?, tag))
    }

    /// Every item of a list, whatever the pages.
    pub(crate) async fn all<T: DeserializeOwned>(&self, url: Url) -> Result<Vec<T>, ApiError> {
        let mut items = Vec::new();
        let mut next = Some(url);
        while let Some(url) = next.take() {
            let answer = self.json_request(Method::GET, url, None, Repeat::Allowed).await?;
            next = next_page(answer.headers()).filter(|url| self.host().may_have_token(url));
            items.extend(answer.document::<Vec<T>>()?);
        }
        Ok(items)
    }

    /// The same of lists that stand in a field of the document beside their length.
    pub(crate) async fn all_in<T: DeserializeOwned>(
        &self,
        url: Url,
        field: &str,
    ) -> Result<Vec<T>, ApiError> {
        let mut items = Vec::new();
        let mut next = Some(url);
        while let Some(url) = next.take() {
            let operation = format!("GET {}", url.path());
            let answer = self.json_request(Method::GET, url, None, Repeat::Allowed).await?;
            next = next_page(answer.headers()).filter(|url| self.host().may_have_token(url));
            let mut page: Value = answer.document()?;
            let page = serde_json::from_value::<Vec<T>>(page[field].take());
            items.extend(page.map_err(|source| ApiError::Document { operation, source })?);
        }
        Ok(items)
    }

    pub(crate) async fn json_request(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        repeat: Repeat,
    ) -> Result<Answer, ApiError> {
        let operation = format!("{method} {}", url.path());
        let make = async || {
            let request = self.server.request(method.clone(), url.clone());
            Ok(match body {
                Some(body) => request.json(body),
                None => request,
            })
        };
        self.server.send(Some(&self.repo), &operation, repeat, make).await
    }

    /// Sends bytes; `make` makes them anew for each attempt.
    async fn upload(
        &self,
        url: Url,
        size: u64,
        make: impl AsyncFn() -> anyhow::Result<Body>,
    ) -> Result<Answer, ApiError> {
        let operation = format!("POST {}", url.path());
        let request = async || {
            let request = self.server.request(Method::POST, url.clone());
            let request = request
                .header("content-type", "application/octet-stream")
                .header("content-length", size);
            Ok(request.body(make().await?))
        };
        self.server.send(Some(&self.repo), &operation, Repeat::Never, request).await
    }
}

/// A missing thing as none.
pub(crate) fn found<T>(result: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
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

#[cfg(test)]
mod tests {
    use super::RepoName;

    #[test]
    fn names_of_repositories_are_checked() {
        assert_eq!("a-b/c.d".parse::<RepoName>().unwrap().to_string(), "a-b/c.d");
        for wrong in ["", "a", "a/", "/b", "a/b/c", "a/..", "a/b?c"] {
            assert!(wrong.parse::<RepoName>().is_err(), "{wrong}");
        }
    }
}
