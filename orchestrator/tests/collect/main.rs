//! `collect`: what a run made comes home, against a GitHub on loopback.

mod faults;
mod hostile;
mod raw;
mod sample;
mod support;
mod whole;
