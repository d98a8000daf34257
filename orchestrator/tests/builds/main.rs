//! Builds by the real program, against a GitHub on loopback: from the wish to the run's end.

#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../support/desk.rs"]
mod desk;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../support/landed.rs"]
mod landed;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../support/said.rs"]
mod said;

mod access;
mod dispatch;
mod guide;
mod home;
mod manual;
mod refused;
mod source;
mod watch;
