//! Times of many calls, and what they say in a table.

use std::time::Duration;

use serde::Serialize;

/// The middle and the slow end of many times, in microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Times {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) calls: usize,
}

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        let at = |part: f64| {
            let index = ((times.len() as f64 - 1.0) * part).round() as usize;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e6)
        };
        Times { p50: at(0.5), p95: at(0.95), calls: times.len() }
    }
}

/// A time as people read it.
pub(crate) fn readable(micros: f64) -> String {
    match micros {
        us if us < 1e3 => format!("{us:.1} µs"),
        us if us < 1e6 => format!("{:.2} ms", us / 1e3),
        us => format!("{:.2} s", us / 1e6),
    }
}
