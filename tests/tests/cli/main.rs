//! The real xtask on the command line: what it prints, what it refuses, how it exits, what it leaves behind.

mod commands;
mod invalid;
mod output;
mod rendered;
mod support;
