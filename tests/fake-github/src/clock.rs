//! The fake's own time. It may run faster than the world's, so that hours of a script pass in a test's seconds.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};

/// A clock that everything in the fake goes by: documents, `Date`, limits, scripts, the life of signed addresses.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    start: Timestamp,
    speed: f64,
    /// What tests have added.
    added: Mutex<Duration>,
}

impl Clock {
    /// Starts at the world's time plus the skew, in seconds.
    pub(crate) fn new(speed: f64, skew: i64) -> Self {
        let now = Timestamp::now();
        let start = now.checked_add(SignedDuration::from_secs(skew)).unwrap_or(now);
        Self { started: Instant::now(), start, speed, added: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().as_secs_f64() * self.speed;
        let passed = Duration::try_from_secs_f64(passed).unwrap_or_default();
        later(self.start, passed.saturating_add(*self.added()))
    }

    pub(crate) fn advance(&self, by: Duration) {
        let mut added = self.added();
        *added = added.saturating_add(by);
    }

    fn added(&self) -> MutexGuard<'_, Duration> {
        self.added.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time so much later, or the last one that there is.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// A time as GitHub writes it: to the second.
pub(crate) fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A time as the header `Date` has it.
pub(crate) fn http_date(time: Timestamp) -> String {
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    printer.timestamp_to_rfc9110_string(&time).unwrap_or_default()
}
