//! Tokens and what they may do.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{answer::Refusal, repository::Repository};

/// How much a token may do in one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    None,
    Read,
    Write,
}

impl Level {
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Read => Some("read"),
            Self::Write => Some("write"),
        }
    }
}

/// A token of the REST API.
#[derive(Debug, Clone)]
pub struct Access {
    pub(crate) token: String,
    pub(crate) login: String,
    kind: Kind,
    pub(crate) rights: Rights,
    /// `owner/name` of the repositories that it is for; all when absent.
    repositories: Option<Vec<String>>,
    /// Whose repositories it is for; everybody's when absent.
    owner: Option<String>,
    public_only: bool,
    expires_at: Option<Timestamp>,
}

/// What sort of token it is, which decides how GitHub refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Of a job, or none in particular.
    Plain,
    FineGrained,
    /// With its scopes.
    Classic(String),
    Installation,
    /// No token but an App's own statement.
    App(u64),
}

/// Rights by area.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rights {
    pub(crate) contents: Level,
    pub(crate) actions: Level,
    /// Files of workflows; writing them takes `contents` too.
    pub(crate) workflows: Level,
    pub(crate) secrets: Level,
    pub(crate) administration: Level,
}

impl Rights {
    fn all(level: Level) -> Self {
        Self {
            contents: level,
            actions: level,
            workflows: level,
            secrets: level,
            administration: level,
        }
    }

    /// Each with its name.
    pub(crate) fn named(&mut self) -> [(&'static str, &mut Level); 5] {
        [
            ("contents", &mut self.contents),
            ("actions", &mut self.actions),
            ("workflows", &mut self.workflows),
            ("secrets", &mut self.secrets),
            ("administration", &mut self.administration),
        ]
    }
}

impl Access {
    /// A token that may write everywhere.
    pub fn full(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            login: "fake-user".to_owned(),
            kind: Kind::Plain,
            rights: Rights::all(Level::Write),
            repositories: None,
            owner: None,
            public_only: false,
            expires_at: None,
        }
    }

    /// A personal token that may read what is public, and more as it is told.
    pub fn fine_grained(token: &str) -> Self {
        let rights = Rights::all(Level::None);
        Self { kind: Kind::FineGrained, rights, ..Self::full(token) }
    }

    /// A personal token of the old sort. `repo` and `public_repo` open repositories, `workflow` their workflow files.
    pub fn classic(token: &str, scopes: &[&str]) -> Self {
        let has = |scope| scopes.contains(&scope);
        let level = |granted| if granted { Level::Write } else { Level::None };
        let repositories = level(has("repo") || has("public_repo"));
        let rights = Rights { workflows: level(has("workflow")), ..Rights::all(repositories) };
        let kind = Kind::Classic(scopes.join(", "));
        Self { kind, rights, public_only: !has("repo"), ..Self::full(token) }
    }

    /// A token of an App's installation.
    pub(crate) fn installation(token: &str, owner: &str, rights: Rights, end: Timestamp) -> Self {
        Self {
            kind: Kind::Installation,
            rights,
            owner: Some(owner.to_owned()),
            expires_at: Some(end),
            ..Self::full(token)
        }
    }

    /// An App that speaks for itself.
    pub(crate) fn app(id: u64) -> Self {
        Self { kind: Kind::App(id), ..Self::full(&format!("app {id}")) }
    }

    /// The same with this much right to contents: releases, tags, files.
    #[must_use]
    pub fn contents(mut self, level: Level) -> Self {
        self.rights.contents = level;
        self
    }

    /// The same with this much right to runs and their artifacts.
    #[must_use]
    pub fn actions(mut self, level: Level) -> Self {
        self.rights.actions = level;
        self
    }

    /// The same with this much right to the files of workflows.
    #[must_use]
    pub fn workflows(mut self, level: Level) -> Self {
        self.rights.workflows = level;
        self
    }

    /// The same with this much right to the names of secrets.
    #[must_use]
    pub fn secrets(mut self, level: Level) -> Self {
        self.rights.secrets = level;
        self
    }

    /// The same with this much right to settings.
    #[must_use]
    pub fn administration(mut self, level: Level) -> Self {
        self.rights.administration = level;
        self
    }

    /// The same for one repository only.
    #[must_use]
    pub fn only(self, repository: &str) -> Self {
        self.among(vec![repository.to_owned()])
    }

    pub(crate) fn among(self, repositories: Vec<String>) -> Self {
        Self { repositories: Some(repositories), ..self }
    }

    /// The same for somebody else.
    #[must_use]
    pub fn of(self, login: &str) -> Self {
        Self { login: login.to_owned(), ..self }
    }

    /// The same until this time of the fake's.
    #[must_use]
    pub fn expires_at(self, end: Timestamp) -> Self {
        Self { expires_at: Some(end), ..self }
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// The App that it is the statement of.
    pub(crate) fn app_id(&self) -> Option<u64> {
        match self.kind {
            Kind::App(id) => Some(id),
            _ => None,
        }
    }

    /// Whether it speaks for a person.
    pub(crate) fn is_personal(&self) -> bool {
        !matches!(self.kind, Kind::Installation | Kind::App(_))
    }

    /// What GitHub says in a repository's document that it may do there.
    pub(crate) fn repository_permissions(&self) -> Value {
        let push = self.rights.contents == Level::Write;
        let admin = self.rights.administration == Level::Write;
        json!({ "admin": admin, "maintain": admin, "push": push, "triage": push, "pull": true })
    }

    /// Whether it may see drafts, which takes the right to write.
    pub(crate) fn sees_drafts(&self) -> bool {
        self.rights.contents == Level::Write
    }

    /// Whether it may know that there is such a repository.
    pub(crate) fn sees(&self, repository: &Repository) -> bool {
        let chosen = self.repositories.as_ref();
        chosen.is_none_or(|names| names.contains(&repository.full_name()))
            && self.owner.as_ref().is_none_or(|owner| *owner == repository.owner)
            && !(self.public_only && repository.private)
    }

    /// Refuses what this token may not do with the route.
    pub(crate) fn check(&self, method: &Method, route: &str) -> Result<(), Refusal> {
        let rights = &self.rights;
        let level = if route == "/repos/{owner}/{repo}" {
            // Who sees a repository may read about it.
            rights.administration.max(Level::Read)
        } else if route.contains("/actions/permissions") {
            rights.administration
        } else if route.ends_with("secrets") {
            rights.secrets
        } else if ["/actions/", "/environments", "/check-runs/"]
            .iter()
            .any(|part| route.contains(part))
        {
            rights.actions
        } else {
            rights.contents
        };
        let reads = method == Method::GET || method == Method::HEAD;
        if level >= if reads { Level::Read } else { Level::Write } {
            return Ok(());
        }
        Err(self.refusal())
    }

    /// Refuses to write a workflow's file without the right to.
    pub(crate) fn check_file(&self, path: &str) -> Result<(), Refusal> {
        if path.starts_with(".github/workflows/") && self.rights.workflows < Level::Write {
            return Err(self.refusal());
        }
        Ok(())
    }

    pub(crate) fn refusal(&self) -> Refusal {
        Refusal::new(
            StatusCode::FORBIDDEN,
            match self.kind {
                Kind::Classic(_) => "Must have admin rights to Repository.",
                Kind::FineGrained => "Resource not accessible by personal access token",
                _ => "Resource not accessible by integration",
            },
        )
    }

    /// What GitHub tells about a personal token beside every answer.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        if let Kind::Classic(scopes) = &self.kind
            && let Ok(scopes) = HeaderValue::from_str(scopes)
        {
            headers.insert("x-oauth-scopes", scopes);
        }
        let end = self.expires_at.filter(|_| self.is_personal());
        let end = end.map(|end| end.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
        if let Some(Ok(end)) = end.map(|end| HeaderValue::from_str(&end)) {
            headers.insert("github-authentication-token-expiration", end);
        }
    }
}

/// The token that a request carries, in either of the two ways that GitHub takes.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")).then_some(token)
}
