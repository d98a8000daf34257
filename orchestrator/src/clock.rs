//! Time, as everything that waits sees it.

use std::time::Duration;

use tokio::time::Instant;

/// Waiting, at the speed of this world or faster: against a fake whose hours are seconds.
///
/// Only the monotonic clock counts here, so that nothing happens when somebody sets the system's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    start: Instant,
    speed: f64,
}

impl Clock {
    /// The usual one.
    pub fn real() -> Self {
        Self::faster(1.0)
    }

    /// One on which so many seconds pass in each second. A speed that is no speed is the usual one.
    pub fn faster(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { start: Instant::now(), speed }
    }

    /// What has passed since the clock was made.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed().mul_f64(self.speed)
    }

    /// Whether it is not the usual one.
    pub fn is_faster(&self) -> bool {
        self.speed > 1.0
    }

    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration.div_f64(self.speed)).await;
    }
}
