//! How fast requests may go: one governor for everything that one token does.
//!
//! GitHub's limits: <https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api>. Ours are a little lower,
//! because time on the way counts differently at both ends, and others may use the same token.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Method, header::HeaderMap};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Clock;

/// Requests at the same time (count); GitHub allows 100.
const CONCURRENT: usize = 40;
/// Points in a minute; GitHub allows 900. A read costs one, anything else five.
const POINTS_PER_MINUTE: usize = 800;
const READ_POINTS: usize = 1;
const CHANGE_POINTS: usize = 5;
/// Changes in a minute and in an hour (count); GitHub allows 80 and 500 of those that make content.
const CHANGES_PER_MINUTE: usize = 70;
const CHANGES_PER_HOUR: usize = 450;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// Requests of an hour's quota that are left to others (count).
const RESERVE: u64 = 50;

/// Lets requests pass when they may.
#[derive(Debug)]
pub(super) struct Governor {
    slots: Semaphore,
    windows: Mutex<Windows>,
}

#[derive(Debug)]
struct Windows {
    points: Window,
    changes: [Window; 2],
    /// What the last answer said of the hour's quota: what is left, and when it is full again, on our clock.
    quota: Option<(u64, Duration)>,
}

/// At most so many within a span of time.
#[derive(Debug)]
struct Window {
    limit: usize,
    span: Duration,
    /// When each of the last ones passes.
    booked: VecDeque<Duration>,
}

impl Window {
    fn new(limit: usize, span: Duration) -> Self {
        Self { limit, span, booked: VecDeque::new() }
    }

    /// When the next ones may pass.
    fn due(&self, now: Duration, weight: usize) -> Duration {
        let over = (self.booked.len() + weight).saturating_sub(self.limit);
        let freeing = over.checked_sub(1).and_then(|index| self.booked.get(index));
        freeing.map_or(now, |booked| now.max(*booked + self.span))
    }

    fn book(&mut self, due: Duration, weight: usize) {
        self.booked.extend(std::iter::repeat_n(due, weight));
        while self.booked.len() > self.limit {
            self.booked.pop_front();
        }
    }
}

impl Governor {
    pub(super) fn new() -> Self {
        let windows = Windows {
            points: Window::new(POINTS_PER_MINUTE, MINUTE),
            changes: [Window::new(CHANGES_PER_MINUTE, MINUTE), Window::new(CHANGES_PER_HOUR, HOUR)],
            quota: None,
        };
        Self { slots: Semaphore::new(CONCURRENT), windows: Mutex::new(windows) }
    }

    /// A place among the requests of this moment, kept until the answer has come.
    pub(super) async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it.
        self.slots.acquire().await.ok()
    }

    /// How long to wait before a request, which is counted as made then.
    pub(super) fn pause(&self, method: &Method, now: Duration) -> Duration {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.pause(*method == Method::GET, now)
    }

    /// Reads what an answer says of the quota.
    pub(super) fn learn(&self, headers: &HeaderMap, clock: Clock) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
        let Some(remaining) = number("x-ratelimit-remaining") else { return };
        let full = super::failure::until_reset(headers).unwrap_or(HOUR);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.quota = Some((remaining, clock.elapsed() + full));
    }
}

impl Windows {
    fn pause(&mut self, reads: bool, now: Duration) -> Duration {
        let points = if reads { READ_POINTS } else { CHANGE_POINTS };
        let mut due = self.points.due(now, points);
        if !reads {
            due = self.changes.iter().fold(due, |due, window| due.max(window.due(now, 1)));
        }
        if let Some((remaining, full)) = &mut self.quota {
            if *remaining <= RESERVE && *full > due {
                due = *full;
            }
            // Answers come in any order; until the next one this is what we know.
            *remaining = remaining.saturating_sub(1);
            if due >= *full {
                self.quota = None;
            }
        }
        self.points.book(due, points);
        if !reads {
            self.changes.iter_mut().for_each(|window| window.book(due, 1));
        }
        due.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::{Method, header::HeaderMap};

    use super::{CHANGES_PER_HOUR, CHANGES_PER_MINUTE, Governor, HOUR, MINUTE, POINTS_PER_MINUTE};
    use crate::Clock;

    #[test]
    fn changes_beyond_a_minutes_share_wait_for_the_next() {
        let governor = Governor::new();
        for _ in 0..CHANGES_PER_MINUTE {
            assert_eq!(governor.pause(&Method::POST, Duration::ZERO), Duration::ZERO);
        }
        let later = Duration::from_secs(10);
        assert_eq!(governor.pause(&Method::POST, later), Duration::from_secs(50));
        assert_eq!(governor.pause(&Method::POST, MINUTE * 3), Duration::ZERO);
    }

    #[test]
    fn an_hour_has_its_share_of_changes_too() {
        let governor = Governor::new();
        let mut now = Duration::ZERO;
        for _ in 0..CHANGES_PER_HOUR {
            now += governor.pause(&Method::POST, now);
        }
        let first_of_next = now + governor.pause(&Method::POST, now);
        assert_eq!(first_of_next, HOUR);
    }

    #[test]
    fn reads_have_points_of_their_own() {
        let governor = Governor::new();
        for _ in 0..POINTS_PER_MINUTE {
            assert_eq!(governor.pause(&Method::GET, Duration::ZERO), Duration::ZERO);
        }
        assert_eq!(governor.pause(&Method::GET, Duration::ZERO), MINUTE);
    }

    #[test]
    fn an_empty_quota_is_waited_for() {
        let governor = Governor::new();
        let clock = Clock::real();
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-remaining", "3".parse().unwrap());
        headers.insert("x-ratelimit-reset", "1000600".parse().unwrap());
        headers.insert("date", "Mon, 12 Jan 1970 13:46:40 GMT".parse().unwrap());
        governor.learn(&headers, clock);
        let pause = governor.pause(&Method::GET, clock.elapsed());
        assert!(pause > Duration::from_secs(590) && pause <= Duration::from_secs(602), "{pause:?}");
    }
}
