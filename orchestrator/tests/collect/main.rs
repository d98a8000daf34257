//! `collect`: what a run made comes home, against a GitHub on loopback.

#![allow(clippy::unwrap_used, reason = "what helps the tests fails as they do")]

mod crash;
#[cfg(target_os = "linux")]
mod disk;
mod faults;
mod hostile;
mod kept;
mod raw;
mod released;
mod sample;
mod support;
mod whole;
