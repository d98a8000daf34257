//! `deskwright release`, the real program, against a GitHub on loopback.

mod check;
mod crash;
mod files;
mod remote;
mod resume;
#[path = "../support/said.rs"]
mod said;
mod support;
mod updates;
