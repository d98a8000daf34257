//! The workflows, run: `act` executes them on this machine as GitHub would, with our stand-ins for the third-party actions,
//! GitHub's own clients in them, and a GitHub on loopback behind them. Only the Linux leg.

mod bad_input;
mod closed_loop;
mod cloud;
mod partial;
mod releases;
mod signed;
mod times;
