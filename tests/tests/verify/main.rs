//! `xtask verify` through the real binary, on a real display: a good app passes, and every kind of bad one is told.

mod bad;
mod good;
mod packages;
mod refused;
mod support;
