//! What can go wrong with a call, and what it means for the caller.

use std::time::Duration;

use reqwest::{Response, StatusCode, header::HeaderMap};
use serde::Deserialize;
use thiserror::Error;

use crate::Exit;

/// How long to wait when GitHub says that requests come too fast, but not for how long: its documentation asks for a
/// minute.
const UNTOLD_PAUSE: Duration = Duration::from_secs(60);

/// A call that failed.
#[derive(Debug, Error)]
pub enum ApiError {
    /// GitHub answered, and refused or failed.
    #[error("GitHub answered {} to {operation}: {message}", status.as_u16())]
    Refused { operation: String, status: StatusCode, message: String },
    /// No answer came, so that nobody knows whether the request took effect.
    #[error("no answer to {operation}")]
    Unclear { operation: String, source: reqwest::Error },
    /// The answer is not what the API promises.
    #[error("GitHub's answer to {operation} is not understood")]
    Document { operation: String, source: serde_json::Error },
    /// The request could not be made.
    #[error("failed to prepare {operation}")]
    Prepare { operation: String, source: anyhow::Error },
    /// The store of bytes asked for a pause, which is over.
    #[error("GitHub's storage was too busy for {operation}")]
    TooEarly { operation: String },
    /// The server sends us somewhere where nobody should go.
    #[error("GitHub's answer to {operation} leads to an unsafe place: {place}")]
    Astray { operation: String, place: String },
}

impl ApiError {
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the same request may fare better: no answer came, or the server failed.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unclear { .. } | Self::TooEarly { .. } => true,
            Self::Refused { status, .. } => status.is_server_error(),
            Self::Document { .. } | Self::Prepare { .. } | Self::Astray { .. } => false,
        }
    }

    /// Whether a refusal has these words.
    pub(crate) fn says(&self, words: &str) -> bool {
        matches!(self, Self::Refused { message, .. } if message.contains(words))
    }

    /// Whether a request was refused because of a field that the server does not know.
    pub(crate) fn is_about_field(&self, field: &str) -> bool {
        self.status() == Some(StatusCode::UNPROCESSABLE_ENTITY) && self.says(field)
    }

    /// None: what lies below decides.
    pub(crate) fn exit(&self) -> Option<Exit> {
        Some(match self {
            Self::Unclear { source, .. } if source.is_timeout() => Exit::Timeout,
            Self::Prepare { .. } => return None,
            _ => Exit::Remote,
        })
    }

    /// The right that a request takes, in GitHub's words.
    fn right(&self) -> &'static str {
        match self {
            Self::Refused { operation, .. } if operation.contains("/actions/secrets") => {
                "`secrets: read`"
            }
            Self::Refused { operation, .. }
                if operation.contains("/actions/") && operation.starts_with("GET") =>
            {
                "`actions: read`"
            }
            Self::Refused { operation, .. } if operation.contains("/actions/") => {
                "`actions: write`"
            }
            Self::Refused { operation, .. } if operation.starts_with("GET") => "`contents: read`",
            _ => "`contents: write`",
        }
    }

    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self.status()? {
            StatusCode::UNAUTHORIZED => "the token is wrong or has expired: make a new one",
            StatusCode::FORBIDDEN => {
                let right = self.right();
                return Some(format!("the token lacks a right: give it {right} of the repository"));
            }
            StatusCode::NOT_FOUND => "check the repository's name, and that the token may see it",
            StatusCode::MOVED_PERMANENTLY => "the repository has another name now: use that",
            StatusCode::TOO_MANY_REQUESTS => "wait for a while, then run the same command again",
            status if status.is_server_error() => {
                "GitHub has a problem: run the same command again later"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// GitHub's error document.
#[derive(Debug, Default, Deserialize)]
struct Document {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Detail>,
}

/// One fault of a request; some are plain text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Detail {
    Fields { field: Option<String>, code: Option<String>, message: Option<String> },
    Text(String),
}

impl Detail {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Fields { message: Some(message), .. } => message.clone(),
            Self::Fields { field, code, .. } => {
                format!(
                    "{} {}",
                    field.as_deref().unwrap_or_default(),
                    code.as_deref().unwrap_or_default()
                )
            }
        }
    }
}

/// The refusal of an answer, and how long to wait when it was only too early.
pub(super) async fn refusal(operation: &str, response: Response) -> (ApiError, Option<Duration>) {
    let status = response.status();
    let told = told_pause(response.headers());
    // An error page that is no JSON says nothing that a person could use.
    let bytes = response.bytes().await.unwrap_or_default();
    let document: Document = serde_json::from_slice(&bytes).unwrap_or_default();
    let details: Vec<_> = document.errors.iter().map(Detail::text).collect();
    let mut message = document.message;
    if !details.is_empty() {
        message = format!("{message} ({})", details.join(", "));
    }
    if message.is_empty() {
        message = status.canonical_reason().unwrap_or("no reason").to_owned();
    }
    let too_fast = status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::FORBIDDEN && (told.is_some() || message.contains("rate limit")));
    let pause = too_fast.then(|| told.unwrap_or(UNTOLD_PAUSE));
    (ApiError::Refused { operation: operation.to_owned(), status, message }, pause)
}

/// How long to wait, by the headers that GitHub sends: seconds, or the time when the quota is full again.
fn told_pause(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    if let Some(seconds) = number("retry-after") {
        return Some(Duration::from_secs(seconds));
    }
    if number("x-ratelimit-remaining")? > 0 {
        return None;
    }
    until_reset(headers)
}

/// How long until the quota is full again. Both times are the server's, so that a wrong clock here does no harm.
pub(super) fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let reset: i64 = text("x-ratelimit-reset")?.parse().ok()?;
    let now = text("date").and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let now = now.map_or_else(jiff::Timestamp::now, |now| now.timestamp()).as_second();
    Some(Duration::from_secs(reset.saturating_sub(now).max(0).unsigned_abs() + 1))
}
