//! How much a token may ask for: counted always, enforced when a test says so.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use jiff::Timestamp;

use crate::clock::later;

/// Requests that a token has in an hour (count), as GitHub gives them to a user.
const PRIMARY: u64 = 5000;
/// How long a token's quota lasts, from its first request on.
const WINDOW: Duration = Duration::from_secs(3600);

/// What a token has used of its hour.
#[derive(Debug, Clone)]
pub(crate) struct Quota {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: Timestamp,
}

impl Quota {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { limit: PRIMARY, used: 0, reset: later(now, WINDOW) }
    }

    /// The same in the hour that it is now.
    pub(crate) fn at(&mut self, now: Timestamp) -> &mut Self {
        if now >= self.reset {
            *self = Self { limit: self.limit, ..Self::new(now) };
        }
        self
    }

    pub(crate) fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// Tells a client how it stands.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", self.limit.into());
        headers.insert("x-ratelimit-remaining", self.remaining().into());
        headers.insert("x-ratelimit-used", self.used.into());
        headers.insert("x-ratelimit-reset", self.reset.as_second().into());
        headers.insert("x-ratelimit-resource", HeaderValue::from_static("core"));
    }
}
