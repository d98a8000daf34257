//! One GitHub and one identity there: headers, what is repeated, how fast, and who gets the token.
//!
//! What may be repeated is decided here, by kind of request (`Repeat`). A request that must not be repeated and whose
//! answer did not come ends as `ApiError::Unclear`: its caller looks what is there and goes on from that.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue},
    redirect::Policy,
};
use url::Url;

use super::{Answer, ApiError, Github, RepoName, failure, rate::Governor};
use crate::{Clock, Event, Host, Progress, SignIn, sign_in::Identity};

/// Versions of the API, the usual one first. GitHub keeps a version for two years after the next one; Enterprise Servers
/// lag behind. What differs between the two is handled where it is read.
const API_VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];
const USER_AGENT: &str = concat!("deskwright/", env!("CARGO_PKG_VERSION"));
/// How long a connection may take to be made: a server that is there answers within a second or two.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// How long nothing may arrive. Answers to large uploads take a while, since GitHub hashes them.
const SILENCE_LIMIT: Duration = Duration::from_secs(120);
/// How often a request that may be repeated is sent (count).
const ATTEMPTS: u32 = 5;
/// The pause before the second attempt; it doubles with each. A restart of a server takes seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Waiting longer than this is worth a word.
const NOTABLE_PAUSE: Duration = Duration::from_secs(2);
/// How long one request waits in all when the server asks it to. A quota that is used up is full again within an hour, and
/// a job that waits costs money.
pub const SHORT_PATIENCE: Duration = Duration::from_secs(15 * 60);
/// The same for work that takes hours anyway: one whole quota.
pub const LONG_PATIENCE: Duration = Duration::from_secs(65 * 60);

/// Whether a request may be sent again when nobody knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It changes nothing, or leaves the same state however often it arrives.
    Allowed,
    /// Each arrival has an effect of its own.
    Never,
}

/// How many requests went to the API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    pub sent: u64,
    /// Those that count for the hour's quota: all but the ones that were answered with "not modified".
    pub counted: u64,
}

/// How to talk to a GitHub.
#[derive(Debug, Clone)]
pub struct Connection {
    pub host: Host,
    pub sign_in: SignIn,
    pub clock: Clock,
    /// How long one request waits when the server asks it to.
    pub patience: Duration,
}

/// A GitHub, signed in to. All repositories on it share its limits.
pub struct Server {
    client: Client,
    pub(super) host: Host,
    identity: Identity,
    governor: Governor,
    pub(super) clock: Clock,
    pub(super) patience: Duration,
    progress: Arc<dyn Progress>,
    /// Whether this server wants the later version of the API.
    later: AtomicBool,
    sent: AtomicU64,
    unchanged: AtomicU64,
}

impl Server {
    pub fn connect(
        connection: Connection,
        progress: Arc<dyn Progress>,
    ) -> anyhow::Result<Arc<Self>> {
        // Another part of the program may have chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_LIMIT)
            .read_timeout(SILENCE_LIMIT)
            // Where a redirect leads is decided by the caller, and the token never goes along.
            .redirect(Policy::none())
            // Repeating is decided in this file alone.
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Arc::new(Self {
            client,
            host: connection.host,
            identity: Identity::new(connection.sign_in)?,
            governor: Governor::new(),
            clock: connection.clock,
            patience: connection.patience,
            progress,
            later: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            unchanged: AtomicU64::new(0),
        }))
    }

    /// One repository.
    pub fn repository(self: &Arc<Self>, repo: RepoName) -> Github {
        Github { server: Arc::clone(self), repo }
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    pub fn clock(&self) -> Clock {
        self.clock
    }

    pub fn requests(&self) -> Requests {
        let sent = self.sent.load(Ordering::Relaxed);
        Requests { sent, counted: sent - self.unchanged.load(Ordering::Relaxed) }
    }

    /// The tokens in use, for those who must not let them pass.
    pub(crate) async fn secrets(&self) -> Vec<String> {
        self.identity.secrets().await
    }

    /// Whether the later version of the API is spoken.
    pub(super) fn is_later(&self) -> bool {
        self.later.load(Ordering::Relaxed)
    }

    /// The address of something; `rest` is a list of path segments.
    pub(crate) fn url(&self, rest: &[&str]) -> Url {
        let mut url = self.host.api().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // Names that have slashes, such as a branch's, are several segments.
            segments.pop_if_empty().extend(rest.iter().flat_map(|part| part.split('/')));
        }
        url
    }

    /// A request without a token, for places that others lead to.
    pub(crate) fn foreign(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    /// A request as GitHub wants it, but for the token.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let version = API_VERSIONS[usize::from(self.is_later())];
        self.client
            .request(method, url)
            .header(ACCEPT, HeaderValue::from_static("application/vnd.github+json"))
            .header(HeaderName::from_static("x-github-api-version"), version)
    }

    /// The same for bytes instead of their description.
    pub(super) fn request_bytes(&self, url: Url) -> RequestBuilder {
        let version = API_VERSIONS[usize::from(self.is_later())];
        self.client
            .get(url)
            .header(ACCEPT, HeaderValue::from_static("application/octet-stream"))
            .header(HeaderName::from_static("x-github-api-version"), version)
    }

    /// Sends a request of a repository, with the identity's token for it. An answer that breaks off is none.
    pub(crate) async fn send(
        &self,
        repo: Option<&RepoName>,
        operation: &str,
        repeat: Repeat,
        make: impl AsyncFn() -> anyhow::Result<RequestBuilder>,
    ) -> Result<Answer, ApiError> {
        self.send_with(repo, operation, repeat, make, async |response| {
            Answer::whole(operation, response).await
        })
        .await
    }

    /// The same for an answer that is read as it comes.
    pub(super) async fn stream(
        &self,
        repo: Option<&RepoName>,
        operation: &str,
        make: impl AsyncFn() -> anyhow::Result<RequestBuilder>,
    ) -> Result<Response, ApiError> {
        self.send_with(repo, operation, Repeat::Allowed, make, async |response| Ok(response)).await
    }

    async fn send_with<B>(
        &self,
        repo: Option<&RepoName>,
        operation: &str,
        repeat: Repeat,
        make: impl AsyncFn() -> anyhow::Result<RequestBuilder>,
        take: impl AsyncFn(Response) -> Result<B, reqwest::Error>,
    ) -> Result<B, ApiError> {
        let mut renewed = false;
        loop {
            let prepare = |source| ApiError::Prepare { operation: operation.to_owned(), source };
            let token = Box::pin(self.identity.token(self, repo)).await.map_err(prepare)?;
            let make = async || Ok(make().await?.header(AUTHORIZATION, token.clone()));
            let answer = self.send_until(operation, repeat, make, &take).await;
            match answer {
                // A token that an app has been given ends early when somebody changes the app's rights.
                Err(error) if error.status() == Some(StatusCode::UNAUTHORIZED) && !renewed => {
                    renewed = true;
                    if !self.identity.renew(repo).await {
                        return Err(error);
                    }
                }
                answer => return answer,
            }
        }
    }

    /// Sends a request that has its own statement of who asks.
    pub(crate) async fn send_as(
        &self,
        operation: &str,
        repeat: Repeat,
        make: impl AsyncFn() -> anyhow::Result<RequestBuilder>,
    ) -> Result<Answer, ApiError> {
        let take = async |response| Answer::whole(operation, response).await;
        self.send_until(operation, repeat, make, &take).await
    }

    /// Sends a request, again where that is right: when the server says that it did not look at it and when to come back,
    /// and, if the request may be repeated, when no answer came or the server failed.
    async fn send_until<B>(
        &self,
        operation: &str,
        repeat: Repeat,
        make: impl AsyncFn() -> anyhow::Result<RequestBuilder>,
        take: &impl AsyncFn(Response) -> Result<B, reqwest::Error>,
    ) -> Result<B, ApiError> {
        let (mut attempt, mut waited) = (1, Duration::ZERO);
        loop {
            let (error, asked) = match self.once(operation, &make, take).await? {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if let Some(asked) = asked {
                waited += asked;
                if waited > self.patience {
                    return Err(error);
                }
                self.pause(asked, "GitHub asks for fewer requests").await;
                continue;
            }
            if error.says("not a supported version") && !self.later.swap(true, Ordering::Relaxed) {
                continue;
            }
            if repeat == Repeat::Never || attempt == ATTEMPTS || !error.may_pass() {
                return Err(error);
            }
            let pause = FIRST_PAUSE * 2_u32.pow(attempt - 1);
            self.pause(pause, &error.to_string()).await;
            attempt += 1;
        }
    }

    /// One attempt: the answer, or why there is none and how long the server wants us to wait.
    async fn once<B>(
        &self,
        operation: &str,
        make: impl AsyncFn() -> anyhow::Result<RequestBuilder>,
        take: &impl AsyncFn(Response) -> Result<B, reqwest::Error>,
    ) -> Result<Result<B, (ApiError, Option<Duration>)>, ApiError> {
        let prepare = |source| ApiError::Prepare { operation: operation.to_owned(), source };
        let request = make().await.map_err(prepare)?.build();
        let request = request.map_err(|source| prepare(source.into()))?;
        let pause = self.governor.pause(request.method(), self.clock.elapsed());
        self.pause(pause, "GitHub allows so many requests in a time").await;
        let slot = self.governor.slot().await;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let answer = self.client.execute(request).await;
        let taken = match answer {
            Ok(response) => {
                self.governor.learn(response.headers(), self.clock);
                tracing::debug!(operation, status = response.status().as_u16());
                if !is_answer(&response) {
                    return Ok(Err(failure::refusal(operation, response).await));
                }
                if response.status() == StatusCode::NOT_MODIFIED {
                    self.unchanged.fetch_add(1, Ordering::Relaxed);
                }
                take(response).await
            }
            Err(source) => Err(source),
        };
        drop(slot);
        // What the address holds is for nobody's eyes: it may be signed.
        let unclear = |source: reqwest::Error| {
            let source = source.without_url();
            tracing::debug!(operation, %source, "no answer");
            (ApiError::Unclear { operation: operation.to_owned(), source }, None)
        };
        Ok(taken.map_err(unclear))
    }

    /// Tells whoever watches.
    pub(crate) fn event(&self, event: &Event) {
        self.progress.event(event);
    }

    /// The same for what outlives a call.
    pub(crate) fn progress(&self) -> Arc<dyn Progress> {
        Arc::clone(&self.progress)
    }

    pub(super) async fn pause(&self, pause: Duration, reason: &str) {
        if pause.is_zero() {
            return;
        }
        if pause >= NOTABLE_PAUSE || reason.starts_with("GitHub asks") {
            let seconds = pause.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
            self.event(&Event::Waiting { seconds, reason: reason.to_owned() });
        }
        self.clock.sleep(pause).await;
    }
}

/// Whether a response is what was asked for, or tells where that is.
fn is_answer(response: &Response) -> bool {
    response.status().is_success()
        || matches!(
            response.status(),
            StatusCode::NOT_MODIFIED | StatusCode::FOUND | StatusCode::TEMPORARY_REDIRECT
        )
}
