//! Builds by the real program, against a GitHub on loopback: from the wish to the run's end.

#[path = "../support/desk.rs"]
mod desk;
#[path = "../support/said.rs"]
mod said;

mod dispatch;
mod home;
mod refused;
mod source;
mod watch;
