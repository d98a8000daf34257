//! What GitHub says of token, repository and owner: all questions, and none of the judgement.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use config_schema::Secret;
use reqwest::StatusCode;

use super::{Subject, WORKFLOW, secrets};
use crate::{
    Github,
    github::{
        ActionsPolicy, ApiError, Branch, Details, Environment, Retention, SecretsOf,
        SelectedActions, Standing, Usage, Workflow,
    },
    release,
    state::Publication,
};

/// Requests of one check-up (count): it must not cost more than the build. What is asked last is left out first.
pub(super) const MAX_REQUESTS: usize = 12;

/// An answer, or why there is none.
#[derive(Debug)]
pub(super) enum Told<T> {
    Known(T),
    /// The token may not look.
    Hidden,
    Failed(ApiError),
    /// It does not apply, or enough was asked.
    Unasked,
}

/// Everything that was asked.
#[derive(Debug)]
pub(super) struct Facts {
    /// The name of the GitHub.
    pub(super) host: String,
    pub(super) repo: String,
    pub(super) token: TokenKind,
    pub(super) standing: Told<Standing>,
    pub(super) details: Told<Details>,
    pub(super) workflow: Told<Option<Workflow>>,
    /// The text of the workflow's file, as the reference has it.
    pub(super) file: Told<Option<String>>,
    pub(super) policy: Told<ActionsPolicy>,
    pub(super) selected: Told<SelectedActions>,
    /// Secrets that were found, wherever they are. The first `Hidden` ends the search.
    pub(super) secrets: Told<BTreeSet<String>>,
    pub(super) environment: Told<Option<Environment>>,
    /// Whether the config is at the reference.
    pub(super) config: Told<bool>,
    pub(super) branch: Told<Option<Branch>>,
    pub(super) retention: Told<Retention>,
    /// Commits that the fork lacks.
    pub(super) behind: Told<u64>,
    pub(super) usage: Told<Vec<Usage>>,
    /// Why the version cannot be released, if so: message and cure.
    pub(super) version: Told<Option<(String, Option<String>)>>,
}

/// What a token is, by its first letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Classic,
    FineGrained,
    /// Of an App's installation, or of a job in a workflow.
    Installation,
    /// Made by somebody's signing in, such as with `gh auth login`.
    SignIn,
    Other,
}

impl TokenKind {
    fn of(token: &str) -> Self {
        match token.split_once('_').map_or("", |(start, _)| start) {
            "ghp" => Self::Classic,
            "github" => Self::FineGrained,
            "ghs" => Self::Installation,
            "gho" | "ghu" => Self::SignIn,
            _ => Self::Other,
        }
    }
}

impl<T> Told<T> {
    pub(super) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }
}

impl Facts {
    /// Asks. One after another only what depends on an answer.
    pub(super) async fn gather(github: &Github, subject: Option<&Subject<'_>>) -> Self {
        let ask = Ask { github, left: AtomicUsize::new(MAX_REQUESTS) };
        let mut facts = Self::none(github);
        let tokens = github.server().secrets().await;
        facts.token = tokens.first().map_or(TokenKind::Other, |token| TokenKind::of(token));
        facts.standing = ask.told(github.standing()).await;
        if facts.standing.known().is_some() {
            facts.details = ask.told(github.details()).await;
        }
        if let Told::Known(details) = &facts.details {
            let details = details.clone();
            ask.about_repository(&mut facts, &details, subject).await;
            ask.what_follows(&mut facts, &details, subject).await;
        }
        facts
    }

    fn none(github: &Github) -> Self {
        Self {
            host: github.host().name().to_owned(),
            repo: github.repo().to_string(),
            token: TokenKind::Other,
            standing: Told::Unasked,
            details: Told::Unasked,
            workflow: Told::Unasked,
            file: Told::Unasked,
            policy: Told::Unasked,
            selected: Told::Unasked,
            secrets: Told::Unasked,
            environment: Told::Unasked,
            config: Told::Unasked,
            branch: Told::Unasked,
            retention: Told::Unasked,
            behind: Told::Unasked,
            usage: Told::Unasked,
            version: Told::Unasked,
        }
    }
}

/// Asks, as often as it may.
struct Ask<'a> {
    github: &'a Github,
    left: AtomicUsize,
}

impl Ask<'_> {
    async fn told<T>(&self, question: impl Future<Output = Result<T, ApiError>>) -> Told<T> {
        let take = |left: usize| left.checked_sub(1);
        if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            return Told::Unasked;
        }
        match question.await {
            Ok(value) => Told::Known(value),
            Err(error) if error.status() == Some(StatusCode::FORBIDDEN) => Told::Hidden,
            Err(error) => Told::Failed(error),
        }
    }

    async fn told_if<T>(
        &self,
        applies: bool,
        question: impl Future<Output = Result<T, ApiError>>,
    ) -> Told<T> {
        if applies { self.told(question).await } else { Told::Unasked }
    }

    async fn about_repository(
        &self,
        facts: &mut Facts,
        details: &Details,
        subject: Option<&Subject<'_>>,
    ) {
        let github = self.github;
        let name = subject.map_or(WORKFLOW, |subject| subject.workflow);
        let path = format!(".github/workflows/{name}");
        let reference = reference(subject, details);
        let file = async {
            let file = github.file(reference, &path).await?;
            Ok(file.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()))
        };
        let config = subject.and_then(|subject| subject.path);
        let has_config = async {
            let config = github.file(reference, config.unwrap_or_default()).await?;
            Ok(config.is_some())
        };
        let environment = subject.and_then(|subject| subject.environment);
        let signs = subject.is_some_and(|subject| !secrets::needed(subject).is_empty());
        let releases = subject.filter(|subject| subject.release != Publication::None);
        (
            facts.workflow,
            facts.file,
            facts.policy,
            facts.secrets,
            facts.environment,
            facts.version,
            facts.usage,
            facts.config,
        ) = tokio::join!(
            self.told(github.workflow(name)),
            self.told(file),
            self.told(github.actions_policy()),
            self.told_if(signs, github.secret_names(SecretsOf::Repository)),
            self.told_if(
                environment.is_some(),
                github.environment(environment.unwrap_or_default())
            ),
            self.told_if(releases.is_some(), version(github, releases)),
            self.told_if(details.private, github.usage(&details.owner)),
            self.told_if(config.is_some(), has_config),
        );
    }

    async fn what_follows(
        &self,
        facts: &mut Facts,
        details: &Details,
        subject: Option<&Subject<'_>>,
    ) {
        let github = self.github;
        let policy = facts.policy.known().and_then(|policy| policy.allowed_actions.as_deref());
        let some_actions = policy == Some("selected");
        let environment = facts.environment.known().and_then(Option::as_ref);
        let policy = environment.and_then(|environment| environment.deployment_branch_policy);
        let by_protection = policy.is_some_and(|policy| policy.protected_branches);
        let branch = reference(subject, details);
        let found = std::mem::replace(&mut facts.secrets, Told::Unasked);
        let parent = details.parent.as_deref();
        let behind = async {
            match parent {
                Some(parent) => github.behind(&details.default_branch, parent).await,
                None => Ok(0),
            }
        };
        (facts.secrets, facts.selected, facts.branch, facts.behind, facts.retention) = tokio::join!(
            self.other_secrets(found, details, subject),
            self.told_if(some_actions, github.selected_actions()),
            self.told_if(by_protection, github.branch(branch)),
            self.told_if(parent.is_some(), behind),
            self.told(github.retention()),
        );
    }

    /// Looks in other places for secrets that the repository has not.
    async fn other_secrets(
        &self,
        found: Told<BTreeSet<String>>,
        details: &Details,
        subject: Option<&Subject<'_>>,
    ) -> Told<BTreeSet<String>> {
        let Some(subject) = subject else { return found };
        let Told::Known(mut names) = found else { return found };
        let environment = subject.environment.map(SecretsOf::Environment);
        let organization =
            (details.owner.kind == "Organization").then_some(SecretsOf::Organization);
        for place in environment.into_iter().chain(organization) {
            if secrets::missing(subject, &names).is_empty() {
                break;
            }
            match self.told(self.github.secret_names(place)).await {
                Told::Known(more) => names.extend(more),
                // An environment that nobody has made yet has none.
                Told::Failed(error) if error.status() == Some(StatusCode::NOT_FOUND) => {}
                other => return other,
            }
        }
        Told::Known(names)
    }
}

/// The branch or tag that is to be built.
pub(super) fn reference<'a>(subject: Option<&Subject<'a>>, details: &'a Details) -> &'a str {
    let named = subject.map(|subject| subject.reference).filter(|name| !name.is_empty());
    named.unwrap_or(&details.default_branch)
}

/// Why the version cannot be released.
async fn version(
    github: &Github,
    subject: Option<&Subject<'_>>,
) -> Result<Option<(String, Option<String>)>, ApiError> {
    let Some(subject) = subject else { return Ok(None) };
    let version = subject.model.app.version.to_string();
    let tag = format!("{}-v{version}", subject.slug);
    match release::check_version(github, subject.slug, &version, &tag).await {
        Ok(()) => Ok(None),
        Err(error) => match error.downcast::<ApiError>() {
            Ok(error) => Err(error),
            Err(error) => Ok(Some((error.to_string(), crate::error::hint_of(&error)))),
        },
    }
}

/// Names of secrets, for people.
pub(super) fn listed(secrets: &[&Secret]) -> String {
    let names: Vec<_> = secrets.iter().map(|secret| secret.name).collect();
    names.join(", ")
}
