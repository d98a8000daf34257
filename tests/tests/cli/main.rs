//! The real xtask on the command line: what it prints, what it refuses, how it exits, what it leaves behind.

mod cloud;
mod commands;
mod finalised;
mod invalid;
mod output;
mod planned;
mod plugin;
mod plugins;
mod published;
mod rendered;
mod support;
