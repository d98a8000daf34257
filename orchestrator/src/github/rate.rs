//! How fast requests may go, and how long all the waiting may take.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Changes in a minute (count). GitHub's secondary limit is 80 for content; some room is left for others who use the same
/// token.
const CHANGES_PER_MINUTE: usize = 70;
const MINUTE: Duration = Duration::from_secs(60);
/// How long a command waits in all when the server asks it to. A quota that is used up is full again within an hour, and
/// a job that waits costs money.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Remembers the changes of the last minute, and what has been waited.
#[derive(Debug, Default)]
pub(super) struct Governor {
    changes: VecDeque<Instant>,
    waited: Duration,
}

impl Governor {
    /// How long to wait before the next change, which is counted as made.
    pub(super) fn content_pause(&mut self) -> Duration {
        self.pause_at(Instant::now())
    }

    fn pause_at(&mut self, now: Instant) -> Duration {
        let oldest =
            if self.changes.len() == CHANGES_PER_MINUTE { self.changes.pop_front() } else { None };
        let due = oldest.map_or(now, |oldest| now.max(oldest + MINUTE));
        self.changes.push_back(due);
        due - now
    }

    /// The pause that the server asks for; none when it is more than anybody should wait.
    pub(super) fn asked_pause(&mut self, asked: Duration) -> Option<Duration> {
        self.waited += asked;
        (self.waited <= PATIENCE).then_some(asked)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{CHANGES_PER_MINUTE, Governor, MINUTE, PATIENCE};

    #[test]
    fn changes_beyond_a_minutes_share_wait_for_the_next() {
        let start = Instant::now();
        let mut governor = Governor::default();
        for _ in 0..CHANGES_PER_MINUTE {
            assert_eq!(governor.pause_at(start), Duration::ZERO);
        }
        let later = start + Duration::from_secs(10);
        assert_eq!(governor.pause_at(later), Duration::from_secs(50));
        assert_eq!(governor.pause_at(start + MINUTE * 3), Duration::ZERO);
    }

    #[test]
    fn patience_ends() {
        let mut governor = Governor::default();
        assert_eq!(governor.asked_pause(MINUTE), Some(MINUTE));
        assert_eq!(governor.asked_pause(PATIENCE), None);
    }
}
