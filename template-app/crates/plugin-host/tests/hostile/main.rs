//! Plugins that do harm: each row of the sandbox is tried by guests that break it if it can be broken. After each of them, another
//! plugin answers.

#![cfg(feature = "tool")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "these are tests; the lint knows only functions that are marked so"
)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod cache;
mod disk;
mod escape;
mod memory;
mod modules;
mod queue;
mod time;
