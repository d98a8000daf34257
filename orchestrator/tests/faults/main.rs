//! What can go wrong on the way from the config to the installers, at each moment of it, and what becomes of it: one run,
//! every artifact once, every hash right, or a clear word.

#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../support/desk.rs"]
mod desk;
#[path = "../support/landed.rs"]
mod landed;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../support/said.rs"]
mod said;

mod at_random;
mod at_steps;
mod clocks;
mod phases;
mod state;
mod together;
