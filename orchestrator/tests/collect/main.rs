//! `collect`: what a run made comes home, against a GitHub on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::type_complexity,
    reason = "helpers of tests fail where they stand, and tables of changes are read once"
)]

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
