//! How much a token may ask for: counted always, enforced when a test says so.

use std::{collections::VecDeque, time::Duration};

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;

use crate::{answer::Refusal, clock::later};

/// Requests that a token has in an hour (count), as GitHub gives them to a user.
const PRIMARY: u64 = 5000;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// What a request costs of a minute's points: one that reads, and one that writes.
const READ_POINTS: u64 = 1;
const WRITE_POINTS: u64 = 5;

/// How much is too much.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests of a token in an hour (count).
    pub primary: u64,
    /// Requests of a token at one time (count).
    pub concurrent: usize,
    /// Of a token in a minute: a GET costs 1, anything else 5.
    pub points_per_minute: u64,
    /// Requests that write, of a token in a minute (count).
    pub writes_per_minute: usize,
    /// Requests that write, of a token in an hour (count).
    pub writes_per_hour: usize,
    /// How a refusal is answered; GitHub says that both are possible.
    pub status: StatusCode,
    /// How long a token has to wait after a secondary limit. Until then everything is refused.
    pub retry_after: Duration,
    /// Whether a client is told so. GitHub leaves it out at times, and expects a minute then.
    pub tells_retry_after: bool,
}

impl Limits {
    /// GitHub's own figures.
    pub fn github() -> Self {
        Self {
            primary: PRIMARY,
            concurrent: 100,
            points_per_minute: 900,
            writes_per_minute: 80,
            writes_per_hour: 500,
            status: StatusCode::FORBIDDEN,
            retry_after: MINUTE,
            tells_retry_after: true,
        }
    }
}

/// What a token has asked for.
#[derive(Debug, Clone)]
pub(crate) struct Traffic {
    pub(crate) quota: Quota,
    /// Requests that are being answered (count).
    pub(crate) under_way: usize,
    /// The requests of the last minute, with their points.
    points: VecDeque<(Timestamp, u64)>,
    /// The requests of the last hour that wrote.
    writes: VecDeque<Timestamp>,
    blocked_until: Timestamp,
}

/// What a token has used of its hour.
#[derive(Debug, Clone)]
pub(crate) struct Quota {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: Timestamp,
}

/// A limit that a request has crossed.
#[derive(Debug)]
pub(crate) struct Crossing {
    pub(crate) what: String,
    is_primary: bool,
}

impl Traffic {
    /// Nothing so far. The hour starts with the first request.
    pub(crate) fn new(now: Timestamp, limits: Option<&Limits>) -> Self {
        let limit = limits.map_or(PRIMARY, |limits| limits.primary);
        Self {
            quota: Quota { limit, used: 0, reset: later(now, HOUR) },
            under_way: 0,
            points: VecDeque::new(),
            writes: VecDeque::new(),
            blocked_until: Timestamp::MIN,
        }
    }

    /// The same as it is now: what is past its time is forgotten.
    pub(crate) fn at(&mut self, now: Timestamp) -> &mut Self {
        if now >= self.quota.reset {
            self.quota = Quota { used: 0, reset: later(now, HOUR), ..self.quota };
        }
        while self.points.front().is_some_and(|(time, _)| later(*time, MINUTE) <= now) {
            self.points.pop_front();
        }
        while self.writes.front().is_some_and(|time| later(*time, HOUR) <= now) {
            self.writes.pop_front();
        }
        self
    }

    /// Takes a request, or says which limit is in its way.
    pub(crate) fn admit(
        &mut self,
        limits: &Limits,
        method: &Method,
        now: Timestamp,
    ) -> Result<(), Crossing> {
        let crossed = |what: String| Err(Crossing { what, is_primary: false });
        if now < self.blocked_until {
            return crossed("asked again before the time to wait was over".to_owned());
        }
        if self.quota.remaining() == 0 {
            let what = format!("more than {} requests in an hour", self.quota.limit);
            return Err(Crossing { what, is_primary: true });
        }
        let reads = method == Method::GET || method == Method::HEAD;
        let cost = if reads { READ_POINTS } else { WRITE_POINTS };
        let points: u64 = self.points.iter().map(|(_, points)| points).sum();
        let of_minute = self.writes.iter().filter(|time| later(**time, MINUTE) > now).count();
        let crossing = if self.under_way > limits.concurrent {
            crossed(format!("more than {} requests at one time", limits.concurrent))
        } else if points + cost > limits.points_per_minute {
            crossed(format!("more than {} points in a minute", limits.points_per_minute))
        } else if !reads && of_minute >= limits.writes_per_minute {
            crossed(format!("more than {} writes in a minute", limits.writes_per_minute))
        } else if !reads && self.writes.len() >= limits.writes_per_hour {
            crossed(format!("more than {} writes in an hour", limits.writes_per_hour))
        } else {
            Ok(())
        };
        if crossing.is_err() {
            self.blocked_until = later(now, limits.retry_after);
            return crossing;
        }
        self.points.push_back((now, cost));
        if !reads {
            self.writes.push_back(now);
        }
        Ok(())
    }

    /// What a client is told that has crossed a limit.
    pub(crate) fn refusal(&self, limits: &Limits, crossing: &Crossing, now: Timestamp) -> Response {
        if crossing.is_primary {
            return primary(limits.status, &self.quota);
        }
        // Rounded up: who waits as long has waited long enough.
        let wait = self.blocked_until.duration_since(now);
        let wait = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
        secondary(limits.status, limits.tells_retry_after.then_some(wait))
    }
}

impl Quota {
    /// A quota that is used up for so long.
    pub(crate) fn spent(now: Timestamp, resets_in: Duration) -> Self {
        Self { limit: PRIMARY, used: PRIMARY, reset: later(now, resets_in) }
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

/// The refusal of a token whose hour is used up.
pub(crate) fn primary(status: StatusCode, quota: &Quota) -> Response {
    let message = "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for \
                   help, please include the request ID FAKE:1.";
    let mut response = Refusal::new(status, message).into_response();
    quota.tell(response.headers_mut());
    response
}

/// The refusal of a token that asks for too much at once.
pub(crate) fn secondary(status: StatusCode, retry_after: Option<i64>) -> Response {
    let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you \
                   try again. If you reach out to GitHub Support for help, please include the \
                   request ID FAKE:1.";
    let mut response = Refusal::new(status, message).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
