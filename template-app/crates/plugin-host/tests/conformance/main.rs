//! What plugins find: the system of WASI preview 1 as far as the sandbox has it, and the contract of one JSON object in, one out.

#![cfg(feature = "tool")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "these are tests; the lint knows only functions that are marked so"
)]

#[path = "../support/mod.rs"]
mod support;

mod contract;
mod files;
mod system;
