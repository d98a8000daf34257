//! Tokens and what they may do.

use axum::http::{HeaderMap, Method, StatusCode, header};

use serde_json::{Value, json};

use crate::answer::Refusal;

/// How much a token may do in one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    None,
    Read,
    Write,
}

/// A token of the REST API.
#[derive(Debug, Clone)]
pub struct Access {
    pub(crate) token: String,
    login: String,
    contents: Level,
    actions: Level,
    /// `owner/name` of the repositories that it is for; all when absent.
    repositories: Option<Vec<String>>,
}

impl Access {
    /// A token that may write everywhere.
    pub fn full(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            login: "fake-user".to_owned(),
            contents: Level::Write,
            actions: Level::Write,
            repositories: None,
        }
    }

    /// The same for somebody else.
    #[must_use]
    pub fn of(self, login: &str) -> Self {
        Self { login: login.to_owned(), ..self }
    }

    /// Who it speaks for.
    pub(crate) fn login(&self) -> &str {
        &self.login
    }

    /// What GitHub says in a repository's document that it may do there.
    pub(crate) fn repository_permissions(&self) -> Value {
        let write = self.contents == Level::Write;
        json!({ "admin": write, "maintain": write, "push": write, "triage": write, "pull": true })
    }

    /// The same with this much right to contents: releases, tags, files.
    #[must_use]
    pub fn contents(self, contents: Level) -> Self {
        Self { contents, ..self }
    }

    /// The same with this much right to runs and their artifacts.
    #[must_use]
    pub fn actions(self, actions: Level) -> Self {
        Self { actions, ..self }
    }

    /// The same for one repository only.
    #[must_use]
    pub fn only(self, repository: &str) -> Self {
        Self { repositories: Some(vec![repository.to_owned()]), ..self }
    }

    /// Whether it may see drafts, which takes the right to write.
    pub(crate) fn sees_drafts(&self) -> bool {
        self.contents == Level::Write
    }

    pub(crate) fn is_for(&self, repository: &str) -> bool {
        self.repositories.as_ref().is_none_or(|names| names.iter().any(|name| name == repository))
    }

    /// Refuses what this token may not do with the route.
    pub(crate) fn check(&self, method: &Method, route: &str) -> Result<(), Refusal> {
        let granted = if route.contains("/actions/") { self.actions } else { self.contents };
        let reads = method == Method::GET || method == Method::HEAD;
        if granted >= if reads { Level::Read } else { Level::Write } {
            return Ok(());
        }
        Err(Refusal::new(StatusCode::FORBIDDEN, "Resource not accessible by integration"))
    }
}

/// The token that a request carries, in either of the two ways that GitHub takes.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")).then_some(token)
}
